/** What is stored of a device's line to the cloud: its session, its journals, and commands that wait for it. */
import { PgClient } from "@effect/sql-pg"
import { Clock, Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import type { DeviceConnectivity, DeviceJournal } from "#core/api/DeviceInsights.ts"
import { JournalId } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"

type Journal = (typeof DeviceJournal)["Type"]

export class DeviceInsights extends Context.Service<
  DeviceInsights,
  {
    /** Null before its first boot. */
    readonly session: (deviceId: string) => Effect.Effect<DeviceConnectivity["mqtt"], SqlError.SqlError>
    readonly inFlight: (deviceId: string) => Effect.Effect<number, SqlError.SqlError>
    /** The newest first. */
    readonly journals: (deviceId: string) => Effect.Effect<ReadonlyArray<Journal>, SqlError.SqlError>
  }
>()("cartwise/cloud/store/DeviceInsights") {
  static readonly layer = Layer.effect(
    DeviceInsights,
    Effect.map(PgClient.PgClient, (sql) =>
      DeviceInsights.of({
        session: (deviceId) =>
          Effect.map(
            sql<{
              readonly session: number
              readonly epoch: number
              readonly boot_reason: string
              readonly booted_at: Date
              readonly last_seen_at: Date
            }>`
              select session, epoch, boot_reason, booted_at, last_seen_at from device_sessions
              where device_id = ${deviceId}`,
            ([row]) =>
              row === undefined
                ? null
                : {
                    ...row,
                    booted_at: toInstant(row.booted_at.getTime()),
                    last_seen_at: toInstant(row.last_seen_at.getTime()),
                  },
          ),
        inFlight: Effect.fnUntraced(function* (deviceId) {
          const now = toInstant(yield* Clock.currentTimeMillis)
          const [row] = yield* sql<{ readonly waiting: number }>`
            select count(*)::int as waiting from commands
            where device_id = ${deviceId} and stage in ('created', 'sent', 'accepted', 'executing')
              and expires_at > ${now}::timestamptz`
          return row?.waiting ?? 0
        }),
        journals: (deviceId) =>
          Effect.map(
            sql<{
              readonly journal_id: string
              readonly watermark: number
              readonly created_at: Date
              readonly current: boolean
            }>`
              select j.journal_id, j.watermark, j.created_at, coalesce(s.journal_id = j.journal_id, false) as current
              from journals j left join device_sessions s on s.device_id = j.device_id
              where j.device_id = ${deviceId} order by j.created_at desc, j.journal_id`,
            (rows) =>
              rows.map((row) => ({
                ...row,
                journal_id: JournalId.make(row.journal_id),
                created_at: toInstant(row.created_at.getTime()),
              })),
          ),
      }),
    ),
  )
}
