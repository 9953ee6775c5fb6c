/** Open rentals for staff, and what they decide about them. */
import { Clock, Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Api } from "#core/api/Api.ts"
import { CurrentPerson } from "#core/api/Authorization.ts"
import { NotFound } from "#core/api/Problems.ts"
import type { RentalEvent } from "#core/domain/Rental.ts"
import { RentalFollower } from "../rentals/RentalFollower.ts"
import { Branches } from "../store/Branches.ts"
import { Rentals } from "../store/Rentals.ts"
import { shown } from "./Me.http.ts"

export const RentalsHttp = HttpApiBuilder.group(
  Api,
  "rentals",
  Effect.fn(function* (handlers) {
    const rentals = yield* Rentals
    const branches = yield* Branches
    const follower = yield* RentalFollower

    const decide = Effect.fnUntraced(function* (id: string, make: (at: number) => RentalEvent) {
      const person = yield* CurrentPerson
      const event = make(yield* Clock.currentTimeMillis)
      const done = yield* Effect.catchTag(follower.decide(id, event, person.email), "SqlError", Effect.die)
      if (!done) return yield* new NotFound({ detail: "There is no such open rental." })
      return { done }
    })

    return handlers.handleAll({
      active: Effect.fnUntraced(function* ({ params }) {
        if (!(yield* Effect.orDie(branches.exists(params.id)))) {
          return yield* new NotFound({ detail: "There is no such branch." })
        }
        const open = yield* Effect.orDie(rentals.openOf(params.id))
        return { items: open.map((one) => ({ ...shown(one), phone_masked: one.phoneMasked })) }
      }),
      forceComplete: ({ params, payload: { reason } }) =>
        decide(params.id, (at) => ({ type: "rental.forceCompleted", reason, at })),
      found: ({ params, payload: { where, reason } }) =>
        decide(params.id, (at) => ({ type: "rental.found", where, reason, at })),
    })
  }),
)
