/**
 * What the history lines of one unit of work mean for alarms: an announcement raises one or is counted on the one that is
 * live, a later state of the latch clears it. Pure: lines and live alarms in, rows to add and to change out.
 */
import { alarmRules } from "#core/alarms/alarmRules.ts"
import type { AnnouncedBy } from "#core/alarms/AlarmRule.ts"
import type { AlarmCode } from "#core/domain/Alarm.ts"
import type { TwinRef } from "#core/domain/Ids.ts"
import { regionWord } from "#twins/Words.ts"
import { keyOf, type NewTwinEvent, type TwinBatch } from "./TwinBatch.ts"

/** An alarm whose condition is still there. */
export interface LiveAlarm {
  readonly id: number
  readonly ref: TwinRef
  readonly code: AlarmCode
}

/** An alarm to be stored. */
export interface NewAlarm {
  readonly ref: TwinRef
  readonly code: AlarmCode
  readonly deviceId: string
  readonly journalId: string
  readonly seq: number
  readonly raisedAt: number
  readonly times: number
  readonly lastAt: number
  readonly clearedAt: number | null
}

/** What changes of a stored one. */
export interface AlarmChange {
  readonly id: number
  /** How often more it was announced. */
  readonly times: number
  readonly lastAt: number | null
  readonly clearedAt: number | null
}

/** A line that may raise or clear alarms of a bay. */
export interface AlarmSignal {
  readonly ref: TwinRef
  readonly deviceId: string
  readonly line: NewTwinEvent
  readonly raises: ReadonlyArray<AnnouncedRule>
  readonly clears: ReadonlyArray<AnnouncedRule>
}

interface AnnouncedRule extends AnnouncedBy {
  readonly code: AlarmCode
  readonly clearedIn: ReadonlyArray<string>
}

const announcedRules: ReadonlyArray<AnnouncedRule> = alarmRules.flatMap(({ code, announcedBy, level }) =>
  announcedBy === undefined ? [] : [{ ...announcedBy, code, clearedIn: level?.clearedIn ?? [] }],
)

const latchOf = (line: NewTwinEvent): string => regionWord(line.value, "latch").split(".")[0] ?? "unknown"

/** The lines that may matter, in order; mostly there are none. */
export const alarmSignals = (batch: TwinBatch): ReadonlyArray<AlarmSignal> =>
  batch.events.flatMap((line) => {
    const deviceId = batch.get(line.ref)?.deviceId
    if (line.ref.kind !== "bay" || !line.accepted || deviceId === undefined || deviceId === null) return []
    const latch = latchOf(line)
    const inMaintenance = regionWord(line.value, "service") === "maintenance"
    const raises = announcedRules.filter(
      ({ announcement, unlessMaintenance }) =>
        line.announces.includes(announcement) && !(inMaintenance && unlessMaintenance),
    )
    const clears = announcedRules.filter((rule) => rule.clearedIn.includes(latch) && !raises.includes(rule))
    return raises.length + clears.length === 0 ? [] : [{ ref: line.ref, deviceId, line, raises, clears }]
  })

interface Entry {
  readonly id?: number
  readonly first?: Pick<NewAlarm, "ref" | "code" | "deviceId" | "journalId" | "seq" | "raisedAt">
  times: number
  lastAt: number | null
  clearedAt: number | null
}

/** Goes through the signals in order; `live` are the alarms of these bays that are not cleared. */
export const followAlarms = (
  signals: ReadonlyArray<AlarmSignal>,
  live: ReadonlyArray<LiveAlarm>,
): { readonly raised: ReadonlyArray<NewAlarm>; readonly changed: ReadonlyArray<AlarmChange> } => {
  const open = new Map<string, Entry>()
  const nameOf = (ref: TwinRef, code: AlarmCode) => `${keyOf(ref)} ${code}`
  const entries: Array<Entry> = []
  for (const { id, ref, code } of live) open.set(nameOf(ref, code), { id, times: 0, lastAt: null, clearedAt: null })
  entries.push(...open.values())
  for (const { ref, deviceId, line, raises, clears } of signals) {
    for (const { code } of clears) {
      const entry = open.get(nameOf(ref, code))
      if (entry !== undefined) entry.clearedAt = line.at
      open.delete(nameOf(ref, code))
    }
    for (const { code } of raises) {
      const { at: raisedAt, journalId, seq } = line
      if (journalId === null || seq === null) continue
      let entry = open.get(nameOf(ref, code))
      if (entry === undefined) {
        const first = { ref, code, deviceId, journalId, seq, raisedAt }
        entry = { first, times: 0, lastAt: null, clearedAt: null }
        open.set(nameOf(ref, code), entry)
        entries.push(entry)
      }
      entry.times += 1
      entry.lastAt = raisedAt
    }
  }
  return {
    raised: entries.flatMap(({ first, times, lastAt, clearedAt }) =>
      first === undefined ? [] : [{ ...first, times, lastAt: lastAt ?? first.raisedAt, clearedAt }],
    ),
    changed: entries.flatMap(({ id, times, lastAt, clearedAt }) =>
      id === undefined || (times === 0 && clearedAt === null) ? [] : [{ id, times, lastAt, clearedAt }],
    ),
  }
}
