/**
 * A shopper says that a cart comes back: here is a bay for it, and what comes into that bay is theirs. Or that it has just been
 * pushed in: then a return of the last minutes that waits to be told whose it is may be it.
 */
import { Clock, Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import { NotFound, RentalNotChanged, ReturnRefused } from "#core/api/Problems.ts"
import { Limits } from "#core/Limits.ts"
import { Branches } from "../store/Branches.ts"
import { FreeBays } from "../store/FreeBays.ts"
import { Rentals, type ShownRental } from "../store/Rentals.ts"
import { Returns } from "../store/Returns.ts"
import { Transaction } from "../store/Transaction.ts"
import { ReturnDesk } from "./ReturnDesk.ts"

export interface Announcement {
  /** Where the shopper stands; left out: where the cart was taken. */
  readonly branchId?: string | undefined
  /** The label of the bay before which the shopper stands. */
  readonly bayLabel?: string | undefined
  /** It stands in a bay already. */
  readonly isDone: boolean
}

/** The bay to use, by its label; null if the return was told apart at once. */
export interface Announced {
  readonly bayLabel: string | null
}

type Failure = NotFound | RentalNotChanged | ReturnRefused | SqlError.SqlError

export class ReturnAnnounced extends Context.Service<
  ReturnAnnounced,
  {
    readonly say: (
      shopper: { readonly id: string; readonly chainId: string },
      announcement: Announcement,
    ) => Effect.Effect<Announced, Failure>
  }
>()("cartwise/cloud/rentals/ReturnAnnounced") {
  static readonly layer = Layer.effect(
    ReturnAnnounced,
    Effect.gen(function* () {
      const rentals = yield* Rentals
      const returns = yield* Returns
      const branches = yield* Branches
      const bays = yield* FreeBays
      const desk = yield* ReturnDesk
      const transaction = yield* Transaction

      /** The return that has just come is theirs, if there is one only that it can be. */
      const claim = Effect.fnUntraced(function* (rental: ShownRental, branchId: string, bayId: string | null) {
        const at = yield* Clock.currentTimeMillis
        const [id, another] = yield* returns.openSince(branchId, bayId, at - Limits.returnIntentMs)
        const one = id === undefined || another !== undefined ? undefined : yield* returns.hold(id)
        if (one?.state !== "open") return yield* new ReturnRefused({ reason: "nothing_to_claim" })
        const scene = yield* returns.scene(one, rental.id)
        if (scene === undefined) return yield* new ReturnRefused({ reason: "nothing_to_claim" })
        return yield* desk.give(one, scene, { rentalId: rental.id, rule: "scanned", by: "shopper" })
      }, transaction.run)

      const say = Effect.fn("ReturnAnnounced.say")(function* (
        shopper: { readonly id: string; readonly chainId: string },
        { bayLabel, branchId, isDone }: Announcement,
      ) {
        const rental = yield* rentals.ofShopper(shopper.id)
        if (rental === undefined) return yield* new NotFound({ detail: "There is no rental." })
        if (!/^(?:active|overdue)\./u.test(rental.state)) return yield* new RentalNotChanged({ state: rental.state })
        const where = branchId ?? rental.branchId
        const chainId = yield* branches.chainOf(where)
        if (chainId !== shopper.chainId) return yield* new NotFound({ detail: "There is no such branch." })
        const at = yield* Clock.currentTimeMillis
        const scanned = bayLabel === undefined ? undefined : yield* bays.labelled(where, bayLabel)
        if (bayLabel !== undefined && scanned === undefined) {
          return yield* new NotFound({ detail: "There is no such bay." })
        }
        if (isDone) {
          yield* desk.tell(yield* claim(rental, where, scanned?.id ?? null))
          return { bayLabel: null }
        }
        const bay = scanned ?? (yield* bays.forReturn(rental.id, where, at))
        if (bay === undefined) return yield* new ReturnRefused({ reason: "no_bay" })
        const how = scanned === undefined ? "declared" : "scanned"
        yield* returns.intend({ rentalId: rental.id, chainId, branchId: where, bayId: bay.id, how, at })
        return { bayLabel: bay.label }
      })
      return ReturnAnnounced.of({ say })
    }),
  )
}
