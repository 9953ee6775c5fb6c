/**
 * Says whose a return is that ended no rental by itself (domain.md §6.3): a moment after it was noted, when the cart has
 * stayed, and again when a shopper or a person says so. The rental that ended, the cart's place and the note of it are one
 * transaction. What is not known waits for a person; a restart forgets nothing, because what is to be judged is a row.
 */
import { Clock, Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import { RentalNotChanged } from "#core/api/Problems.ts"
import { BayId, type TwinRef } from "#core/domain/Ids.ts"
import type { RentalEvent } from "#core/domain/Rental.ts"
import type { ReturnRule } from "#core/domain/ReturnCase.ts"
import { Limits } from "#core/Limits.ts"
import { attributeReturn, confidenceOf } from "#twins/rental/attributeReturn.ts"
import { returnHolds } from "#twins/rental/returnHolds.ts"
import { regionWord } from "#twins/Words.ts"
import { ConfigOffers } from "../config/ConfigOffers.ts"
import { type Exchanged, Placements } from "../config/Placements.ts"
import { Commits } from "../live/Commits.ts"
import { CartPlaces } from "../store/CartPlaces.ts"
import { type HeldReturn, type OutRental, Returns, type ReturnScene } from "../store/Returns.ts"
import { Transaction } from "../store/Transaction.ts"
import { Twins } from "../store/Twins.ts"
import { RentalFollower } from "./RentalFollower.ts"

/** By whom and by what rule a return is somebody's. */
export interface Attributed {
  readonly rentalId: string
  readonly rule: ReturnRule
  readonly by: string
  readonly reason?: string
}

/** What is to be told when the transaction is kept. */
export interface Told {
  readonly twins: ReadonlyArray<TwinRef>
  readonly offers: Exchanged["offers"]
}

type Failure = RentalNotChanged | SqlError.SqlError

export class ReturnDesk extends Context.Service<
  ReturnDesk,
  {
    /** Judges what is due now, and gives how many it looked at. */
    readonly judge: Effect.Effect<number, SqlError.SqlError>
    /** When the next is due, in milliseconds UTC; infinite if none is. */
    readonly nextAt: Effect.Effect<number, SqlError.SqlError>
    /**
     * In the caller's transaction: the return is of this rental. Ends it, and puts its cart's place right. Fails if the rental
     * is not out.
     */
    readonly give: (one: HeldReturn, scene: ReturnScene, whose: Attributed) => Effect.Effect<Told, Failure>
    /** After the transaction was kept. */
    readonly tell: (told: Told) => Effect.Effect<void>
  }
>()("cartwise/cloud/rentals/ReturnDesk") {
  static readonly layer = Layer.effect(
    ReturnDesk,
    Effect.gen(function* () {
      const returns = yield* Returns
      const places = yield* CartPlaces
      const placements = yield* Placements
      const offers = yield* ConfigOffers
      const twins = yield* Twins
      const follower = yield* RentalFollower
      const commits = yield* Commits
      const transaction = yield* Transaction

      /** A cart that stands in a bay of another branch is missing in its own until somebody has brought it back. */
      const goesMissing = Effect.fnUntraced(function* (cartId: string, at: number, by: string) {
        const ref = { kind: "cart", id: cartId } as const
        const batch = yield* twins.hold([ref])
        batch.apply(ref, { type: "cart.wentMissing", at }, { actor: by })
        yield* twins.save(batch)
      })

      /** Where the cart belongs from now on, if it is in another bay than its own. */
      const putRight = Effect.fnUntraced(function* (
        one: HeldReturn,
        scene: ReturnScene,
        rental: OutRental,
        by: string,
      ) {
        const { bayId: homeBayId, cartId } = rental
        const isExchanged =
          cartId !== null && homeBayId !== one.bayId && (scene.identity === "pool" || scene.ownCartId !== null)
        if (!isExchanged) return undefined
        const cause = { by, reason: "it came back into this bay", at: yield* Clock.currentTimeMillis }
        return yield* placements.exchange({ cartId, bayId: one.bayId }, cause)
      })

      const give = Effect.fnUntraced(function* (one: HeldReturn, scene: ReturnScene, whose: Attributed) {
        const { by, rentalId, rule } = whose
        const at = yield* Clock.currentTimeMillis
        const rental = scene.out.find(({ id }) => id === rentalId)
        if (rental === undefined) return yield* new RentalNotChanged({ state: "ended" })
        const bayId = BayId.make(one.bayId)
        const returnedAt = Math.max(one.at, rental.pickedUpAt)
        const events: ReadonlyArray<RentalEvent> = [
          { type: "rental.returnSeen", bayId, confidence: confidenceOf(rule), at: returnedAt },
          { type: "rental.returnHeld", at: Math.max(at, returnedAt) },
        ]
        const moved = yield* follower.apply(rentalId, events, by)
        const { cartId } = rental
        const isForeign = rental.branchId !== one.branchId
        if (isForeign && cartId !== null) yield* goesMissing(cartId, at, by)
        const exchanged = isForeign ? undefined : yield* putRight(one, scene, rental, by)
        const state = isForeign ? "transfer" : rule === "staff" ? "resolved" : "attributed"
        yield* returns.end(one.id, { state, rentalId, cartId, rule, reason: whose.reason ?? null, by, at })
        const bay = { kind: "bay", id: one.bayId } as const
        return { twins: [...(moved ?? []), ...(exchanged?.twins ?? []), bay], offers: exchanged?.offers ?? [] }
      })

      /** What can be said of a return now; undefined while it is too early. */
      const decide = Effect.fnUntraced(function* (one: HeldReturn, scene: ReturnScene, at: number) {
        const { id } = one
        const bay = { kind: "bay", id: one.bayId } as const
        const end = (state: "gone" | "stray" | "open", dueAt?: number) =>
          Effect.as(returns.end(id, { state, by: "rentals", at, ...(dueAt === undefined ? {} : { dueAt }) }), {
            twins: [bay],
            offers: [],
          })
        if (!returnHolds(one.at, scene.since)) return yield* end("gone")
        // What a doubted sensor says decides nothing: a person may, meanwhile.
        if (regionWord(scene.value, "sensor") !== "trusted") return yield* end("open", at + Limits.returnAgainMs)
        const carts = scene.out.flatMap(({ bayId, cartId }) => [bayId, cartId].flatMap((known) => known ?? []))
        const isAwaited =
          scene.identity === "pool" &&
          (yield* places.isAwaited(scene.ownCartId ?? one.bayId, [one.bayId, ...carts], at))
        // Whoever is being served there first: the place of a cart is not moved under a command.
        if (isAwaited) return yield* end("open", at + Limits.returnSettleMs)
        const attribution = attributeReturn({
          bayId: one.bayId,
          at: one.at,
          identity: scene.identity,
          isOwnOut: scene.isOwnOut,
          straysOut: scene.straysOut + (scene.isOwnOut ? 1 : 0),
          candidates: scene.out.map((rental) => ({ ...rental, rentalId: rental.id, homeBayId: rental.bayId })),
        })
        if (attribution.is === "several") return yield* end("open")
        if (attribution.is === "stray") return yield* end("stray")
        const { rentalId, rule } = attribution
        return yield* give(one, scene, { rentalId, rule, by: "rentals" })
      })

      const judgeOne = Effect.fnUntraced(function* (id: string) {
        const one = yield* returns.hold(id)
        if (one?.state !== "seen" && one?.state !== "open") return undefined
        const scene = yield* returns.scene(one)
        return scene === undefined ? undefined : yield* decide(one, scene, yield* Clock.currentTimeMillis)
      }, transaction.run)

      const tell = Effect.fnUntraced(function* (told: Told) {
        yield* offers.offerAll(told.offers)
        yield* commits.publish({ twins: told.twins })
      })

      const judge = Effect.gen(function* () {
        const due = yield* returns.due(yield* Clock.currentTimeMillis)
        for (const id of due) {
          const told = yield* Effect.catchTag(judgeOne(id), "RentalNotChanged", () => later(id))
          if (told !== undefined) yield* tell(told)
        }
        return due.length
      })
      /** The rental has moved on meanwhile: it is looked at anew. */
      const later = Effect.fnUntraced(function* (id: string) {
        const at = yield* Clock.currentTimeMillis
        yield* returns.end(id, { state: "open", at, dueAt: at + Limits.returnSettleMs })
        return undefined
      })
      return ReturnDesk.of({ judge, nextAt: Effect.map(returns.nextDue, (at) => at ?? Infinity), give, tell })
    }),
  )
}
