/** An alarm as the API and the live stream show it, and what happened to it. */
import { Schema } from "effect"
import { AlarmCode, AlarmHappening, AlarmOwner, AlarmScope, AlarmSeverity, AlarmState } from "../domain/Alarm.ts"
import { BranchId, ChainId, DeviceId } from "../domain/Ids.ts"
import { Instant } from "../domain/Instant.ts"
import { WrittenText } from "../domain/Text.ts"
import { Limits } from "../Limits.ts"

/** Who did something, and when. */
const Deed = Schema.Struct({ at: Instant, by: Schema.String })

export const Alarm = Schema.Struct({
  id: Schema.Int,
  code: AlarmCode,
  severity: AlarmSeverity,
  state: AlarmState,
  /** What it is about: a twin, a branch or a chain. */
  about: Schema.Struct({ kind: AlarmScope, id: Schema.String }),
  label: Schema.String,
  chain_id: ChainId,
  /** Null for one of a whole chain. */
  branch_id: Schema.NullOr(BranchId),
  device_id: Schema.NullOr(DeviceId),
  /** The fact that raised it; null for one that a state raises. Of `CONFIG_DRIFT` the version that the device will not take. */
  fact: Schema.NullOr(Schema.Struct({ journal_id: Schema.String, seq: Schema.Int })),
  /** When it was raised, by the device's clock if a fact raised it, and when that was stored here. */
  raised_at: Instant,
  received_at: Instant,
  /** How often it was announced or came back while it was open. */
  times: Schema.Int,
  last_at: Instant,
  cleared_at: Schema.NullOr(Instant),
  acknowledged: Schema.NullOr(Deed),
  /** Whom it is given to, by e-mail address. */
  assignee: Schema.NullOr(Schema.String),
  /** Put aside until then; it is back earlier if the condition ends and returns. */
  shelved: Schema.NullOr(Schema.Struct({ until: Instant, by: Schema.String, reason: Schema.String })),
  /** The alarm that explains it: it is over with that, and asks for nobody itself. */
  suppressed_by: Schema.NullOr(Schema.Int),
  closed_at: Schema.NullOr(Instant),
})
export type Alarm = typeof Alarm.Type

/** One line of what happened to an alarm. */
export const AlarmLine = Schema.Struct({
  id: Schema.Int,
  at: Instant,
  what: AlarmHappening,
  by: Schema.String,
  /** `severity` of what was raised or changed, `to` of what was assigned, `until` of what was shelved, `under` which alarm. */
  detail: Schema.Record(Schema.String, Schema.NullOr(Schema.Union([Schema.String, Schema.Finite]))),
})
export type AlarmLine = typeof AlarmLine.Type

/** An alarm with what happened to it, the oldest first, and what it explains. */
export const AlarmWithHistory = Schema.Struct({
  alarm: Alarm,
  history: Schema.Array(AlarmLine),
  explains: Schema.Array(Alarm),
})
export type AlarmWithHistory = typeof AlarmWithHistory.Type

/** A rule as it holds in a chain; times are milliseconds. */
export const AlarmRuleView = Schema.Struct({
  code: AlarmCode,
  scope: Schema.Literals([...AlarmScope.literals, "twin"]),
  severity: AlarmSeverity,
  worse: Schema.Array(Schema.Struct({ after_ms: Schema.Int, severity: AlarmSeverity })),
  raise_after_ms: Schema.Int,
  clear_after_ms: Schema.Int,
  owner: AlarmOwner,
  suppressed_by: Schema.Array(AlarmCode),
  /** False where nobody wants to hear of it. */
  on: Schema.Boolean,
  /** False for what bays and devices announce: that is never switched off. */
  tunable: Schema.Boolean,
  /** Who of the chain has tuned it; null where it is as it is. */
  tuned: Schema.NullOr(Schema.Struct({ at: Instant, by: Schema.String, reason: Schema.String })),
})
export type AlarmRuleView = typeof AlarmRuleView.Type

const delay = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: Limits.alarmDelayMaxMs }))

/** How the people of a chain want a rule. */
export const AlarmTuning = Schema.Struct({
  chain_id: ChainId,
  on: Schema.Boolean,
  severity: AlarmSeverity,
  raise_after_ms: delay,
  clear_after_ms: delay,
  reason: WrittenText(1, Limits.reasonCharacters),
})
export type AlarmTuning = typeof AlarmTuning.Type
