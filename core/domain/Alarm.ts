/**
 * The words of alarms (domain.md §6.9, §10). An alarm asks a person to act; everything else is only an event. It has two
 * halves: the condition, which comes and goes by itself, and a person who has seen it. It is closed when the condition is
 * gone and somebody has acknowledged it.
 */
import { Schema } from "effect"
import { TwinKind } from "./Ids.ts"

export const AlarmCode = Schema.Literals([
  "DEVICE_OFFLINE",
  "BRANCH_DARK",
  "DEVICE_DEGRADED",
  "CONFIG_DRIFT",
  "BUS_DOWN",
  "CONTROLLER_SILENT",
  "CONTROLLER_GARBLED",
  "LOCK_SUPPLY_LOST",
  "LOCK_JAMMED",
  "LOCK_NO_ANSWER",
  "UNLOCKED_TOO_LONG",
  "NOT_LATCHED",
  "FORCED_OPEN",
  "REMOVED_UNCOMMANDED",
  "BAY_LATCHED_EMPTY",
  "SENSOR_FLAPPING",
  "RENTAL_OVERDUE",
  "RENTAL_LOST",
  "UNATTRIBUTED_RETURN",
  "INVENTORY_MISMATCH",
  "LOW_CARTS",
  "TWIN_DIVERGENCE",
  "SMS_PROVIDER_DOWN",
  "OTP_ABUSE",
])
export type AlarmCode = typeof AlarmCode.Type

/** What an alarm can be about: a twin, a branch or a chain. */
export const AlarmScope = Schema.Literals([...TwinKind.literals, "branch", "chain"])
export type AlarmScope = typeof AlarmScope.Type

export const AlarmSeverity = Schema.Literals(["critical", "major", "minor", "warning"])
export type AlarmSeverity = typeof AlarmSeverity.Type

/** Whose it is to act. */
export const AlarmOwner = Schema.Literals(["attendant", "manager", "support", "installer", "engineer", "security"])
export type AlarmOwner = typeof AlarmOwner.Type

export const AlarmState = Schema.Literals(["active_unack", "active_ack", "cleared_unack", "closed"])
export type AlarmState = typeof AlarmState.Type

/** What is on record of an alarm beside how it is. */
export const AlarmHappening = Schema.Literals([
  "raised",
  "returned",
  "cleared",
  "severity",
  "suppressed",
  "unsuppressed",
  "acknowledged",
  "assigned",
  "commented",
  "shelved",
  "unshelved",
  "closed",
])
export type AlarmHappening = typeof AlarmHappening.Type

/** The state of an alarm from its halves; what somebody closed is closed. */
export const alarmStateOf = (cleared: boolean, acknowledged: boolean, closed = false): AlarmState => {
  if (closed) return "closed"
  if (cleared) return acknowledged ? "closed" : "cleared_unack"
  return acknowledged ? "active_ack" : "active_unack"
}
