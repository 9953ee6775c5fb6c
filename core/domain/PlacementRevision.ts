/**
 * Counts the hand-overs of a cart from bay to bay; 0 is the bay it was first given. The word of an edge under an earlier
 * revision than the cart's own no longer counts.
 */
import { Schema } from "effect"

export const PlacementRevision = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }))
