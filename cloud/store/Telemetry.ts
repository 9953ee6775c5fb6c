/**
 * Rows of telemetry as they are written. The same word of a device said twice is one row; a row whose month has no partition
 * yet is kept all the same.
 */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer, type Schema } from "effect"
import type { SqlError } from "effect/sql"
import type { TelemetryType } from "#core/domain/Telemetry.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { columns } from "./Columns.ts"

export interface TelemetryRow {
  readonly chainId: string
  readonly deviceId: string
  readonly type: TelemetryType
  /** Which of several it is about; null where there is only one. */
  readonly source: string | null
  readonly data: Readonly<Record<string, Schema.Json>>
  readonly session: number
  readonly atMs: number
  readonly receivedMs: number
}

export class Telemetry extends Context.Service<
  Telemetry,
  {
    /** Keeps rows and gives how many of them were new. */
    readonly keep: (rows: ReadonlyArray<TelemetryRow>) => Effect.Effect<number, SqlError.SqlError>
    /** Makes the partitions of the coming months and drops those that end before the retention begins. */
    readonly tidy: (
      asOfMs: number,
      monthsAhead: number,
      retentionDays: number,
    ) => Effect.Effect<{ readonly made: number; readonly dropped: number }, SqlError.SqlError>
  }
>()("cartwise/cloud/store/Telemetry") {
  static readonly layer = Layer.effect(
    Telemetry,
    Effect.map(PgClient.PgClient, (sql) =>
      Telemetry.of({
        keep: (rows) =>
          Effect.map(
            sql`
              insert into telemetry (chain_id, device_id, event_type, source, event_data, session, at, received_at)
              select r.chain_id, r.device_id, r.event_type, r.source, r.event_data::jsonb, r.session, r.at, r.received_at
              from unnest(
                ${columns.uuid(rows, ({ chainId }) => chainId)},
                ${columns.uuid(rows, ({ deviceId }) => deviceId)},
                ${columns.text(rows, ({ type }) => type)},
                ${columns.text(rows, ({ source }) => source ?? "")},
                ${columns.json(rows, ({ data }) => data)},
                ${columns.bigint(rows, ({ session }) => session)},
                ${columns.instant(rows, ({ atMs }) => atMs)},
                ${columns.instant(rows, ({ receivedMs }) => receivedMs)}
              ) as r (chain_id, device_id, event_type, source, event_data, session, at, received_at)
              on conflict (device_id, event_type, source, at) do nothing
              returning 1`,
            (kept) => kept.length,
          ),
        tidy: (asOfMs, monthsAhead, retentionDays) =>
          Effect.map(
            sql<{ readonly made: number; readonly dropped: number }>`
              select made, dropped
              from telemetry_keep(${toInstant(asOfMs)}::timestamptz, ${monthsAhead}::int, ${retentionDays}::int)`,
            ([done]) => done ?? { made: 0, dropped: 0 },
          ),
      }),
    ),
  )
}
