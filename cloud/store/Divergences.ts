/**
 * Where mirror and bay disagreed. The same disagreement of the same twin is one row while it is open, with how often and
 * between which places of the journal it was seen; a resolved one stays as it is, and the same seen again is a new row.
 */
import { PgClient } from "@effect/sql-pg"
import { Clock, Context, Effect, Layer } from "effect"
import type { SqlError, Statement } from "effect/sql"
import type { AccessPlace, AccessScope } from "#core/access/may.ts"
import type { Divergence } from "#core/api/Operations.ts"
import type { DivergenceRule } from "#core/domain/Divergence.ts"
import { DeviceId, type TwinKind } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import type { NewDivergence } from "../registry/TwinBatch.ts"
import { scopeCondition } from "../access/scopeCondition.ts"
import { orderByMaking } from "./ListOrder.ts"
import { type Keyed, type Listed, pageOf, type Position } from "./Page.ts"

interface Row extends Keyed {
  readonly id: number
  readonly device_id: string | null
  readonly kind: TwinKind
  readonly twin_id: string
  readonly journal_id: string | null
  readonly seq: number | null
  readonly last_seq: number | null
  readonly rule: DivergenceRule
  readonly event: Divergence["event"]
  readonly expected: Divergence["expected"]
  readonly reported: Divergence["reported"]
  readonly times: number
  readonly at: Date
  readonly last_at: Date
  readonly resolved_at: Date | null
  readonly resolved_by: string | null
  readonly resolved_reason: string | null
}

const toDivergence = (row: Row): Divergence => ({
  id: row.id,
  twin: { kind: row.kind, id: row.twin_id },
  device_id: row.device_id === null ? null : DeviceId.make(row.device_id),
  journal_id: row.journal_id,
  first_seq: row.seq,
  last_seq: row.last_seq,
  rule: row.rule,
  event: row.event,
  expected: row.expected,
  reported: row.reported,
  times: row.times,
  first_at: toInstant(row.at.getTime()),
  last_at: toInstant(row.last_at.getTime()),
  resolved:
    row.resolved_at === null
      ? null
      : {
          at: toInstant(row.resolved_at.getTime()),
          by: row.resolved_by ?? "",
          reason: row.resolved_reason ?? "",
        },
})

export interface DivergenceFilter {
  readonly state?: "open" | "resolved" | undefined
  readonly kind?: TwinKind | undefined
  readonly twinId?: string | undefined
}

/** Who settles it, and why. */
export interface Resolution {
  readonly by: string
  readonly reason: string
}

export class Divergences extends Context.Service<
  Divergences,
  {
    readonly list: (
      at: Position,
      scope: AccessScope,
      filter: DivergenceFilter,
    ) => Effect.Effect<Listed<Divergence>, SqlError.SqlError>
    /** Where it was seen; undefined if there is none. */
    readonly placeOf: (id: number) => Effect.Effect<AccessPlace | undefined, SqlError.SqlError>
    /** Resolves an open one; `done` is false if it was resolved before. Undefined if there is none. */
    readonly resolve: (
      id: number,
      resolution: Resolution,
    ) => Effect.Effect<{ readonly done: boolean; readonly divergence: Divergence } | undefined, SqlError.SqlError>
  }
>()("cartwise/cloud/store/Divergences") {
  static readonly layer = Layer.effect(
    Divergences,
    Effect.map(PgClient.PgClient, (sql) => {
      const columns = sql`
        id, device_id, kind, twin_id, journal_id, seq, last_seq, rule, event, expected, reported, times, at, last_at,
        resolved_at, resolved_by, resolved_reason, '' as sort_key`
      /** Of a twin, or for one that is not here of a device, in the scope. */
      const isSeen = (scope: AccessScope) =>
        scope.all
          ? sql`true`
          : sql`exists (
              select 1 from branches b
              where b.id = coalesce(
                  (select t.branch_id from twins t where t.kind = v.kind and t.id = v.twin_id),
                  (select d.branch_id from devices d where d.id = v.device_id))
                and ${scopeCondition(sql, scope, sql`b.chain_id`, sql`b.id`)})`
      return Divergences.of({
        list: (at, scope, { state, kind, twinId }) => {
          const order = orderByMaking(sql, at, sql`id`)
          return Effect.map(
            sql<Row>`
              select ${columns} from divergences v
              where ${order.after} and ${isSeen(scope)}
                and (${state ?? null}::text is null or (resolved_at is null) = (${state ?? null}::text = 'open'))
                and (${kind ?? null}::text is null or kind = ${kind ?? null}::text)
                and (${twinId ?? null}::uuid is null or twin_id = ${twinId ?? null}::uuid)
              order by ${order.by} limit ${at.limit + 1}`,
            (rows) => pageOf(rows, at, toDivergence),
          )
        },
        placeOf: (id) =>
          Effect.map(
            sql<AccessPlace>`
              select b.chain_id as "chainId", b.id as "branchId"
              from divergences v
              left join twins t on t.kind = v.kind and t.id = v.twin_id
              left join devices d on d.id = v.device_id
              left join branches b on b.id = coalesce(t.branch_id, d.branch_id)
              where v.id = ${id}`,
            ([row]) => row,
          ),
        resolve: Effect.fnUntraced(function* (id, { by, reason }) {
          const at = toInstant(yield* Clock.currentTimeMillis)
          const resolved = yield* sql<Row>`
            update divergences set resolved_at = ${at}::timestamptz, resolved_by = ${by}, resolved_reason = ${reason}
            where id = ${id} and resolved_at is null returning ${columns}`
          const [row] =
            resolved.length > 0
              ? resolved
              : yield* sql<Row>`
            select ${columns} from divergences where id = ${id}`
          return row === undefined ? undefined : { done: resolved.length > 0, divergence: toDivergence(row) }
        }),
      })
    }),
  )
}

/** The same disagreements of one unit of work as one row each: a statement may touch an open row only once. */
const counted = (divergences: ReadonlyArray<NewDivergence>) => {
  const rows = new Map<
    string,
    { readonly first: NewDivergence; readonly last: NewDivergence; readonly times: number }
  >()
  for (const one of divergences) {
    const { ref, rule, event, expected, reported } = one
    const type = typeof event === "object" && event !== null && "type" in event ? event["type"] : null
    const same = JSON.stringify([ref.kind, ref.id, rule, type, expected, reported])
    const before = rows.get(same)
    rows.set(same, { first: before?.first ?? one, last: one, times: (before?.times ?? 0) + 1 })
  }
  return [...rows.values()].map(({ first, last, times }) => ({
    device_id: first.deviceId,
    kind: first.ref.kind,
    twin_id: first.ref.id,
    journal_id: first.journalId,
    seq: first.seq,
    last_seq: last.seq,
    rule: first.rule,
    event: first.event,
    expected: first.expected,
    reported: first.reported,
    times,
  }))
}

/** The statement that stores disagreements: new ones as rows, those that are open already counted. */
export const recordDivergences = (
  sql: PgClient.PgClient,
  divergences: ReadonlyArray<NewDivergence>,
): Statement.Statement<unknown> => sql`
  insert into divergences as d (device_id, kind, twin_id, journal_id, seq, last_seq, rule, event, expected, reported, times)
  select r.device_id, r.kind, r.twin_id, r.journal_id, r.seq, r.last_seq, r.rule, r.event, r.expected, r.reported, r.times
  from (
    select distinct on (kind, twin_id, rule, event->>'type', expected::text, reported::text) *
    from jsonb_to_recordset(${sql.json(counted(divergences))}) as c (
      device_id uuid, kind text, twin_id uuid, journal_id uuid, seq bigint, last_seq bigint, rule text, event jsonb,
      expected jsonb, reported jsonb, times integer)
  ) r
  on conflict (kind, twin_id, rule, sameness) where resolved_at is null
  do update set times = d.times + excluded.times, last_seq = excluded.last_seq, last_at = excluded.last_at`
