/** A shopper's own rental, with the shopper's own token. */
import { Cache, Clock, Effect, Layer, Redacted } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Api } from "#core/api/Api.ts"
import { Unauthorized } from "#core/api/Problems.ts"
import { CurrentShopper, ShopperAuthorization } from "#core/api/Shoppers.ts"
import { BranchId } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import { regionWord } from "#twins/Words.ts"
import { ShopperTokens } from "../otp/ShopperTokens.ts"
import { AnotherCart } from "../rentals/AnotherCart.ts"
import { isThere } from "../rentals/Assignment.ts"
import { Lending } from "../rentals/Lending.ts"
import { MyRentals } from "../rentals/MyRentals.ts"
import { ReturnAnnounced } from "../rentals/ReturnAnnounced.ts"
import type { ShownRental } from "../store/Rentals.ts"
import { Shoppers } from "../store/Shoppers.ts"
import type { RentalBay } from "../store/ShopperViews.ts"
import { acrossTenants, withinChain } from "../store/Tenants.ts"
import { Connections } from "../sync/Connections.ts"
import { RequestRates } from "./RequestRates.ts"
import { TenantTurns } from "./TenantTurns.ts"

export const ShopperAuthorizationHttp = Layer.effect(
  ShopperAuthorization,
  Effect.gen(function* () {
    const tokens = yield* ShopperTokens
    const shoppers = yield* Shoppers
    const rates = yield* RequestRates
    const turns = yield* TenantTurns
    const known = yield* Cache.make({
      lookup: (id: string) => acrossTenants(Effect.orDie(shoppers.byId(id))),
      capacity: 1_000,
      timeToLive: Limits.personCacheMs,
    })
    return ShopperAuthorization.of({
      bearer: Effect.fnUntraced(function* (handler, { credential }) {
        const id = yield* tokens.verify(Redacted.value(credential))
        const shopper = id === undefined ? undefined : yield* Cache.get(known, id)
        if (id === undefined || shopper === undefined) return yield* new Unauthorized({})
        yield* rates.admit("shopper", id)
        const work = withinChain(shopper.chainId)(Effect.provideService(handler, CurrentShopper, shopper))
        return yield* turns.inTurn(shopper.chainId, work)
      }),
    })
  }),
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

/** A bay as the shopper who looks for it sees it. */
const shownBay = (bay: RentalBay, isThere: boolean, nowMs: number) => ({
  label: bay.label,
  row: bay.row,
  where: bay.deviceName,
  latch: regionWord(bay.value, "latch"),
  read_at: orNull(bay.freshAt),
  stale: !isThere || bay.freshAt === null || nowMs - bay.freshAt.getTime() > Limits.rentalFreshMs,
})

export const MeHttp = HttpApiBuilder.group(
  Api,
  "me",
  Effect.fn(function* (handlers) {
    const myRentals = yield* MyRentals
    const lending = yield* Lending
    const anotherCart = yield* AnotherCart
    const announced = yield* ReturnAnnounced
    const connections = yield* Connections

    /** The rental of a shopper as it is now; undefined if there never was one. */
    const mine = Effect.fnUntraced(function* (shopperId: string) {
      const now = yield* Clock.currentTimeMillis
      const found = yield* myRentals.of(shopperId)
      if (found === undefined) return undefined
      const { rental, bay } = found
      const isRead = bay !== undefined && isThere(connections.find(bay.deviceId), now)
      return { ...shown(rental), bay: bay === undefined ? null : shownBay(bay, isRead, now) }
    }, Effect.orDie)
    const begun = (shopperId: string) =>
      Effect.flatMap(mine(shopperId), (rental) =>
        rental === undefined ? Effect.die(new Error("a rental that began is not there")) : Effect.succeed({ rental }),
      )
    return handlers.handleAll({
      rental: Effect.fnUntraced(function* () {
        const { id } = yield* CurrentShopper
        const rental = yield* mine(id)
        return { rental: rental ?? null, now: toInstant(yield* Clock.currentTimeMillis) }
      }),
      rent: Effect.fnUntraced(function* ({ payload: { branch_id } }) {
        const shopper = yield* CurrentShopper
        yield* Effect.catchTag(lending.begin(shopper, branch_id), "SqlError", Effect.die)
        return yield* begun(shopper.id)
      }),
      returnIntent: Effect.fnUntraced(function* ({
        payload: { bay_label: bayLabel, branch_id: branchId, done = false },
      }) {
        const shopper = yield* CurrentShopper
        const said = announced.say(shopper, { bayLabel, branchId, isDone: done })
        const answer = yield* Effect.catchTag(said, "SqlError", Effect.die)
        return { ...(yield* begun(shopper.id)), bay_label: answer.bayLabel }
      }),
      another: Effect.fnUntraced(function* () {
        const shopper = yield* CurrentShopper
        yield* Effect.catchTag(anotherCart.ask(shopper), "SqlError", Effect.die)
        return yield* begun(shopper.id)
      }),
    })
  }),
)
