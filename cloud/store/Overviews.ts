/** How everything of a scope stands, counted from the twins, rentals, alarms and commands as they are. */
import { PgClient } from "@effect/sql-pg"
import { Clock, Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import type { AccessScope } from "#core/access/may.ts"
import type { AlarmStanding, BranchStanding, CartStanding, Overview } from "#core/api/Overview.ts"
import { AlarmSeverity } from "#core/domain/Alarm.ts"
import { cartGroupOf } from "#core/domain/CartGroup.ts"
import { BranchId } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import type { Stored } from "#twins/Stored.ts"
import { type TwinAge, whyStale } from "#twins/TwinView.ts"
import { deviceStatus, regionWord } from "#twins/Words.ts"
import { scopeCondition } from "../access/scopeCondition.ts"

/** Where the asker may look, and which part of that is asked about. */
export interface OverviewFilter {
  readonly scope: AccessScope
  readonly chainId: string | undefined
  readonly branchId: string | undefined
}

const hourMs = 3_600_000
const dayMs = 24 * hourMs

const noCarts: CartStanding = {
  total: 0,
  available: 0,
  reserved: 0,
  out: 0,
  overdue: 0,
  astray: 0,
  maintenance: 0,
  missing: 0,
  stale: 0,
}
const noAlarms: AlarmStanding = { critical: 0, major: 0, minor: 0, warning: 0 }

/** Twins of one branch that are alike: how many. */
interface Alike extends TwinAge {
  readonly branch_id: string
  readonly value: Stored["value"]
  readonly times: number
}

const cartsOf = (alike: ReadonlyArray<Alike>, nowMs: number): CartStanding => {
  const sums = { ...noCarts }
  for (const row of alike) {
    const group = cartGroupOf({ dock: regionWord(row.value, "dock"), custody: regionWord(row.value, "custody") })
    if (group === "retired") continue
    sums.total += row.times
    sums[group] += row.times
    if (whyStale(row, nowMs) !== undefined) sums.stale += row.times
  }
  return sums
}

const devicesOf = (alike: ReadonlyArray<Alike>) => ({
  total: alike.reduce((sum, { times }) => sum + times, 0),
  online: alike.reduce((sum, { value, times }) => (deviceStatus(value) === "online" ? sum + times : sum), 0),
})

interface AlarmRow {
  readonly branch_id: string | null
  readonly severity: AlarmSeverity
  readonly times: number
}

const alarmsOf = (rows: ReadonlyArray<AlarmRow>): AlarmStanding => {
  const sums = { ...noAlarms }
  for (const { severity, times } of rows) sums[severity] += times
  return sums
}

interface RentalRow {
  readonly branch_id: string
  readonly open: number
  readonly overdue: number
  readonly attention: number
  readonly begun_today: number
  readonly ended_today: number
  readonly taken_last_hour: number
  readonly returned_last_hour: number
}

const sum = (rows: ReadonlyArray<RentalRow>, name: Exclude<keyof RentalRow, "branch_id">): number =>
  rows.reduce((total, row) => total + row[name], 0)

export class Overviews extends Context.Service<
  Overviews,
  { readonly of: (filter: OverviewFilter) => Effect.Effect<Overview, SqlError.SqlError> }
>()("cartwise/cloud/store/Overviews") {
  static readonly layer = Layer.effect(
    Overviews,
    Effect.map(PgClient.PgClient, (sql) => {
      /** Within the scope and the part of it; of columns that say whose a row is. */
      const within = ({ scope, chainId, branchId }: OverviewFilter, chain: string, branch: string) =>
        sql.and([
          scopeCondition(sql, scope, sql`${sql(chain)}`, sql`${sql(branch)}`),
          ...(chainId === undefined ? [] : [sql`${sql(chain)} = ${chainId}::uuid`]),
          ...(branchId === undefined ? [] : [sql`${sql(branch)} = ${branchId}::uuid`]),
        ])

      // Twins that are alike are counted by the database; what they are called, and whether they are stale, is ours.
      const alike = (filter: OverviewFilter, kind: "cart" | "device", nowMs: number) => sql<Alike>`
        select t.kind, t.branch_id, t.value, t.device_id, dev.value->>'connection' as connection,
               con.value->>'link' as link, max(t.fresh_at) as fresh_at, count(*)::int as times
        from twins t
        left join twins dev on dev.kind = 'device' and dev.id = t.device_id
        left join twins con on con.kind = 'controller' and con.id = t.controller_id
        where t.kind = ${kind} and ${within(filter, "t.chain_id", "t.branch_id")}
        group by t.kind, t.branch_id, t.value, t.device_id, 5, 6,
                 t.fresh_at is null, t.fresh_at < ${toInstant(nowMs - Limits.twinStaleAfterMs)}::timestamptz`

      const alarms = (filter: OverviewFilter) => sql<AlarmRow>`
        select a.branch_id, a.severity, count(*)::int as times from alarms a
        where a.closed_at is null and a.phase <> 'latent' and a.suppressed_by is null and a.shelved_until is null
          and ${within(filter, "a.chain_id", "a.branch_id")}
        group by a.branch_id, a.severity`

      const rentals = (filter: OverviewFilter, nowMs: number) => {
        const since = (ms: number) => sql`${toInstant(nowMs - ms)}::timestamptz`
        return sql<RentalRow>`
          select r.branch_id,
                 count(*) filter (where r.is_open)::int as open,
                 count(*) filter (where r.is_open and r.state like 'overdue.%')::int as overdue,
                 count(*) filter (where r.attention is not null or r.state in ('uncertain', 'disputed'))::int as attention,
                 count(*) filter (where r.created_at >= ${since(dayMs)})::int as begun_today,
                 count(*) filter (where r.ended_at >= ${since(dayMs)})::int as ended_today,
                 count(*) filter (where r.picked_up_at >= ${since(hourMs)})::int as taken_last_hour,
                 count(*) filter (where r.picked_up_at is not null and r.ended_at >= ${since(hourMs)})::int
                   as returned_last_hour
          from rentals r
          where ${within(filter, "r.chain_id", "r.branch_id")}
            and (r.is_open or r.attention is not null or r.state = 'disputed' or r.ended_at >= ${since(dayMs)}
                 or r.created_at >= ${since(dayMs)})
          group by r.branch_id`
      }

      const unlocks = (filter: OverviewFilter, nowMs: number) => sql<Overview["unlocks"]>`
        with recent as (
          select c.stage from commands c
          join devices d on d.id = c.device_id join branches b on b.id = d.branch_id
          where c.kind = 'unlock' and c.created_at > ${toInstant(nowMs - dayMs)}::timestamptz
            and ${within(filter, "b.chain_id", "b.id")}
          order by c.created_at desc limit ${Limits.monitoringCommands})
        select count(*) filter (where stage = 'confirmed')::int as confirmed,
               count(*) filter (where stage in ('rejected', 'failed', 'expired'))::int as failed,
               count(*) filter (where stage not in ('confirmed', 'rejected', 'failed', 'expired'))::int as open
        from recent`

      return Overviews.of({
        of: Effect.fnUntraced(function* (filter) {
          const nowMs = yield* Clock.currentTimeMillis
          const carts = yield* alike(filter, "cart", nowMs)
          const devices = yield* alike(filter, "device", nowMs)
          const alarmRows = yield* alarms(filter)
          const rentalRows = yield* rentals(filter, nowMs)
          const [unlocked] = yield* unlocks(filter, nowMs)
          const branches = yield* sql<{ readonly id: string }>`
            select b.id from branches b
            where b.archived_at is null and ${within(filter, "b.chain_id", "b.id")} order by b.name, b.id`
          const [cartsIn, devicesIn, alarmsIn, rentalsIn] = [
            Map.groupBy(carts, ({ branch_id }) => branch_id),
            Map.groupBy(devices, ({ branch_id }) => branch_id),
            Map.groupBy(alarmRows, ({ branch_id }) => branch_id),
            Map.groupBy(rentalRows, ({ branch_id }) => branch_id),
          ]
          const standingOf = (id: string): BranchStanding => {
            const counted = alarmsOf(alarmsIn.get(id) ?? [])
            const lent = rentalsIn.get(id) ?? []
            return {
              branch_id: BranchId.make(id),
              carts: cartsOf(cartsIn.get(id) ?? [], nowMs),
              devices: devicesOf(devicesIn.get(id) ?? []),
              alarms: counted,
              worst: AlarmSeverity.literals.find((severity) => counted[severity] > 0) ?? null,
              taken_last_hour: sum(lent, "taken_last_hour"),
              returned_last_hour: sum(lent, "returned_last_hour"),
            }
          }
          return {
            at: toInstant(nowMs),
            carts: cartsOf(carts, nowMs),
            devices: devicesOf(devices),
            alarms: alarmsOf(alarmRows),
            rentals: {
              open: sum(rentalRows, "open"),
              overdue: sum(rentalRows, "overdue"),
              attention: sum(rentalRows, "attention"),
              begun_today: sum(rentalRows, "begun_today"),
              ended_today: sum(rentalRows, "ended_today"),
            },
            unlocks: unlocked ?? { confirmed: 0, failed: 0, open: 0 },
            branches: branches.map(({ id }) => standingOf(id)),
          }
        }),
      })
    }),
  )
}
