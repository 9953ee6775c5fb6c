/**
 * A shopper asks for a cart. The rental, its cart's reservation and the unlock are one transaction: what is answered is in
 * the store, and what cannot begin leaves nothing behind. That a shopper has one open rental is the store's constraint.
 */
import { Clock, Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import type { ChainPolicy } from "#core/api/Chains.ts"
import { NotFound, RentalRefused } from "#core/api/Problems.ts"
import type { BranchId } from "#core/domain/Ids.ts"
import type { LendingPolicy } from "#core/domain/Rental.ts"
import { Limits } from "#core/Limits.ts"
import { initialOf } from "#twins/Twin.ts"
import { Commits } from "../live/Commits.ts"
import { NewId } from "../NewId.ts"
import { Branches } from "../store/Branches.ts"
import { isTaken } from "../store/isTaken.ts"
import { rentalRow } from "./RentalRow.ts"
import { Rentals } from "../store/Rentals.ts"
import type { Shopper } from "../store/Shoppers.ts"
import { Transaction } from "../store/Transaction.ts"
import { Twins } from "../store/Twins.ts"
import { Assignment } from "./Assignment.ts"

const minutes = (said: number | undefined, usualMs: number): number => (said === undefined ? usualMs : said * 60_000)

/** What a chain says about lending; what it does not say holds as for every chain. */
const policyOf = (said: Partial<ChainPolicy>): LendingPolicy => ({
  lendMs: minutes(said.lend_minutes, Limits.rentalMs),
  soonMs: minutes(said.due_soon_minutes, Limits.rentalDueSoonMs),
  graceMs: minutes(said.grace_minutes, Limits.rentalGraceMs),
  lostMs: minutes(said.lost_minutes, Limits.rentalLostMs),
})

interface Place {
  readonly branchId: BranchId
  readonly policy: LendingPolicy
}

export class Lending extends Context.Service<
  Lending,
  {
    /** Begins a rental and gives its id; `alongside` is kept with it in the same transaction. */
    readonly begin: (
      shopper: Shopper,
      branchId: BranchId,
      alongside?: (rentalId: string) => Effect.Effect<void, SqlError.SqlError>,
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

      const make = Effect.fnUntraced(function* (id: string, shopper: Shopper, { branchId, policy }: Place, at: number) {
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
        yield* rentals.write([rentalRow(id, after, { seenStage: null, seenRevision: assigned.seenRevision, at })])
        return assigned
      }, transaction.run)

      const begin = Effect.fn("Lending.begin")(function* (
        shopper: Shopper,
        branchId: BranchId,
        alongside?: (rentalId: string) => Effect.Effect<void, SqlError.SqlError>,
      ) {
        const branch = yield* branches.lendingAt(branchId)
        if (branch?.chainId !== shopper.chainId) return yield* new NotFound({ detail: "There is no such branch." })
        if (!branch.isLending) return yield* new RentalRefused({ reason: "lending_off" })
        const id = yield* newId
        const at = yield* Clock.currentTimeMillis
        const made = make(id, shopper, { branchId, policy: policyOf(branch.policy) }, at)
        const kept = alongside === undefined ? made : transaction.run(Effect.tap(made, alongside(id)))
        const assigned = yield* Effect.catchIf(kept, isTaken, () =>
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
