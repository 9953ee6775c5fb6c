/**
 * Alarms that a bay's own announcement raises at once (domain.md §10, numbers 14 and 17 to 19), and the one that says that
 * a device will not become what it is configured to. An alarm asks a person to act; everything else is only an event. It has two halves: the condition, raised and cleared by facts, and a person who has
 * seen it. It is closed when the condition is gone and somebody has acknowledged it (domain.md §6.9).
 */
import { Schema } from "effect"
import type { Announcement } from "./TwinEvent.ts"

export const AlarmCode = Schema.Literals([
  "FORCED_OPEN",
  "REMOVED_UNCOMMANDED",
  "LOCK_JAMMED",
  "NOT_LATCHED",
  "CONFIG_DRIFT",
])
export type AlarmCode = typeof AlarmCode.Type

export const AlarmSeverity = Schema.Literals(["critical", "major", "minor", "warning"])
export type AlarmSeverity = typeof AlarmSeverity.Type

export const AlarmState = Schema.Literals(["active_unack", "active_ack", "cleared_unack", "closed"])
export type AlarmState = typeof AlarmState.Type

/** What an alarm is about and when it is over. */
export interface AlarmRule {
  readonly code: AlarmCode
  readonly raisedBy: Announcement
  /** States of the bay's latch, by their first word, in which the condition is over. */
  readonly clearedIn: ReadonlyArray<string>
  /** A bay in maintenance is opened by hands: no alarm then. */
  readonly unlessMaintenance: boolean
}

export const alarmRules: ReadonlyArray<AlarmRule> = [
  {
    code: "FORCED_OPEN",
    raisedBy: "RELEASED_UNCOMMANDED",
    clearedIn: ["secured", "empty"],
    unlessMaintenance: true,
  },
  {
    code: "REMOVED_UNCOMMANDED",
    raisedBy: "REMOVED_UNCOMMANDED",
    clearedIn: ["secured"],
    unlessMaintenance: true,
  },
  {
    code: "LOCK_JAMMED",
    raisedBy: "JAMMED",
    clearedIn: ["secured", "empty", "ajar", "settling", "latchedEmpty"],
    unlessMaintenance: false,
  },
  {
    code: "NOT_LATCHED",
    raisedBy: "NOT_LATCHED",
    clearedIn: ["secured", "empty"],
    unlessMaintenance: false,
  },
]

/** How bad each is. */
export const alarmSeverities: Readonly<Record<AlarmCode, AlarmSeverity>> = {
  FORCED_OPEN: "major",
  REMOVED_UNCOMMANDED: "critical",
  LOCK_JAMMED: "major",
  NOT_LATCHED: "minor",
  CONFIG_DRIFT: "minor",
}

/** The state of an alarm from its two halves. */
export const alarmStateOf = (cleared: boolean, acknowledged: boolean): AlarmState => {
  if (cleared) return acknowledged ? "closed" : "cleared_unack"
  return acknowledged ? "active_ack" : "active_unack"
}
