/**
 * Notes down carts that came into a bay, in the transaction of the fact that says so, to be judged a moment later. One that
 * came home where each cart has its own bay ends its rental by itself and is not noted, unless the sensor is in doubt.
 */
import type { PgClient } from "@effect/sql-pg"
import { Effect } from "effect"
import type { SqlError } from "effect/sql"
import { Limits } from "#core/Limits.ts"
import { regionWord } from "#twins/Words.ts"
import type { NewTwinEvent, TwinBatch } from "../registry/TwinBatch.ts"
import { columns } from "./Columns.ts"

/** A cart that came into a bay. */
export interface NoticedReturn {
  readonly bayId: string
  /** Of the bay, with the line that says so. */
  readonly revision: number
  readonly at: number
  /** The sensor of the bay is in doubt. */
  readonly isDoubted: boolean
}

const isReturn = ({ accepted, announces, ref }: NewTwinEvent): boolean =>
  ref.kind === "bay" && accepted && announces.includes("RETURN_DETECTED")

/** The returns among the lines of a unit of work. */
export const returnsIn = (batch: TwinBatch): ReadonlyArray<NoticedReturn> =>
  batch.events.some(isReturn)
    ? batch.events.filter(isReturn).map(({ ref, revision, at, value }) => {
        const isDoubted =
          typeof value === "object" && value !== null && regionWord(value as never, "sensor") !== "trusted"
        return { bayId: ref.id, revision, at, isDoubted }
      })
    : []

/** When a return that came at an instant is judged: it has settled by then. */
export const judgedAt = (at: number): number => at + Limits.returnSettleMs

/** Notes them down, each once: a cart that was noted and stood there ever since has not come again. */
export const noticeReturns = (
  sql: PgClient.PgClient,
  found: ReadonlyArray<NoticedReturn>,
): Effect.Effect<void, SqlError.SqlError> =>
  found.length === 0
    ? Effect.void
    : Effect.asVoid(sql`
        insert into returns (chain_id, branch_id, bay_id, bay_revision, at, state, due_at)
        select br.chain_id, b.branch_id, r.bay_id, r.revision, r.at, 'seen', r.judged_at
        from unnest(
          ${columns.uuid(found, ({ bayId }) => bayId)},
          ${columns.bigint(found, ({ revision }) => revision)},
          ${columns.instant(found, ({ at }) => at)},
          ${columns.instant(found, ({ at }) => judgedAt(at))},
          ${columns.boolean(found, ({ isDoubted }) => isDoubted)}
        ) as r (bay_id, revision, at, judged_at, is_doubted)
        join bays b on b.id = r.bay_id
        join branches br on br.id = b.branch_id
        where (br.cart_identity = 'pool' or r.is_doubted
               or not exists (select 1 from rentals o where o.is_open and o.bay_id = r.bay_id))
          and not exists (
            select 1 from returns x where x.bay_id = r.bay_id and x.bay_revision > coalesce((
              select e.revision from twin_events e
              where e.kind = 'bay' and e.twin_id = r.bay_id and e.revision < r.revision
                and (e.value->'latch' ? 'ajar' or e.value->>'latch' in ('empty', 'latchedEmpty'))
              order by e.revision desc limit 1), 0))
        on conflict (bay_id, bay_revision) do nothing`)
