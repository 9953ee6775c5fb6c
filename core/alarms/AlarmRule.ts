/** What a rule of alarms is, as data: when it is raised and cleared, how bad it is, whose it is, what hides it. */
import type { AlarmCode, AlarmOwner, AlarmScope, AlarmSeverity } from "../domain/Alarm.ts"
import type { TwinKind } from "../domain/Ids.ts"
import type { Announcement } from "../domain/TwinEvent.ts"

/**
 * The states of one region of a twin in which a condition is there, and in which it is over; in any other nobody knows, and
 * nothing changes. A state stands for those within it (`ajar` for `ajar.released`).
 */
export interface TwinLevel {
  readonly kind: TwinKind
  readonly region: string
  readonly raisedIn: ReadonlyArray<string>
  readonly clearedIn: ReadonlyArray<string>
}

/** Raised at once, in the commit of the fact, by what a bay says beyond its state. */
export interface AnnouncedBy {
  readonly announcement: Announcement
  /** A bay in maintenance is opened by hands: no alarm then. */
  readonly unlessMaintenance: boolean
}

export interface AlarmRule {
  readonly code: AlarmCode
  /** What it is about; a divergence may be one of any twin. */
  readonly scope: AlarmScope | "twin"
  readonly severity: AlarmSeverity
  /** How bad it is so long after it was raised, the longest last. */
  readonly worse?: ReadonlyArray<{ readonly afterMs: number; readonly severity: AlarmSeverity }>
  /** How long the condition must last before the alarm is raised, and be gone before it is cleared. */
  readonly raiseAfterMs: number
  readonly clearAfterMs: number
  readonly owner: AlarmOwner
  /** The causes that explain it: while one of them is there, at the same place, this is shown under it. */
  readonly suppressedBy: ReadonlyArray<AlarmCode>
  /** The condition, if it is a state of a twin; others are looked up (`cloud/store/AlarmSightings.ts`). */
  readonly level?: TwinLevel
  readonly announcedBy?: AnnouncedBy
}
