/** Twins, their history, divergences and alarms in memory: what `Twins.layer` is on Postgres. */
import { Effect, Layer } from "effect"
import type { TwinKind, TwinRef } from "#core/domain/Ids.ts"
import { regionWord } from "#twins/Words.ts"
import { Agenda } from "#cloud/Agenda.ts"
import { alarmSignals, followAlarms, type LiveAlarm, type NewAlarm } from "#cloud/registry/AlarmBook.ts"
import {
  cloudDeadlines,
  type HeldTwin,
  keyOf,
  type NewDivergence,
  type NewTwinEvent,
  TwinBatch,
} from "#cloud/registry/TwinBatch.ts"
import { judgedAt, type NoticedReturn, returnsIn } from "#cloud/store/NoticedReturns.ts"
import { type NewTwin, Twins } from "#cloud/store/Twins.ts"
import type { MemoryDatabase, Table } from "./MemoryDatabase.ts"

export interface TwinRow extends NewTwin {
  readonly held: HeldTwin
}

export interface AlarmRow extends NewAlarm {
  readonly id: number
}

/** A row of divergences: the same of the same twin is counted while it is open. */
export interface DivergenceRow extends NewDivergence {
  readonly times: number
}

export interface TwinTables {
  readonly twins: Table<TwinRow>
  /** Lines of history by their number. */
  readonly events: Table<NewTwinEvent>
  readonly divergences: Table<DivergenceRow>
  readonly alarms: Table<AlarmRow>
}

export const twinTables = (db: MemoryDatabase): TwinTables => ({
  twins: db.table(),
  events: db.table(),
  divergences: db.table(),
  alarms: db.table(),
})

/** Rows are held and written in this order on Postgres, too. */
const byKindAndId = (a: TwinRow, b: TwinRow): number => {
  const [one, other] = [keyOf(a.held.ref), keyOf(b.held.ref)]
  return one < other ? -1 : one > other ? 1 : 0
}

/** Appends lines of history. */
export const appendLines = ({ events }: TwinTables, lines: ReadonlyArray<NewTwinEvent>): void => {
  for (const line of lines) events.set(String(events.size + 1), line)
}

/** The lines of a bay, the newest first. */
export function* linesOf({ events }: TwinTables, bayId: string): Generator<NewTwinEvent> {
  for (let id = events.size; id > 0; id--) {
    const line = events.get(String(id))
    if (line?.ref.id === bayId) yield line
  }
}

/** True if no cart stood latched in the bay then. */
export const lineIsAway = ({ value }: NewTwinEvent): boolean => {
  const latch = regionWord(value as never, "latch")
  return latch.startsWith("ajar") || latch === "empty" || latch === "latchedEmpty"
}

export const memoryTwins = (
  db: MemoryDatabase,
  tables: TwinTables,
  noteReturns: (found: ReadonlyArray<NoticedReturn>) => void,
) =>
  Layer.effect(
    Twins,
    Effect.map(Agenda, (agenda) => {
      const { twins, divergences, alarms } = tables
      const rows = (refs: ReadonlyArray<TwinRef>): ReadonlyArray<TwinRow> =>
        [...new Set(refs.map(keyOf))].flatMap((key) => twins.get(key) ?? []).sort(byKindAndId)

      const saveTwin = (held: HeldTwin): void => {
        const row = twins.get(keyOf(held.ref))
        if (row === undefined) return
        twins.set(keyOf(held.ref), { ...row, held: { ...held, deviceId: row.held.deviceId } })
        for (const { dueAt } of cloudDeadlines(held.stored)) agenda.note(dueAt)
      }
      const saveDivergence = (one: NewDivergence): void => {
        const type = typeof one.event === "object" && one.event !== null && "type" in one.event ? one.event["type"] : ""
        const key = JSON.stringify([one.ref.kind, one.ref.id, one.rule, type, one.expected, one.reported])
        const before = divergences.get(key)
        divergences.set(key, { ...(before ?? one), times: (before?.times ?? 0) + 1 })
      }
      const saveAlarms = (batch: TwinBatch): ReadonlyArray<number> => {
        const signals = alarmSignals(batch)
        if (signals.length === 0) return []
        const bays = new Set(signals.map(({ ref }) => ref.id))
        const live = [...alarms.values()].flatMap((row): ReadonlyArray<LiveAlarm> =>
          row.clearedAt === null && bays.has(row.ref.id) ? [{ id: row.id, ref: row.ref, code: row.code }] : [],
        )
        const { raised, changed } = followAlarms(signals, live)
        for (const { id, times, lastAt, clearedAt } of changed) {
          const row = alarms.get(String(id))
          if (row === undefined) continue
          alarms.set(String(id), { ...row, times: row.times + times, lastAt: lastAt ?? row.lastAt, clearedAt })
        }
        const known = new Set([...alarms.values()].map(placeOf))
        const fresh = raised.filter((alarm) => !known.has(placeOf(alarm)))
        const ids = fresh.map((alarm) => {
          const id = alarms.size + 1
          alarms.set(String(id), { ...alarm, id })
          return id
        })
        return [...changed.map(({ id }) => id), ...ids]
      }

      return Twins.of({
        hold: (refs) => db.statement(() => new TwinBatch(rows(refs).map(({ held }) => held))),
        save: (batch) =>
          db.statement(() => {
            for (const held of batch.changed()) saveTwin(held)
            appendLines(tables, batch.events)
            for (const one of batch.divergences) saveDivergence(one)
            const found = returnsIn(batch)
            for (const { at } of found) agenda.note(judgedAt(at))
            noteReturns(found)
            return saveAlarms(batch)
          }),
        existing: (kind, ids) =>
          db.statement(() => new Set(ids.filter((id) => twins.get(keyOf({ kind, id })) !== undefined))),
        insert: (fresh) =>
          db.statement(() => {
            for (const twin of fresh) twins.insert(keyOf(twin.held.ref), twin, "twins_pkey")
          }),
        ofDevice: (deviceId) =>
          db.statement(() =>
            [...twins.values()].flatMap(({ held: { ref, deviceId: owner } }) =>
              owner === deviceId || (ref.kind === "device" && ref.id === deviceId) ? [ref] : [],
            ),
          ),
        values: (kind: TwinKind) =>
          db.statement(() =>
            [...twins.values()].flatMap(({ held: { ref, stored } }) =>
              ref.kind === kind ? [{ id: ref.id, value: stored.value }] : [],
            ),
          ),
        deviceOf: (ref) =>
          db.statement(() => (ref.kind === "device" ? ref.id : (twins.get(keyOf(ref))?.held.deviceId ?? null))),
        freshen: (readings) =>
          db.statement(() => {
            for (const row of twins.values()) {
              const { held } = row
              const reading = readings.find(
                ({ deviceId, controllerId }) => held.deviceId === deviceId && row.controllerId === controllerId,
              )
              if (reading === undefined) continue
              const freshAt = Math.max(held.freshAt ?? 0, reading.freshAt)
              if (freshAt !== held.freshAt) twins.set(keyOf(held.ref), { ...row, held: { ...held, freshAt } })
            }
          }),
        due: (atMs, limit) =>
          db.statement(() =>
            dueRows(twins)
              .filter(({ dueAt }) => dueAt <= atMs)
              .sort((a, b) => a.dueAt - b.dueAt)
              .slice(0, limit)
              .map(({ ref }) => ref),
          ),
        nextDue: db.statement(() => {
          const dues = dueRows(twins).map(({ dueAt }) => dueAt)
          return dues.length === 0 ? null : Math.min(...dues)
        }),
      })
    }),
  )

const placeOf = ({ deviceId, journalId, seq, code }: NewAlarm): string => `${deviceId} ${journalId} ${seq} ${code}`

const dueRows = (twins: Table<TwinRow>) =>
  [...twins.values()].flatMap(({ held: { ref, stored } }) => {
    const dues = cloudDeadlines(stored).map(({ dueAt }) => dueAt)
    return dues.length === 0 ? [] : [{ ref, dueAt: Math.min(...dues) }]
  })
