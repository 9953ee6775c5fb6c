/**
 * A rental: one shopper has one cart for some time. All of it belongs to the cloud; what happens physically reaches it as
 * evidence of a bay, each piece under the command that it answers.
 */
import { Schema } from "effect"
import { DeadlineDue } from "./Deadline.ts"
import { BayId, CartId, CommandId } from "./Ids.ts"
import { Millis } from "./Instant.ts"
import { Text } from "./Text.ts"

/** How sure it is that a return is this rental's (domain.md §6.3). */
export const ReturnConfidence = Schema.Literals(["high", "medium", "staff"])
export type ReturnConfidence = typeof ReturnConfidence.Type

/** Where a cart stands after all, when an unlock's outcome was not seen. */
export const CartFound = Schema.Literals(["parked", "ajar", "out"])
export type CartFound = typeof CartFound.Type

/** Which rentals: the open ones, those of them that are overdue, those a person must look at, the ended ones. */
export const RentalGroup = Schema.Literals(["open", "overdue", "attention", "ended"])
export type RentalGroup = typeof RentalGroup.Type

const span = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 31 * 24 * 3_600_000 }))

/** How long a cart is lent, in milliseconds; a rental keeps what held when it began. */
export const LendingPolicy = Schema.Struct({
  /** From the pickup until it is due. */
  lendMs: span,
  /** How long before that it is due soon. */
  soonMs: span,
  /** How long after that it is not yet overdue. */
  graceMs: span,
  /** How long after that the cart counts as lost. */
  lostMs: span,
})
export type LendingPolicy = typeof LendingPolicy.Type

const at = { at: Millis }
const command = { commandId: CommandId }
const reason = { reason: Text }

export const RentalEvent = Schema.Union([
  Schema.Struct({ type: Schema.Literal("rental.requested"), policy: LendingPolicy, ...at }),
  Schema.Struct({ type: Schema.Literal("rental.refused"), ...reason, ...at }),
  Schema.Struct({ type: Schema.Literal("rental.reserved"), cartId: CartId, bayId: BayId, ...command, ...at }),
  Schema.Struct({ type: Schema.Literal("rental.noCart"), ...reason, ...at }),
  Schema.Struct({ type: Schema.Literal("rental.cancelled"), ...reason, ...at }),
  Schema.Struct({ type: Schema.Literal("rental.unlockConfirmed"), ...command, ...at }),
  Schema.Struct({ type: Schema.Literal("rental.unlockFailed"), ...command, ...reason, ...at }),
  /** The device refused it for certain, or its time and the clocks' margin have passed. */
  Schema.Struct({ type: Schema.Literal("rental.unlockExpired"), ...command, ...at }),
  Schema.Struct({ type: Schema.Literal("rental.unlockUnknown"), ...command, ...at }),
  Schema.Struct({ type: Schema.Literal("rental.removed"), ...command, ...at }),
  Schema.Struct({ type: Schema.Literal("rental.relatched"), ...command, ...at }),
  /** A fresh reading, or a person who looked. */
  Schema.Struct({ type: Schema.Literal("rental.found"), where: CartFound, ...reason, ...at }),
  /** A settled edge of a bay, attributed to this rental; `at` is when it happened. */
  Schema.Struct({
    type: Schema.Literal("rental.returnSeen"),
    bayId: BayId,
    confidence: ReturnConfidence,
    ...at,
  }),
  Schema.Struct({ type: Schema.Literal("rental.returnHeld"), ...at }),
  Schema.Struct({ type: Schema.Literal("rental.returnLost"), ...at }),
  Schema.Struct({ type: Schema.Literal("rental.extended"), dueAt: Millis, ...at }),
  /** The shop closes: what is out is due before that. */
  Schema.Struct({ type: Schema.Literal("rental.storeClosing"), dueAt: Millis, ...at }),
  /** Its cart belongs in another bay from now on, and is expected there. */
  Schema.Struct({ type: Schema.Literal("rental.rehomed"), bayId: BayId, ...at }),
  /** The return that ended it was another's: its cart is out after all, and expected in that bay. */
  Schema.Struct({ type: Schema.Literal("rental.reopened"), bayId: BayId, ...reason, ...at }),
  Schema.Struct({ type: Schema.Literal("rental.forceCompleted"), ...reason, ...at }),
  Schema.Struct({ type: Schema.Literal("rental.undone"), ...at }),
  Schema.Struct({ type: Schema.Literal("rental.disputed"), ...reason, ...at }),
  Schema.Struct({ type: Schema.Literal("rental.upheld"), ...reason, ...at }),
  Schema.Struct({ type: Schema.Literal("rental.amended"), returnedAt: Millis, ...reason, ...at }),
  DeadlineDue,
])
export type RentalEvent = typeof RentalEvent.Type
