/** A board or bay as it is answered, or which of its fields another one has: the constraint of the tables says which. */
import type { Effect } from "effect"
import { answeredUnlessTaken } from "./Changes.ts"

const fields = {
  controllers_address: "controller_address",
  bays_lock: "lock_index",
  bays_label: "label",
}

/** `otherwise` is the field of a constraint that is none of these. */
export const answeredUnlessInstalled = <A extends { readonly version: number }, E, R>(
  change: Effect.Effect<A, E, R>,
  otherwise: string,
) => answeredUnlessTaken(change, otherwise, fields)
