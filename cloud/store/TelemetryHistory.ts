/**
 * Telemetry as it is read: row by row, the newest first, or one number in buckets of time. Days are those of a place's
 * calendar; anything shorter is counted in UTC.
 */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer } from "effect"
import type { SqlError, Statement } from "effect/sql"
import type { BucketWidth, TelemetryBucket, TelemetryRecord } from "#core/api/Telemetry.ts"
import { DeviceId } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { grows, type TelemetryType } from "#core/domain/Telemetry.ts"
import { Limits } from "#core/Limits.ts"
import { orderByTime } from "./ListOrder.ts"
import { type Keyed, type Listed, pageOf, type Position } from "./Page.ts"

/** Whose telemetry. */
export interface TelemetryScope {
  readonly kind: "device" | "branch" | "chain"
  readonly id: string
}

/** What a scope is: where it lies, the devices in it, and the calendar that its days are of. */
export interface TelemetryPlace {
  readonly chainId: string
  /** Null for a chain as a whole. */
  readonly branchId: string | null
  readonly devices: number
  readonly timezone: string
}

export interface TelemetryRange {
  readonly fromMs: number
  /** Not included. */
  readonly toMs: number
}

export interface TelemetryWanted extends TelemetryRange {
  readonly type?: TelemetryType | undefined
  readonly source?: string | undefined
}

export interface BucketsWanted extends TelemetryRange {
  readonly type: TelemetryType
  readonly source?: string | undefined
  readonly metric: string
  readonly bucket: BucketWidth
  readonly timezone: string
}

interface Row extends Keyed {
  readonly id: number
  readonly device_id: string
  readonly event_type: TelemetryType
  readonly source: string
  readonly event_data: TelemetryRecord["event_data"]
  readonly session: number
  readonly at: Date
  readonly received_at: Date
}

const toRecord = (row: Row): TelemetryRecord => ({
  id: row.id,
  device_id: DeviceId.make(row.device_id),
  event_type: row.event_type,
  source: row.source === "" ? null : row.source,
  event_data: row.event_data,
  timestamp: toInstant(row.at.getTime()),
  received_at: toInstant(row.received_at.getTime()),
  session: row.session,
})

interface BucketRow {
  readonly at: Date
  readonly samples: number
  readonly avg: number
  readonly min: number
  readonly max: number
  readonly increase: number | null
}

export class TelemetryHistory extends Context.Service<
  TelemetryHistory,
  {
    /** Undefined if there is no such device, branch or chain. */
    readonly place: (scope: TelemetryScope) => Effect.Effect<TelemetryPlace | undefined, SqlError.SqlError>
    /** Rows, the newest first; the key of the position is the instant of the last row, as text. */
    readonly list: (
      scope: TelemetryScope,
      at: Position,
      wanted: TelemetryWanted,
    ) => Effect.Effect<Listed<TelemetryRecord>, SqlError.SqlError>
    /** The buckets of one number, the oldest first; those of which nothing is known are left out. */
    readonly buckets: (
      scope: TelemetryScope,
      wanted: BucketsWanted,
    ) => Effect.Effect<ReadonlyArray<TelemetryBucket>, SqlError.SqlError>
  }
>()("cartwise/cloud/store/TelemetryHistory") {
  static readonly layer = Layer.effect(
    TelemetryHistory,
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient

      const within = ({ kind, id }: TelemetryScope) => {
        if (kind === "device") return sql`device_id = ${id}::uuid`
        if (kind === "chain") return sql`chain_id = ${id}::uuid`
        return sql`device_id in (select id from devices where branch_id = ${id}::uuid)`
      }

      const placeOf = ({ kind, id }: TelemetryScope) => {
        if (kind === "device") {
          return sql<TelemetryPlace>`
            select b.chain_id as "chainId", b.id as "branchId", 1 as devices, b.timezone
            from devices d join branches b on b.id = d.branch_id where d.id = ${id}::uuid`
        }
        if (kind === "branch") {
          return sql<TelemetryPlace>`
            select b.chain_id as "chainId", b.id as "branchId", b.timezone,
                   (select count(*)::int from devices d where d.branch_id = b.id) as devices
            from branches b where b.id = ${id}::uuid`
        }
        return sql<TelemetryPlace>`
          select c.id as "chainId", null as "branchId",
                 (select count(*)::int from devices d join branches b on b.id = d.branch_id where b.chain_id = c.id) as devices,
                 coalesce((select min(b.timezone) from branches b where b.chain_id = c.id
                   having count(distinct b.timezone) = 1), 'UTC') as timezone
          from chains c where c.id = ${id}::uuid`
      }

      const bucketOf = ({ bucket, timezone }: BucketsWanted) =>
        bucket === "1d"
          ? sql`date_trunc('day', at, ${timezone})`
          : sql`date_bin(${bucket}::interval, at, timestamptz 'epoch')`

      return TelemetryHistory.of({
        place: (scope) => Effect.map(placeOf(scope), ([place]) => place),
        list: (scope, at, { type, source, fromMs, toMs }) => {
          const conditions: Array<Statement.Fragment> = [
            within(scope),
            sql`at >= ${toInstant(fromMs)}::timestamptz`,
            sql`at < ${toInstant(toMs)}::timestamptz`,
          ]
          if (type !== undefined) conditions.push(sql`event_type = ${type}`)
          if (source !== undefined) conditions.push(sql`source = ${source}`)
          const order = orderByTime(sql, at, { time: sql`at`, id: sql`id`, idType: "bigint" })
          conditions.push(order.after)
          return Effect.map(
            sql<Row>`
              select id, device_id, event_type, source, event_data, session, at, received_at,
                     ${order.key} as sort_key
              from telemetry where ${sql.and(conditions)}
              order by ${order.by} limit ${at.limit + 1}`,
            (rows) => pageOf(rows, at, toRecord),
          )
        },
        buckets: (scope, wanted) => {
          const { type, source, metric, fromMs, toMs } = wanted
          // The sample before the range, so that the first one in it is known to have grown from something.
          const before = toInstant(Math.max(0, fromMs - Limits.telemetryMaxMs))
          return Effect.map(
            sql<BucketRow>`
              with samples as (
                select device_id, source, at, id,
                       case when jsonb_typeof(event_data->${metric}) = 'number' then (event_data->>${metric})::float8 end as value
                from telemetry
                where ${within(scope)} and event_type = ${type}
                  and (${source ?? null}::text is null or source = ${source ?? null}::text)
                  and at >= ${before}::timestamptz and at < ${toInstant(toMs)}::timestamptz
              ), steps as (
                select at, value, lag(value) over (partition by device_id, source order by at, id) as last
                from samples where value is not null
              )
              select ${bucketOf(wanted)} as at, count(*) as samples, avg(value) as avg, min(value) as min, max(value) as max,
                     -- A program that has started again counts from nothing.
                     sum(case when value >= last then value - last when last is not null then value end) as increase
              from steps where at >= ${toInstant(fromMs)}::timestamptz
              group by 1 order by 1 limit ${Limits.telemetryBuckets}`,
            (rows) =>
              rows.map((row) => ({
                ...row,
                at: toInstant(row.at.getTime()),
                increase: grows(type, metric) ? row.increase : null,
              })),
          )
        },
      })
    }),
  )
}
