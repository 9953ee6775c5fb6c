/** Access tokens of devices, by their hash; and the heartbeats that come with them. */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import { DeviceId } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { columns } from "./Columns.ts"

export interface DeviceTokenRow {
  readonly deviceId: DeviceId
  readonly expiresAt: number
}

/** One heartbeat: when it came and what the device said of itself. */
export interface BeatRow {
  readonly deviceId: string
  readonly at: number
  readonly ipAddress: string | null
}

export class DeviceTokenRows extends Context.Service<
  DeviceTokenRows,
  {
    /** Stores a token and forgets those of the device whose time is over. */
    readonly put: (
      hash: string,
      deviceId: string,
      atMs: number,
      expiresAt: number,
    ) => Effect.Effect<void, SqlError.SqlError>
    /** A token of a device that was not put out; it may have run out. */
    readonly find: (hash: string) => Effect.Effect<DeviceTokenRow | undefined, SqlError.SqlError>
    /** One row a device; the newest counts. */
    readonly beat: (beats: ReadonlyArray<BeatRow>) => Effect.Effect<void, SqlError.SqlError>
  }
>()("cartwise/cloud/store/DeviceTokenRows") {
  static readonly layer = Layer.effect(
    DeviceTokenRows,
    Effect.map(PgClient.PgClient, (sql) =>
      DeviceTokenRows.of({
        put: Effect.fnUntraced(function* (hash, deviceId, atMs, expiresAt) {
          const at = toInstant(atMs)
          yield* sql`delete from device_tokens where device_id = ${deviceId} and expires_at <= ${at}::timestamptz`
          yield* sql`
            insert into device_tokens (hash, device_id, created_at, expires_at)
            values (${hash}, ${deviceId}, ${at}, ${toInstant(expiresAt)})`
        }),
        find: (hash) =>
          Effect.map(
            sql<{ readonly device_id: string; readonly expires_at: Date }>`
              select t.device_id, t.expires_at from device_tokens t join devices d on d.id = t.device_id
              where t.hash = ${hash} and d.revoked_at is null and d.archived_at is null`,
            ([row]) => row && { deviceId: DeviceId.make(row.device_id), expiresAt: row.expires_at.getTime() },
          ),
        beat: (beats) =>
          Effect.asVoid(sql`
            update devices d set last_heartbeat = greatest(d.last_heartbeat, r.at),
              ip_address = coalesce(r.ip_address, d.ip_address)
            from unnest(
              ${columns.uuid(beats, ({ deviceId }) => deviceId)},
              ${columns.instant(beats, ({ at }) => at)},
              ${columns.text(beats, ({ ipAddress }) => ipAddress)}
            ) as r (id, at, ip_address)
            where d.id = r.id`),
      }),
    ),
  )
}
