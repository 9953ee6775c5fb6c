/** Rentals as people look for them: the newest first, with the masked number, and what is told of one. */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer, type Schema } from "effect"
import type { SqlError } from "effect/sql"
import type { AccessScope } from "#core/access/may.ts"
import type { RentalLine, RentalStats } from "#core/api/Rentals.ts"
import type { RentalGroup } from "#core/domain/Rental.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import { scopeCondition } from "../access/scopeCondition.ts"
import { orderByTime } from "./ListOrder.ts"
import { type Keyed, type Listed, pageOf, type Position } from "./Page.ts"
import { type ShownRental, shownColumns } from "./Rentals.ts"

export interface ListedRental extends ShownRental {
  readonly phoneMasked: string
  readonly cartId: string | null
  readonly bayId: string | null
  readonly commandId: string | null
  /** Why a person must look at it; null if nobody must. */
  readonly attention: string | null
}

export interface RentalFilter {
  /** Where the asker may look, and where only at what began after an instant. */
  readonly scope: AccessScope
  readonly recentScope: AccessScope
  readonly recentSinceMs: number
  readonly branchId?: string | undefined
  readonly group?: RentalGroup | undefined
  readonly cartId?: string | undefined
  readonly lastDigits?: string | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
}

export class RentalList extends Context.Service<
  RentalList,
  {
    readonly list: (at: Position, filter: RentalFilter) => Effect.Effect<Listed<ListedRental>, SqlError.SqlError>
    readonly get: (id: string) => Effect.Effect<ListedRental | undefined, SqlError.SqlError>
    /** What happened to the rental itself, the oldest first. */
    readonly timeline: (id: string) => Effect.Effect<ReadonlyArray<RentalLine>, SqlError.SqlError>
    /** What its bay said while it ran, the oldest first. */
    readonly evidence: (id: string) => Effect.Effect<ReadonlyArray<RentalLine>, SqlError.SqlError>
    /** How a branch's rentals that began since an instant went. */
    readonly stats: (branchId: string, sinceMs: number) => Effect.Effect<RentalStats, SqlError.SqlError>
  }
>()("cartwise/cloud/store/RentalList") {
  static readonly layer = Layer.effect(
    RentalList,
    Effect.map(PgClient.PgClient, (sql) => {
      const shown = sql`
        ${shownColumns(sql)}, s.phone_masked as "phoneMasked", r.cart_id as "cartId", r.bay_id as "bayId",
        r.command_id as "commandId", r.attention`
      const joined = sql`
        rentals r join shoppers s on s.id = r.shopper_id
        left join carts c on c.id = r.cart_id left join bays b on b.id = r.bay_id`
      const groups = {
        open: sql`r.is_open`,
        overdue: sql`r.is_open and r.state like 'overdue.%'`,
        attention: sql`(r.attention is not null or r.state in ('uncertain', 'disputed'))`,
        ended: sql`not r.is_open`,
      }
      return RentalList.of({
        list: (at, filter) => {
          const { branchId, cartId, from, group, lastDigits, recentScope, recentSinceMs, scope, to } = filter
          const where = [sql`r.chain_id`, sql`r.branch_id`] as const
          const order = orderByTime(sql, at, { time: sql`r.created_at`, id: sql`r.id`, idType: "uuid" })
          const fits = [
            sql`(${scopeCondition(sql, scope, ...where)} or (${scopeCondition(sql, recentScope, ...where)}
                 and r.created_at > ${toInstant(recentSinceMs)}::timestamptz))`,
            branchId === undefined ? undefined : sql`r.branch_id = ${branchId}`,
            cartId === undefined ? undefined : sql`r.cart_id = ${cartId}`,
            group === undefined ? undefined : groups[group],
            lastDigits === undefined ? undefined : sql`right(s.phone_masked, 4) = ${lastDigits}`,
            from === undefined ? undefined : sql`r.created_at >= ${from}::timestamptz`,
            to === undefined ? undefined : sql`r.created_at < ${to}::timestamptz`,
            order.after,
          ].filter((one) => one !== undefined)
          const rows = sql<ListedRental & Keyed>`
            select ${shown}, ${order.key} as sort_key
            from ${joined} where ${sql.and(fits)}
            order by ${order.by} limit ${at.limit + 1}`
          return Effect.map(rows, (found) => pageOf(found, at, (row) => row))
        },
        get: (id) =>
          Effect.map(sql<ListedRental>`select ${shown} from ${joined} where r.id = ${id}::uuid`, ([row]) => row),
        timeline: (id) =>
          Effect.map(
            sql<LineRow>`
              select event, accepted, reason, value->'life' as state, actor, command_id, at, received_at from twin_events
              where kind = 'rental' and twin_id = ${id}::uuid order by revision, id limit ${Limits.rentalLines}`,
            (rows) => rows.map(toLine),
          ),
        evidence: (id) =>
          Effect.map(
            sql<LineRow>`
              select e.event, e.accepted, e.reason, e.value->'latch' as state, e.actor, e.command_id, e.at, e.received_at
              from rentals r join twin_events e on e.kind = 'bay' and e.twin_id = r.bay_id
                and e.at between r.created_at - interval '1 second' and coalesce(r.ended_at, now()) + interval '1 minute'
              where r.id = ${id}::uuid order by e.revision, e.id limit ${Limits.rentalLines}`,
            (rows) => rows.map(toLine),
          ),
        stats: (branchId, sinceMs) =>
          Effect.map(
            sql<RentalStats>`
              select count(*)::integer as begun,
                count(*) filter (where picked_up_at is not null)::integer as picked_up,
                count(*) filter (where is_open)::integer as open,
                count(*) filter (where is_open and state like 'overdue.%')::integer as overdue,
                count(*) filter (where state = 'returned')::integer as returned,
                count(*) filter (where state = 'returnedLate')::integer as returned_late,
                count(*) filter (where state = 'cancelled')::integer as not_taken,
                count(*) filter (where state = 'failed')::integer as failed,
                (avg(extract(epoch from ended_at - picked_up_at)) filter (
                  where state in ('returned', 'returnedLate')))::double precision as mean_seconds
              from rentals where branch_id = ${branchId} and created_at >= ${toInstant(sinceMs)}::timestamptz`,
            ([row]) => row ?? noRentals,
          ),
      })
    }),
  )
}

const noRentals: RentalStats = {
  begun: 0,
  picked_up: 0,
  open: 0,
  overdue: 0,
  returned: 0,
  returned_late: 0,
  not_taken: 0,
  failed: 0,
  mean_seconds: null,
}

interface LineRow {
  readonly event: Schema.Json
  readonly accepted: boolean
  readonly reason: string | null
  readonly state: Schema.Json
  readonly actor: string
  readonly command_id: string | null
  readonly at: Date
  readonly received_at: Date
}

const toLine = ({ at, received_at, ...row }: LineRow): RentalLine => ({
  ...row,
  at: toInstant(at.getTime()),
  recorded_at: toInstant(received_at.getTime()),
})
