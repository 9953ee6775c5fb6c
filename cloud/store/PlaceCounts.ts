/** How a chain or a branch stands, counted from the twins and rentals as they are. */
import { PgClient } from "@effect/sql-pg"
import { Clock, Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import type { PlaceStats } from "#core/api/Chains.ts"
import { toInstant } from "#core/domain/Instant.ts"
import type { Stored } from "#twins/Stored.ts"
import { cartStatus, deviceStatus } from "#twins/Words.ts"

const dayMs = 24 * 3_600_000

interface Counted {
  readonly value: Stored["value"]
  readonly times: number
}

const sum = (rows: ReadonlyArray<Counted>, fits: (value: Stored["value"]) => boolean): number =>
  rows.reduce((total, { value, times }) => (fits(value) ? total + times : total), 0)

export class PlaceCounts extends Context.Service<
  PlaceCounts,
  {
    /** Counts of a chain, or of one branch of it. */
    readonly of: (place: "chain" | "branch", id: string) => Effect.Effect<PlaceStats, SqlError.SqlError>
  }
>()("cartwise/cloud/store/PlaceCounts") {
  static readonly layer = Layer.effect(
    PlaceCounts,
    Effect.map(PgClient.PgClient, (sql) =>
      PlaceCounts.of({
        of: Effect.fnUntraced(function* (place, id) {
          const column = sql(place === "chain" ? "chain_id" : "branch_id")
          const since = toInstant((yield* Clock.currentTimeMillis) - dayMs)
          // Equal states are counted by the database; what they are called is ours.
          const counted = (kind: "cart" | "device") => sql<Counted>`
            select t.value, count(*)::int as times from twins t
            where t.kind = ${kind} and t.${column} = ${id} group by t.value`
          const [carts, devices] = [yield* counted("cart"), yield* counted("device")]
          const retired = (value: Stored["value"]) => Object(value)["custody"] === "retired"
          const standing = carts.filter(({ value }) => !retired(value))
          const [row] = yield* sql<{
            readonly branches: number
            readonly open: number
            readonly overdue: number
            readonly begun: number
            readonly ended: number
            readonly alarms: number
          }>`
            select
              (select count(*)::int from branches b where b.archived_at is null
                 and ${place === "chain" ? sql`b.chain_id` : sql`b.id`} = ${id}) as branches,
              (select count(*)::int from rentals r where r.${column} = ${id} and r.is_open) as open,
              (select count(*)::int from rentals r where r.${column} = ${id} and r.is_open
                 and r.state like 'overdue%') as overdue,
              (select count(*)::int from rentals r where r.${column} = ${id}
                 and r.created_at >= ${since}::timestamptz) as begun,
              (select count(*)::int from rentals r where r.${column} = ${id}
                 and r.ended_at >= ${since}::timestamptz) as ended,
              (select count(*)::int from alarms a where a.${column} = ${id} and a.closed_at is null
                 and a.phase <> 'latent' and a.suppressed_by is null and a.shelved_until is null) as alarms`
          const { branches = 0, open = 0, overdue = 0, begun = 0, ended = 0, alarms = 0 } = row ?? {}
          const ofStatus = (status: string) => sum(standing, (value) => cartStatus(value) === status)
          return {
            branches,
            carts: {
              total: sum(standing, () => true),
              available: ofStatus("available"),
              in_use: ofStatus("in_use"),
              maintenance: ofStatus("maintenance"),
            },
            devices: {
              total: sum(devices, () => true),
              online: sum(devices, (value) => deviceStatus(value) === "online"),
            },
            rentals: { open, overdue, begun_today: begun, ended_today: ended },
            open_alarms: alarms,
          }
        }),
      }),
    ),
  )
}
