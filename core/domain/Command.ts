/**
 * A command asks one device to do one thing once. It is never desired state, never retained, never queued: it has an
 * id, an expiry and stages that only move forward.
 *
 *   created → sent → accepted → executing → executed → confirmed
 *   or rejected(reason) · failed(reason) · expired · unknown (→ confirmed or failed by later evidence)
 */
import { Schema } from "effect"

export const CommandKind = Schema.Literals([
  "unlock",
  "lock",
  "snapshot",
  "identify",
  "reboot",
  "maintenance",
  "apply_config",
  "probe",
])
export type CommandKind = typeof CommandKind.Type

/** When a device starts anew: as soon as nothing moves on it, or at once. */
export const RebootWhen = Schema.Literals(["on_idle", "now"])

/** What is asked for: a kind with what it needs to know. */
export const CommandOrder = Schema.Union([
  Schema.Struct({ kind: Schema.Literals(["unlock", "lock", "snapshot", "identify", "apply_config", "probe"]) }),
  Schema.Struct({ kind: Schema.Literal("reboot"), params: Schema.Struct({ when: RebootWhen }) }),
  Schema.Struct({ kind: Schema.Literal("maintenance"), params: Schema.Struct({ on: Schema.Boolean }) }),
])
export type CommandOrder = typeof CommandOrder.Type

export const CommandStage = Schema.Literals([
  "created",
  "sent",
  "accepted",
  "executing",
  "executed",
  "confirmed",
  "rejected",
  "failed",
  "expired",
  "unknown",
])
export type CommandStage = typeof CommandStage.Type

/** Why a command was refused, failed or is unknown: stable codes that the UI puts into words. */
export const CommandReason = Schema.Literals([
  "expired",
  "retained",
  "repeated",
  "schema_invalid",
  "too_large",
  "wrong_device",
  "wrong_epoch",
  "not_authorised",
  "clock_unsynced",
  "unsupported",
  "target_unknown",
  "device_offline",
  "bus_down",
  "controller_silent",
  "bay_disabled",
  "busy",
  "already_open",
  "not_possible_now",
  "journal_unwritable",
  "no_motion",
  "no_answer",
  "sensor_suspect",
  "restarted",
  "superseded",
  "not_secured",
  "config_refused",
  "nothing_offered",
])
export type CommandReason = typeof CommandReason.Type

const order: Readonly<Record<CommandStage, number>> = {
  created: 0,
  sent: 1,
  accepted: 2,
  executing: 3,
  executed: 4,
  unknown: 5,
  confirmed: 6,
  rejected: 6,
  failed: 6,
  expired: 6,
}

/** True for a stage that nothing changes any more. */
export const isFinal = (stage: CommandStage): boolean => order[stage] === 6

/** True if a command may move from one stage to another: forward only, and never out of a final stage. */
export const mayFollow = (from: CommandStage, to: CommandStage): boolean => order[to] > order[from]
