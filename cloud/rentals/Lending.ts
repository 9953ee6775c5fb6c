/**
 * A shopper asks for a cart. The rental, its cart's reservation and the unlock are one transaction: what is answered is in
 * the store, and what cannot begin leaves nothing behind. That a shopper has one open rental is the store's constraint.
 */
import { Clock, Context, Effect, Layer, Predicate } from "effect"
import type { SqlError } from "effect/sql"
import { NotFound, RentalRefused } from "#core/api/Problems.ts"
import type { BranchId } from "#core/domain/Ids.ts"
import { Limits } from "#core/Limits.ts"
import { initialOf } from "#twins/Twin.ts"
import { Commits } from "../live/Commits.ts"
import { NewId } from "../NewId.ts"
import { Branches } from "../store/Branches.ts"
import { rentalRow } from "./RentalRow.ts"
import { Rentals } from "../store/Rentals.ts"
import type { Shopper } from "../store/Shoppers.ts"
import { Transaction } from "../store/Transaction.ts"
import { Twins } from "../store/Twins.ts"
import { Assignment } from "./Assignment.ts"

/** What holds for every chain until one says otherwise. */
const policy = {
  lendMs: Limits.rentalMs,
  soonMs: Limits.rentalDueSoonMs,
  graceMs: Limits.rentalGraceMs,
  lostMs: Limits.rentalLostMs,
}

export class Lending extends Context.Service<
  Lending,
  {
    /** Begins a rental and gives its id. */
    readonly begin: (
      shopper: Shopper,
      branchId: BranchId,
    ) => Effect.Effect<string, RentalRefused | NotFound | SqlError.SqlError>
  }
>()("cartwise/cloud/rentals/Lending") {
  static readonly layer = Layer.effect(
    Lending,
    Effect.gen(function* () {
      const transaction = yield* Transaction
      const twins = yield* Twins
      const rentals = yield* Rentals
      const branches = yield* Branches
      const assignment = yield* Assignment
      const commits = yield* Commits
      const newId = yield* NewId

      const make = Effect.fnUntraced(function* (id: string, shopper: Shopper, branchId: BranchId, at: number) {
        const { chainId } = shopper
        const ref = { kind: "rental", id } as const
        yield* rentals.insert({ id, chainId, branchId, shopperId: shopper.id, at })
        const assigned = yield* assignment.assign({ rentalId: id, branchId, excluded: null, at })
        if (assigned === undefined) return yield* new RentalRefused({ reason: "no_cart" })
        const stored = initialOf("rental", at)
        const held = { ref, deviceId: null, placement: 0, stored, changedAt: at, freshAt: null, edgeSeq: 0 }
        yield* twins.insert([{ held, chainId, branchId, controllerId: null, label: id.slice(0, 8) }])
        const batch = yield* twins.hold([ref])
        batch.apply(ref, { type: "rental.requested", policy, at }, { actor: "shopper" })
        batch.apply(ref, assigned.event, { actor: "rentals", commandId: assigned.event.commandId })
        yield* twins.save(batch)
        const after = batch.get(ref)?.stored ?? stored
        yield* rentals.write(rentalRow(id, after, { seenStage: null, seenRevision: assigned.seenRevision, at }))
        return assigned
      }, transaction.run)

      const begin = Effect.fn("Lending.begin")(function* (shopper: Shopper, branchId: BranchId) {
        if ((yield* branches.chainOf(branchId)) !== shopper.chainId) {
          return yield* new NotFound({ detail: "There is no such branch." })
        }
        const id = yield* newId
        const at = yield* Clock.currentTimeMillis
        const assigned = yield* Effect.catchIf(make(id, shopper, branchId, at), isTaken, () =>
          Effect.fail(new RentalRefused({ reason: "already_renting" })),
        )
        yield* assigned.written.publish
        yield* commits.publish({ twins: [assigned.cart, { kind: "rental", id }] })
        return id
      })
      return Lending.of({ begin })
    }),
  )
}

/** A constraint has said that there is another. */
const isTaken = (error: unknown): error is SqlError.SqlError => {
  if (!Predicate.isTagged(error, "SqlError") || !Predicate.hasProperty(error, "reason")) return false
  const { reason } = error
  if (Predicate.isTagged(reason, "UniqueViolation")) return true
  return Predicate.hasProperty(reason, "cause") && Predicate.hasProperty(reason.cause, "code")
    ? reason.cause.code === "23505"
    : false
}
