/** Lets somebody go on who may do something at a place. */
import { Effect } from "effect"
import type { Capability } from "#core/access/Capability.ts"
import type { Holder } from "#core/access/HeldGrant.ts"
import { type AccessPlace, may } from "#core/access/may.ts"
import { Forbidden, NotFound } from "#core/api/Problems.ts"

/**
 * Any of the capabilities at the place is enough. Whoever may not even see what is there hears that there is nothing: an
 * answer must not tell one chain what another one has.
 */
export const demand = (
  person: Holder,
  anyOf: ReadonlyArray<Capability>,
  place: AccessPlace,
): Effect.Effect<void, Forbidden | NotFound> => {
  if (anyOf.some((capability) => may(person, capability, place))) return Effect.void
  return Effect.fail(may(person, "registry.view", place) ? new Forbidden({}) : new NotFound({}))
}
