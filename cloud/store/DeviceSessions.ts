/**
 * Which session of each device is the current one, the epoch that binds its commands to it, when it was last heard of,
 * and how far each of its journals is safe here.
 */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import { toInstant } from "#core/domain/Instant.ts"
import type { BootMessage } from "#core/wire/Presence.ts"
import { columns } from "./Columns.ts"
import { posted } from "./PipelinedTransaction.ts"

export interface DeviceSession {
  readonly deviceId: string
  readonly session: number
  readonly epoch: number
  readonly journalId: string
  readonly lastSeenAt: number
}

interface SessionRow {
  readonly device_id: string
  readonly session: number
  readonly epoch: number
  readonly journal_id: string
  readonly last_seen_at: Date
}

const fromRow = (row: SessionRow): DeviceSession => ({
  deviceId: row.device_id,
  session: row.session,
  epoch: row.epoch,
  journalId: row.journal_id,
  lastSeenAt: row.last_seen_at.getTime(),
})

export class DeviceSessions extends Context.Service<
  DeviceSessions,
  {
    readonly all: Effect.Effect<ReadonlyArray<DeviceSession>, SqlError.SqlError>
    /** The device's session, locked until the transaction ends; undefined before its first boot. */
    readonly hold: (deviceId: string) => Effect.Effect<DeviceSession | undefined, SqlError.SqlError>
    /** Stores an accepted boot under a fresh epoch and gives that. */
    readonly open: (deviceId: string, boot: BootMessage, atMs: number) => Effect.Effect<number, SqlError.SqlError>
    /** Notes heartbeats: signs of life of the current session. */
    readonly seen: (
      devices: ReadonlyArray<{ readonly deviceId: string; readonly atMs: number }>,
    ) => Effect.Effect<void, SqlError.SqlError>
    /**
     * How far the named journals are safe, locked until the transaction ends, by `deviceId/journalId`. A journal that
     * is not in the answer was never announced by a boot.
     */
    readonly watermarks: (journals: ReadonlyArray<JournalName>) => Effect.Effect<Map<string, number>, SqlError.SqlError>
    readonly advance: (
      journals: ReadonlyArray<JournalName & { readonly watermark: number }>,
    ) => Effect.Effect<void, SqlError.SqlError>
    /**
     * Announces a journal and gives how far it is safe: what is stored, or what the device was once told if that is
     * more, because those facts are gone from its journal and will never come. One that is new here begins to count
     * anew, so the places that the device's twins have in another mean nothing any more.
     */
    readonly announce: (
      journal: JournalName,
      acknowledged: number,
    ) => Effect.Effect<{ readonly watermark: number; readonly lost: number }, SqlError.SqlError>
  }
>()("cartwise/cloud/store/DeviceSessions") {
  static readonly layer = Layer.effect(
    DeviceSessions,
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      /** Rows are locked in the order everybody locks them in, so nobody waits in a circle. */
      const forgetPlaces = (deviceId: string) => sql`
        with held as (
          select kind, id from twins where device_id = ${deviceId} and edge_seq > 0 order by kind, id for no key update)
        update twins t set edge_seq = 0 from held where t.kind = held.kind and t.id = held.id`
      return DeviceSessions.of({
        all: Effect.map(
          sql<SessionRow>`select device_id, session, epoch, journal_id, last_seen_at from device_sessions`,
          (rows) => rows.map(fromRow),
        ),
        hold: (deviceId) =>
          Effect.map(
            sql<SessionRow>`
              select device_id, session, epoch, journal_id, last_seen_at from device_sessions
              where device_id = ${deviceId} for update`,
            ([row]) => (row === undefined ? undefined : fromRow(row)),
          ),
        open: Effect.fnUntraced(function* (deviceId, boot, atMs) {
          const at = toInstant(atMs)
          const [row] = yield* sql<{ readonly epoch: number }>`
            insert into device_sessions (device_id, session, epoch, journal_id, boot_reason, firmware_version, machines,
                                         simulated, booted_at, last_seen_at)
            values (${deviceId}, ${boot.session}, nextval('epochs'), ${boot.journal.id}, ${boot.reason},
                    ${boot.firmware_version}, ${sql.json(boot.machines)}, ${boot.simulated}, ${at}, ${at})
            on conflict (device_id) do update set
              session = excluded.session, epoch = excluded.epoch, journal_id = excluded.journal_id,
              boot_reason = excluded.boot_reason, firmware_version = excluded.firmware_version,
              machines = excluded.machines, simulated = excluded.simulated, booted_at = excluded.booted_at,
              last_seen_at = excluded.last_seen_at
            returning epoch`
          yield* sql`
            update devices set firmware_version = ${boot.firmware_version}, last_heartbeat = ${at}, updated_at = ${at}
            where id = ${deviceId}`
          return row?.epoch ?? 0
        }),
        seen: Effect.fnUntraced(function* (devices) {
          if (devices.length === 0) return
          const rows = devices.map(({ deviceId, atMs }) => ({ device_id: deviceId, at: toInstant(atMs) }))
          yield* sql`
            update device_sessions s set last_seen_at = greatest(s.last_seen_at, r.at)
            from jsonb_to_recordset(${sql.json(rows)}) as r (device_id uuid, at timestamptz)
            where s.device_id = r.device_id`
          yield* sql`
            update devices d set last_heartbeat = r.at
            from jsonb_to_recordset(${sql.json(rows)}) as r (device_id uuid, at timestamptz)
            where d.id = r.device_id`
        }),
        watermarks: (journals) =>
          Effect.map(
            sql<{ readonly name: string; readonly watermark: number }>`
              select j.device_id || '/' || j.journal_id as name, j.watermark
              from unnest(${devicesOf(journals)}, ${journalsOf(journals)}) as r (device_id, journal_id)
              join journals j on j.device_id = r.device_id and j.journal_id = r.journal_id
              order by j.device_id, j.journal_id
              for update of j`,
            (rows) => new Map(rows.map(({ name, watermark }) => [name, watermark])),
          ),
        advance: Effect.fnUntraced(function* (journals) {
          if (journals.length === 0) return
          const watermarks = columns.bigint(journals, ({ watermark }) => watermark)
          yield* posted(sql`
            update journals j set watermark = r.watermark
            from unnest(${devicesOf(journals)}, ${journalsOf(journals)}, ${watermarks})
              as r (device_id, journal_id, watermark)
            where j.device_id = r.device_id and j.journal_id = r.journal_id`)
        }),
        announce: Effect.fnUntraced(function* ({ deviceId, journalId }, acknowledged) {
          const [before] = yield* sql<{ readonly watermark: number }>`
            select watermark from journals where device_id = ${deviceId} and journal_id = ${journalId} for update`
          const watermark = Math.max(before?.watermark ?? 0, acknowledged)
          yield* sql`
            insert into journals (device_id, journal_id, watermark) values (${deviceId}, ${journalId}, ${watermark})
            on conflict (device_id, journal_id) do update set watermark = excluded.watermark`
          if (before === undefined) yield* forgetPlaces(deviceId)
          return { watermark, lost: watermark - (before?.watermark ?? 0) }
        }),
      })
    }),
  )
}

export interface JournalName {
  readonly deviceId: string
  readonly journalId: string
}

const devicesOf = (journals: ReadonlyArray<JournalName>) => columns.uuid(journals, ({ deviceId }) => deviceId)
const journalsOf = (journals: ReadonlyArray<JournalName>) => columns.uuid(journals, ({ journalId }) => journalId)

/** The key under which `watermarks` answers. */
export const journalKey = ({ deviceId, journalId }: JournalName): string => `${deviceId}/${journalId}`
