/** An alarm as the evaluator holds it, and what it makes of it. */
import type { AlarmHappening, AlarmSeverity } from "#core/domain/Alarm.ts"
import type { AlarmLife, Seen } from "./AlarmLife.ts"
import type { AlarmPlace } from "./Suppression.ts"

/** What is seen of one condition at one place. */
export interface Sighting extends AlarmPlace {
  readonly seen: Seen
  /** How bad it is now, where the condition itself says so. */
  readonly severity?: AlarmSeverity | undefined
}

export interface AlarmRecord extends AlarmPlace {
  readonly id: number
  readonly life: AlarmLife
  readonly severity: AlarmSeverity
  /** The alarm that explains it. */
  readonly suppressedBy: number | null
  readonly shelvedUntil: number | null
  readonly isAcknowledged: boolean
  readonly closedAt: number | null
}

/** One line of the history of an alarm. */
export interface NewAlarmLine {
  readonly alarmId: number
  readonly chainId: string
  readonly what: AlarmHappening
  readonly at: number
  readonly by: string
  readonly detail: Readonly<Record<string, string | number | null>>
}

export interface Evaluated {
  readonly added: ReadonlyArray<AlarmRecord>
  readonly changed: ReadonlyArray<AlarmRecord>
  /** Conditions that ended before anybody had heard of them. */
  readonly dropped: ReadonlyArray<number>
  readonly lines: ReadonlyArray<NewAlarmLine>
}
