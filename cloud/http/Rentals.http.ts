/** Open rentals for staff, and what they decide about them. */
import { Clock, Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Api } from "#core/api/Api.ts"
import { CurrentPerson } from "#core/api/Authorization.ts"
import { NotFound } from "#core/api/Problems.ts"
import { Limits } from "#core/Limits.ts"
import type { RentalEvent } from "#core/domain/Rental.ts"
import { demand } from "../access/demand.ts"
import { Audit } from "../audit/Audit.ts"
import { RentalFollower } from "../rentals/RentalFollower.ts"
import { Branches } from "../store/Branches.ts"
import { Places } from "../store/Places.ts"
import { Rentals } from "../store/Rentals.ts"
import { shown } from "./Me.http.ts"

export const RentalsHttp = HttpApiBuilder.group(
  Api,
  "rentals",
  Effect.fn(function* (handlers) {
    const rentals = yield* Rentals
    const branches = yield* Branches
    const follower = yield* RentalFollower
    const places = yield* Places
    const audit = yield* Audit

    /** Takes a decision of somebody who may decide there: an attendant about a rental of the last day. */
    const decide = Effect.fnUntraced(function* (id: string, reason: string, make: (at: number) => RentalEvent) {
      const person = yield* CurrentPerson
      const now = yield* Clock.currentTimeMillis
      const place = yield* Effect.orDie(places.ofRental(id))
      if (place === undefined) return yield* new NotFound({ detail: "There is no such rental." })
      const isRecent = now - place.beganAt < Limits.rentalSettleRecentMs
      yield* demand(person, isRecent ? ["rental.settle", "rental.settle_recent"] : ["rental.settle"], place)
      const event = make(now)
      const action = event.type === "rental.found" ? "rental.found" : "rental.force_completed"
      const deed = audit.write({ by: person, action, place, target: { kind: "rental", id }, reason })
      const done = yield* Effect.catchTag(follower.decide(id, event, person.email, deed), "SqlError", Effect.die)
      if (!done) return yield* new NotFound({ detail: "There is no such open rental." })
      return { done }
    })

    return handlers.handleAll({
      active: Effect.fnUntraced(function* ({ params }) {
        const chainId = yield* Effect.orDie(branches.chainOf(params.id))
        if (chainId === undefined) return yield* new NotFound({ detail: "There is no such branch." })
        yield* demand(yield* CurrentPerson, ["rental.view", "rental.view_today"], { chainId, branchId: params.id })
        const open = yield* Effect.orDie(rentals.openOf(params.id))
        return { items: open.map((one) => ({ ...shown(one), phone_masked: one.phoneMasked })) }
      }),
      forceComplete: ({ params, payload: { reason } }) =>
        decide(params.id, reason, (at) => ({ type: "rental.forceCompleted", reason, at })),
      found: ({ params, payload: { where, reason } }) =>
        decide(params.id, reason, (at) => ({ type: "rental.found", where, reason, at })),
    })
  }),
)
