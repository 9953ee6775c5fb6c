/** A shopper's own rental, with the shopper's own token. */
import { Effect, Layer, Redacted } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Api } from "#core/api/Api.ts"
import { NotFound, Unauthorized } from "#core/api/Problems.ts"
import { CurrentShopper, ShopperAuthorization } from "#core/api/Shoppers.ts"
import { BranchId } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { ShopperTokens } from "../otp/ShopperTokens.ts"
import { Lending } from "../rentals/Lending.ts"
import { Rentals, type ShownRental } from "../store/Rentals.ts"
import { Shoppers } from "../store/Shoppers.ts"

export const ShopperAuthorizationHttp = Layer.effect(
  ShopperAuthorization,
  Effect.map(ShopperTokens, (tokens) =>
    ShopperAuthorization.of({
      bearer: Effect.fnUntraced(function* (handler, { credential }) {
        const id = yield* tokens.verify(Redacted.value(credential))
        if (id === undefined) return yield* new Unauthorized({})
        return yield* Effect.provideService(handler, CurrentShopper, { id })
      }),
    }),
  ),
)

const orNull = (at: Date | null) => (at === null ? null : toInstant(at.getTime()))

/** A rental as the API says it. */
export const shown = (one: ShownRental) => ({
  id: one.id,
  state: one.state,
  open: one.isOpen,
  branch_id: BranchId.make(one.branchId),
  cart_number: one.cartNumber,
  bay_label: one.bayLabel,
  picked_up_at: orNull(one.pickedUpAt),
  due_at: orNull(one.dueAt),
  ended_at: orNull(one.endedAt),
  created_at: toInstant(one.createdAt.getTime()),
})

export const MeHttp = HttpApiBuilder.group(
  Api,
  "me",
  Effect.fn(function* (handlers) {
    const shoppers = yield* Shoppers
    const rentals = yield* Rentals
    const lending = yield* Lending
    return handlers.handleAll({
      rental: Effect.fnUntraced(function* () {
        const { id } = yield* CurrentShopper
        const found = yield* Effect.orDie(rentals.ofShopper(id))
        return { rental: found === undefined ? null : shown(found) }
      }),
      rent: Effect.fnUntraced(function* ({ payload: { branch_id } }) {
        const { id } = yield* CurrentShopper
        const shopper = yield* Effect.orDie(shoppers.byId(id))
        if (shopper === undefined) return yield* new NotFound({ detail: "There is no such shopper." })
        yield* Effect.catchTag(lending.begin(shopper, branch_id), "SqlError", Effect.die)
        const begun = yield* Effect.orDie(rentals.ofShopper(id))
        return begun === undefined
          ? yield* Effect.die(new Error("a rental that began is not there"))
          : { rental: shown(begun) }
      }),
    })
  }),
)
