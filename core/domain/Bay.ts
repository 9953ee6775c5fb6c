/**
 * A bay is one of the sixteen lock positions of a board. Two sensors look at it: the hook (closed or open) and the
 * infrared presence (a cart is there or not). Neither names the cart: which cart stands in a bay is placement.
 * `BayEvent` is everything that can happen to a bay's twin.
 */
import { Schema } from "effect"
import { CommandId } from "./Ids.ts"
import { Millis } from "./Instant.ts"
import { DeadlineDue } from "./Deadline.ts"

export const Hook = Schema.Literals(["closed", "open"])
export type Hook = typeof Hook.Type
export const Presence = Schema.Literals(["present", "absent"])
export type Presence = typeof Presence.Type

/** Whether people may use the bay. */
export const BayService = Schema.Literals(["inService", "returnOnly", "maintenance", "disabled"])
export type BayService = typeof BayService.Type

/** Why reads of a bay stopped. */
export const LostReason = Schema.Literals(["controller_silent", "bus_down", "restart", "disabled"])
export type LostReason = typeof LostReason.Type

/** Why a pulse was not written. */
export const PulseRefusal = Schema.Literals([
  "controller_silent",
  "bus_down",
  "expired",
  "busy",
  "journal_unwritable",
  "restarted",
])
export type PulseRefusal = typeof PulseRefusal.Type

const at = { at: Millis }

export const BayEvent = Schema.Union([
  /** The debounced reading changed, or is the first after a gap. */
  Schema.Struct({ type: Schema.Literal("bay.observed"), hook: Hook, presence: Presence, ...at }),
  /** Reads stopped: nothing is known about the bay any more. */
  Schema.Struct({ type: Schema.Literal("bay.lost"), reason: LostReason, ...at }),
  /** A verified, journaled command asks to open the lock. */
  Schema.Struct({ type: Schema.Literal("bay.unlock"), commandId: CommandId, expiresAt: Millis, ...at }),
  /** The unlock frame was written to the bus. */
  Schema.Struct({ type: Schema.Literal("bay.pulsed"), commandId: CommandId, ...at }),
  /** The unlock frame was certainly not written. */
  Schema.Struct({ type: Schema.Literal("bay.pulseRefused"), commandId: CommandId, reason: PulseRefusal, ...at }),
  /** The port failed while the frame was being written: it may or may not have reached the board. */
  Schema.Struct({ type: Schema.Literal("bay.pulseUncertain"), commandId: CommandId, ...at }),
  /** Two equal reads asked for after a pulse. */
  Schema.Struct({ type: Schema.Literal("bay.verified"), hook: Hook, presence: Presence, ...at }),
  /** Those reads got no answer. */
  Schema.Struct({ type: Schema.Literal("bay.unverified"), ...at }),
  /** The reading changes more often than a cart can. */
  Schema.Struct({ type: Schema.Literal("bay.flapping"), ...at }),
  Schema.Struct({ type: Schema.Literal("bay.steady"), ...at }),
  /** How people may use it from now on; by a command, if it names one, else by configuration. */
  Schema.Struct({
    type: Schema.Literal("bay.serviceSet"),
    service: BayService,
    commandId: Schema.optionalKey(CommandId),
    ...at,
  }),
  /** Staff say the jam is cleared. */
  Schema.Struct({ type: Schema.Literal("bay.jamCleared"), ...at }),
  DeadlineDue,
])
export type BayEvent = typeof BayEvent.Type
