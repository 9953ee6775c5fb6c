/**
 * What people say about returns: staff, whose one is of which nobody can know, or that it was another's; and shoppers, that
 * they bring a cart back. Each is one transaction with what is kept beside it.
 */
import { Clock, Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import { NotFound, RentalNotChanged, ReturnRefused } from "#core/api/Problems.ts"
import { BayId } from "#core/domain/Ids.ts"
import { regionWord } from "#twins/Words.ts"
import { CartPlaces } from "../store/CartPlaces.ts"
import { Rentals } from "../store/Rentals.ts"
import { type HeldReturn, Returns } from "../store/Returns.ts"
import { Transaction } from "../store/Transaction.ts"
import { Twins } from "../store/Twins.ts"
import { RentalFollower } from "./RentalFollower.ts"
import { ReturnDesk, type Told } from "./ReturnDesk.ts"

/** Who says so and why, and what is to be kept in the same transaction. */
export interface Saying {
  readonly by: string
  readonly reason: string
  readonly alongside: Effect.Effect<void, SqlError.SqlError>
}

type Kept<E> = Effect.Effect<void, E | SqlError.SqlError>

export class ReturnDecisions extends Context.Service<
  ReturnDecisions,
  {
    /** The return is of this rental; null: nobody's, or the cart of another branch has been brought back there. */
    readonly resolve: (id: string, rentalId: string | null, saying: Saying) => Kept<NotFound | RentalNotChanged>
    /** The return that ended a rental was another's; null: nobody knows yet whose. The rental goes on. */
    readonly reattribute: (
      rentalId: string,
      toRentalId: string | null,
      saying: Saying,
    ) => Kept<NotFound | RentalNotChanged | ReturnRefused>
    /** A cart stands latched in a bay; null: in its own. Ends its rental, or notes that it is of another branch. */
    readonly returned: (
      cartId: string,
      bayId: string | null,
      saying: Saying,
    ) => Kept<NotFound | RentalNotChanged | ReturnRefused>
  }
>()("cartwise/cloud/rentals/ReturnDecisions") {
  static readonly layer = Layer.effect(
    ReturnDecisions,
    Effect.gen(function* () {
      const returns = yield* Returns
      const rentals = yield* Rentals
      const places = yield* CartPlaces
      const twins = yield* Twins
      const follower = yield* RentalFollower
      const desk = yield* ReturnDesk
      const transaction = yield* Transaction

      const noReturn = new NotFound({ detail: "There is no such return." })
      const giveTo = Effect.fnUntraced(function* (one: HeldReturn, rentalId: string, { by, reason }: Saying) {
        const scene = yield* returns.scene(one, rentalId)
        if (scene === undefined) return yield* noReturn
        return yield* desk.give(one, scene, { rentalId, rule: "staff", by, reason })
      })
      /** A return at a bay as it stands: the one that waits there, or one that is noted now. */
      const returnAt = Effect.fnUntraced(function* (bayId: string, at: number, { by, reason }: Saying) {
        const bay = yield* rentals.standing(bayId)
        const place = (yield* places.bays([bayId]))[0]
        if (bay === undefined || place === undefined) return yield* new NotFound({ detail: "There is no such bay." })
        const [waiting] = yield* returns.openSince(place.branchId, bayId, 0)
        const noted = { bayId, revision: bay.revision, at, isDoubted: false, reason, by }
        const id = waiting ?? (yield* returns.open(noted))
        const one = id === undefined ? undefined : yield* returns.hold(id)
        return one === undefined ? yield* new ReturnRefused({ reason: "judged_already" }) : { one, bay }
      })
      const kept = <E>(work: Effect.Effect<Told, E>, { alongside }: Saying) =>
        Effect.flatMap(transaction.run(Effect.tap(work, alongside)), desk.tell)

      const resolved = Effect.fnUntraced(function* (id: string, rentalId: string | null, saying: Saying) {
        const one = yield* returns.hold(id)
        if (one === undefined) return yield* noReturn
        const isFor = one.state === "open" || (one.state === "transfer" && rentalId === null)
        if (!isFor) return yield* new RentalNotChanged({ state: one.state })
        if (rentalId !== null) return yield* giveTo(one, rentalId, saying)
        const { by, reason } = saying
        yield* returns.end(id, { state: "resolved", by, reason, at: yield* Clock.currentTimeMillis })
        return { twins: [{ kind: "bay", id: one.bayId } as const], offers: [] }
      })

      /** Where a return that has ended a rental came in, and when. */
      const endOf = Effect.fnUntraced(function* (rentalId: string) {
        const ref = { kind: "rental", id: rentalId } as const
        const stored = (yield* twins.hold([ref])).get(ref)?.stored
        const bayId = stored?.context["returnBay"]
        const at = stored?.context["endedAt"]
        const state = regionWord(stored?.value ?? null, "life")
        const isReturned = state === "returned" || state === "returnedLate" || state === "disputed"
        return isReturned && typeof bayId === "string" && typeof at === "number" ? { bayId, at } : undefined
      })

      const reattributed = Effect.fnUntraced(function* (rentalId: string, to: string | null, saying: Saying) {
        const rental = yield* rentals.holdAny(rentalId)
        if (rental === undefined) return yield* new NotFound({ detail: "There is no such rental." })
        const end = yield* endOf(rentalId)
        if (end === undefined) return yield* new RentalNotChanged({ state: rental.state })
        const known = yield* returns.thatEnded(rentalId)
        const held = known === undefined ? undefined : yield* returns.hold(known)
        const one = held ?? (yield* returnAt(end.bayId, end.at, saying)).one
        const { by, reason } = saying
        const at = yield* Clock.currentTimeMillis
        // The other's first: its cart takes the place that this one's is said to have left.
        const told = to === null ? undefined : yield* giveTo(one, to, saying)
        if (to === null) yield* returns.end(one.id, { state: "open", rentalId: null, cartId: null, by, reason, at })
        const [cart] = rental.cartId === null ? [] : yield* places.hold([rental.cartId])
        const bayId = BayId.make(cart?.bayId ?? end.bayId)
        const moved = yield* follower.apply(rentalId, [{ type: "rental.reopened", bayId, reason, at }], by)
        return { twins: [...(told?.twins ?? []), ...(moved ?? [])], offers: told?.offers ?? [] }
      })

      /** A cart of another branch that nobody has: it stands here, and is missing there. */
      const stranger = Effect.fnUntraced(function* (cartId: string, one: HeldReturn, { by, reason }: Saying) {
        const ref = { kind: "cart", id: cartId } as const
        const at = yield* Clock.currentTimeMillis
        const batch = yield* twins.hold([ref])
        batch.apply(ref, { type: "cart.wentMissing", at }, { actor: by })
        yield* twins.save(batch)
        yield* returns.end(one.id, { state: "transfer", cartId, by, reason, at })
        return { twins: [ref, { kind: "bay", id: one.bayId } as const], offers: [] }
      })

      const cameBack = Effect.fnUntraced(function* (cartId: string, into: string | null, saying: Saying) {
        const rentalId = yield* rentals.withCart(cartId)
        const held = rentalId === undefined ? undefined : yield* rentals.holdAny(rentalId)
        const [cart] = yield* places.hold([cartId])
        if (cart === undefined) return yield* new NotFound({ detail: "There is no such cart." })
        const bayId = into ?? cart.bayId
        if (bayId === null) return yield* new ReturnRefused({ reason: "no_bay" })
        const [there] = yield* places.bays([bayId])
        if (held === undefined && there?.branchId === cart.branchId) {
          return yield* new ReturnRefused({ reason: "nobody_has_it" })
        }
        const { bay, one } = yield* returnAt(bayId, yield* Clock.currentTimeMillis, saying)
        if (regionWord(bay.value, "latch") !== "secured") return yield* new ReturnRefused({ reason: "not_latched" })
        return yield* held === undefined ? stranger(cartId, one, saying) : giveTo(one, held.id, saying)
      })

      return ReturnDecisions.of({
        resolve: (id, rentalId, saying) => kept(resolved(id, rentalId, saying), saying),
        reattribute: (rentalId, to, saying) => kept(reattributed(rentalId, to, saying), saying),
        returned: (cartId, bayId, saying) => kept(cameBack(cartId, bayId, saying), saying),
      })
    }),
  )
}
