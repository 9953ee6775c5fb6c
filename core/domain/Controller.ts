/**
 * A controller is one CU16 board on a device's RS-485 bus. `ControllerEvent` is everything that can happen to its
 * twin; the counting of good and missed polls happens before the machine, which hears only of crossed thresholds.
 */
import { Schema } from "effect"
import { DeadlineDue } from "./Deadline.ts"
import { Millis } from "./Instant.ts"
import { Text } from "./Text.ts"

/** The seed's word for a controller's state. */
export const ControllerStatus = Schema.Literals(["inactive", "active", "error"])
export type ControllerStatus = typeof ControllerStatus.Type

const at = { at: Millis }

export const ControllerEvent = Schema.Union([
  Schema.Struct({ type: Schema.Literal("controller.answered"), ...at }),
  Schema.Struct({ type: Schema.Literal("controller.slowed"), roundMs: Schema.Int, ...at }),
  /** `Limits.roundsUntilSilent` polls in a row without a good answer. */
  Schema.Struct({ type: Schema.Literal("controller.silenced"), ...at }),
  /** Answers come, but damaged. */
  Schema.Struct({ type: Schema.Literal("controller.garbled"), ...at }),
  /** The port itself is gone. */
  Schema.Struct({ type: Schema.Literal("controller.busLost"), reason: Text, ...at }),
  Schema.Struct({ type: Schema.Literal("controller.disabled"), ...at }),
  Schema.Struct({ type: Schema.Literal("controller.enabled"), ...at }),
  DeadlineDue,
])
export type ControllerEvent = typeof ControllerEvent.Type
