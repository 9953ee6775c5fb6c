/** Sessions, epochs and journals in memory: what `DeviceSessions.layer` is on Postgres. */
import { Layer } from "effect"
import { keyOf } from "#cloud/registry/TwinBatch.ts"
import { type DeviceSession, DeviceSessions, journalKey, type JournalName } from "#cloud/store/DeviceSessions.ts"
import type { TwinRow, TwinTables } from "./MemoryTwins.ts"
import type { MemoryDatabase, Table } from "./MemoryDatabase.ts"

export interface JournalRow extends JournalName {
  readonly watermark: number
  readonly createdAt: number
}

export interface SessionTables {
  readonly sessions: Table<DeviceSession>
  readonly journals: Table<JournalRow>
}

export const sessionTables = (db: MemoryDatabase): SessionTables => ({ sessions: db.table(), journals: db.table() })

export const memorySessions = (db: MemoryDatabase, { sessions, journals }: SessionTables, { twins }: TwinTables) => {
  /** As a sequence, it gives each number once and takes none back. */
  let epochs = 0
  return Layer.succeed(
    DeviceSessions,
    DeviceSessions.of({
      all: db.statement(() => [...sessions.values()]),
      hold: (deviceId) => db.statement(() => sessions.get(deviceId)),
      open: (deviceId, boot, atMs) =>
        db.statement(() => {
          const epoch = ++epochs
          const { session, journal } = boot
          sessions.set(deviceId, { deviceId, session, epoch, journalId: journal.id, lastSeenAt: atMs })
          return epoch
        }),
      seen: (devices) =>
        db.statement(() => {
          for (const { deviceId, atMs } of devices) {
            const row = sessions.get(deviceId)
            if (row !== undefined) sessions.set(deviceId, { ...row, lastSeenAt: Math.max(row.lastSeenAt, atMs) })
          }
        }),
      watermarks: (names) =>
        db.statement(
          () =>
            new Map(
              names.flatMap((name) => {
                const row = journals.get(journalKey(name))
                return row === undefined ? [] : [[journalKey(name), row.watermark]]
              }),
            ),
        ),
      advance: (advanced) =>
        db.statement(() => {
          for (const { deviceId, journalId, watermark } of advanced) {
            const key = journalKey({ deviceId, journalId })
            const row = journals.get(key)
            if (row !== undefined) journals.set(key, { ...row, watermark })
          }
        }),
      announce: ({ deviceId, journalId }, acknowledged) =>
        db.statement(() => {
          const key = journalKey({ deviceId, journalId })
          const known = journals.get(key)
          if (known === undefined) forgetPlaces(twins, deviceId)
          const before = known?.watermark ?? 0
          const watermark = Math.max(before, acknowledged)
          journals.set(key, { deviceId, journalId, watermark, createdAt: known?.createdAt ?? db.nowMs() })
          return { watermark, lost: watermark - before }
        }),
    }),
  )
}

/** A new journal counts anew. */
const forgetPlaces = (twins: Table<TwinRow>, deviceId: string): void => {
  for (const row of twins.values()) {
    const { held } = row
    if (held.deviceId === deviceId) twins.set(keyOf(held.ref), { ...row, held: { ...held, edgeSeq: 0 } })
  }
}
