/** Returns that wait for a person, as people look for them: the newest first, with the rentals they may be of. */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer, Struct } from "effect"
import type { SqlError } from "effect/sql"
import type { AccessScope } from "#core/access/may.ts"
import type { UnattributedReturn } from "#core/api/Returns.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import { scopeCondition } from "../access/scopeCondition.ts"
import { type Keyed, type Listed, pageOf, type Position } from "./Page.ts"

export interface ReturnFilter {
  /** Any of them is enough. */
  readonly scopes: ReadonlyArray<AccessScope>
  /** Those that wait; false: those that are over. */
  readonly isOpen: boolean
  readonly branchId?: string | undefined
}

interface Row extends Omit<UnattributedReturn, "at" | "ended_at">, Pick<Keyed, "sort_key"> {
  readonly at: Date
  readonly ended_at: Date | null
}

export class ReturnList extends Context.Service<
  ReturnList,
  {
    readonly list: (at: Position, filter: ReturnFilter) => Effect.Effect<Listed<UnattributedReturn>, SqlError.SqlError>
    /** Where a return is, and when it came; undefined if there is none. */
    readonly placeOf: (
      id: string,
    ) => Effect.Effect<
      { readonly chainId: string; readonly branchId: string; readonly bayId: string; readonly at: number } | undefined,
      SqlError.SqlError
    >
  }
>()("cartwise/cloud/store/ReturnList") {
  static readonly layer = Layer.effect(
    ReturnList,
    Effect.map(PgClient.PgClient, (sql) =>
      ReturnList.of({
        list: (at, { branchId, isOpen, scopes }) => {
          const waits = sql`x.state in ('open', 'transfer')`
          const rows = sql<Row>`
            select x.id, x.branch_id, x.bay_id, b.label as bay_label, x.at, x.state, x.rental_id, x.cart_id,
                   c.cart_number, x.rule, x.reason, x.ended_at,
                   to_char(x.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as sort_key,
                   coalesce((
                     select jsonb_agg(jsonb_build_object('rental_id', r.id, 'cart_number', rc.cart_number,
                                                         'phone_masked', s.phone_masked) order by r.bay_id = x.bay_id desc, r.due_at, r.id)
                     from (select * from rentals r where x.state = 'open' and r.branch_id = x.branch_id and r.is_open
                             and r.picked_up_at <= x.at and (r.state like 'active.%' or r.state like 'overdue.%')
                           order by r.bay_id = x.bay_id desc, r.due_at, r.id limit ${Limits.returnCandidates}) r
                     join shoppers s on s.id = r.shopper_id left join carts rc on rc.id = r.cart_id), '[]') as candidates
            from returns x join bays b on b.id = x.bay_id left join carts c on c.id = x.cart_id
            where ${sql.or(scopes.map((scope) => scopeCondition(sql, scope, sql`x.chain_id`, sql`x.branch_id`)))}
              and ${isOpen ? waits : sql`not ${waits} and x.state <> 'seen'`}
              and (${branchId ?? null}::uuid is null or x.branch_id = ${branchId ?? null}::uuid)
              and (${at.afterKey}::timestamptz is null or (x.at, x.id) < (${at.afterKey}::timestamptz, ${at.afterId}::uuid))
            order by x.at desc, x.id desc limit ${at.limit + 1}`
          return Effect.map(rows, (found) => pageOf(found, at, toRecord))
        },
        placeOf: (id) =>
          Effect.map(
            sql<{ readonly chainId: string; readonly branchId: string; readonly bayId: string; readonly at: Date }>`
              select chain_id as "chainId", branch_id as "branchId", bay_id as "bayId", at from returns where id = ${id}::uuid`,
            ([row]) => row && { ...row, at: row.at.getTime() },
          ),
      }),
    ),
  )
}

const toRecord = ({ at, ended_at, ...row }: Row): UnattributedReturn => ({
  ...Struct.omit(row, ["sort_key"]),
  at: toInstant(at.getTime()),
  ended_at: ended_at === null ? null : toInstant(ended_at.getTime()),
})
