/**
 * The shopper says that the cart does not come out, although its lock has said that it is open. Nobody argues: that rental
 * ends, its cart is set free for whoever can pull it, and another is chosen. How often is bounded: then a person must look.
 */
import { Clock, Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import { NotFound, RentalNotChanged, type RentalRefused, TooManyRequests } from "#core/api/Problems.ts"
import { BranchId } from "#core/domain/Ids.ts"
import { Limits } from "#core/Limits.ts"
import { Rentals } from "../store/Rentals.ts"
import type { Shopper } from "../store/Shoppers.ts"
import { ShopperViews } from "../store/ShopperViews.ts"
import { Lending } from "./Lending.ts"
import { RentalFollower } from "./RentalFollower.ts"

export class AnotherCart extends Context.Service<
  AnotherCart,
  {
    /** Ends the shopper's rental whose cart waits to be pulled, begins another and gives its id. */
    readonly ask: (
      shopper: Shopper,
    ) => Effect.Effect<string, NotFound | RentalNotChanged | RentalRefused | TooManyRequests | SqlError.SqlError>
  }
>()("cartwise/cloud/rentals/AnotherCart") {
  static readonly layer = Layer.effect(
    AnotherCart,
    Effect.gen(function* () {
      const rentals = yield* Rentals
      const views = yield* ShopperViews
      const follower = yield* RentalFollower
      const lending = yield* Lending

      const ask = Effect.fn("AnotherCart.ask")(function* (shopper: Shopper) {
        const rental = yield* rentals.ofShopper(shopper.id)
        if (rental === undefined) return yield* new NotFound({ detail: "There is no rental." })
        const { id, state, branchId } = rental
        // In any other state the unlock may still be under way, or the cart is out: then its bay decides, not a word.
        if (!rental.isOpen || !state.startsWith("pickup.")) return yield* new RentalNotChanged({ state })
        const at = yield* Clock.currentTimeMillis
        const failed = yield* views.failedSince(shopper.id, at - Limits.rentalOtherCartsMs)
        if (failed >= Limits.rentalOtherCarts) {
          return yield* new TooManyRequests({ retry_after_s: Limits.rentalOtherCartsMs / 1_000 })
        }
        const reason = "the shopper says that it does not come out"
        yield* follower.decide(id, { type: "rental.found", where: "parked", reason, at }, "shopper")
        return yield* lending.begin(shopper, BranchId.make(branchId))
      })
      return AnotherCart.of({ ask })
    }),
  )
}
