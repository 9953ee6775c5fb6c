/**
 * A cart. Its dock region (is it latched in its bay?) belongs to the edge that its placement names; its custody
 * region (may it be lent, who has it?) belongs to the cloud.
 */
import { Schema } from "effect"
import { PlacementRevision } from "./PlacementRevision.ts"
import { DeadlineDue } from "./Deadline.ts"
import { BayId } from "./Ids.ts"
import { Millis } from "./Instant.ts"
import { Text } from "./Text.ts"

/** The seed's word for a cart's state. */
export const CartStatus = Schema.Literals(["available", "in_use", "maintenance"])
export type CartStatus = typeof CartStatus.Type

/** Whether each cart of a branch has a bay of its own, or any cart comes back into any bay. */
export const CartIdentity = Schema.Literals(["bay_bound", "pool"])
export type CartIdentity = typeof CartIdentity.Type

const at = { at: Millis }
const rental = { rentalId: Text }

export const CartEvent = Schema.Union([
  Schema.Struct({ type: Schema.Literal("dock.secured"), ...at }),
  Schema.Struct({ type: Schema.Literal("dock.releasing"), ...at }),
  Schema.Struct({ type: Schema.Literal("dock.released"), ...at }),
  Schema.Struct({ type: Schema.Literal("dock.left"), ...at }),
  Schema.Struct({ type: Schema.Literal("dock.lost"), ...at }),
  /** Configuration puts the cart into a bay and so hands its dock region to that bay's edge. */
  Schema.Struct({
    type: Schema.Literal("cart.placed"),
    bayId: BayId,
    /** Revision of the placement; left out: 0. */
    placement: Schema.optionalKey(PlacementRevision),
    /** Why somebody moved it. */
    reason: Schema.optionalKey(Text),
    ...at,
  }),
  Schema.Struct({ type: Schema.Literal("cart.reserved"), ...rental, ...at }),
  Schema.Struct({ type: Schema.Literal("cart.reservationCancelled"), ...at }),
  Schema.Struct({ type: Schema.Literal("cart.rented"), ...rental, ...at }),
  Schema.Struct({ type: Schema.Literal("cart.becameOverdue"), ...at }),
  Schema.Struct({ type: Schema.Literal("cart.returned"), ...at }),
  Schema.Struct({ type: Schema.Literal("cart.maintenanceStarted"), reason: Text, ...at }),
  Schema.Struct({ type: Schema.Literal("cart.maintenanceEnded"), ...at }),
  Schema.Struct({ type: Schema.Literal("cart.wentMissing"), ...at }),
  Schema.Struct({ type: Schema.Literal("cart.found"), ...at }),
  Schema.Struct({ type: Schema.Literal("cart.retired"), ...at }),
  DeadlineDue,
])
export type CartEvent = typeof CartEvent.Type
