/**
 * A shopper asks for a cart. The rental, its cart's reservation and the unlock are one transaction: what is answered is in
 * the store, and what cannot begin leaves nothing behind. That a shopper has one open rental is the store's constraint. Those
 * who ask while others are being served are served together, in one transaction of their chain.
 */
import { Clock, Context, Effect, Exit, Layer, Result } from "effect"
import type { SqlError } from "effect/sql"
import type { ChainPolicy } from "#core/api/Chains.ts"
import { NotFound, RentalRefused, TooManyRequests } from "#core/api/Problems.ts"
import type { BranchId } from "#core/domain/Ids.ts"
import type { LendingPolicy } from "#core/domain/Rental.ts"
import { Limits } from "#core/Limits.ts"
import { initialOf } from "#twins/Twin.ts"
import { Dispatch } from "../commands/Dispatch.ts"
import { Commits } from "../live/Commits.ts"
import { NewId } from "../NewId.ts"
import { type HeldTwin, TwinBatch } from "../registry/TwinBatch.ts"
import { Branches, type BranchLending } from "../store/Branches.ts"
import { type NewRental, Rentals } from "../store/Rentals.ts"
import type { Shopper } from "../store/Shoppers.ts"
import { withinChain } from "../store/Tenants.ts"
import { Transaction } from "../store/Transaction.ts"
import { Twins } from "../store/Twins.ts"
import { together } from "../Together.ts"
import { type Assigned, Assignment, type CartWanted } from "./Assignment.ts"
import { rentalRow } from "./RentalRow.ts"

const minutes = (said: number | undefined, usualMs: number): number => (said === undefined ? usualMs : said * 60_000)

/** What a chain says about lending; what it does not say holds as for every chain. */
const policyOf = (said: Partial<ChainPolicy>): LendingPolicy => ({
  lendMs: minutes(said.lend_minutes, Limits.rentalMs),
  soonMs: minutes(said.due_soon_minutes, Limits.rentalDueSoonMs),
  graceMs: minutes(said.grace_minutes, Limits.rentalGraceMs),
  lostMs: minutes(said.lost_minutes, Limits.rentalLostMs),
})

/** One who asks. */
interface Asked {
  readonly id: string
  readonly shopper: Shopper
  readonly branchId: BranchId
  readonly at: number
}

type Refusal = RentalRefused | NotFound

/** What became of one: it began, or was refused; undefined if it must be tried alone. */
type Answer = Result.Result<Assigned, Refusal> | undefined

export class Lending extends Context.Service<
  Lending,
  {
    /** Begins a rental and gives its id; `alongside` is kept with it in the same transaction. */
    readonly begin: (
      shopper: Shopper,
      branchId: BranchId,
      alongside?: (rentalId: string) => Effect.Effect<void, SqlError.SqlError>,
    ) => Effect.Effect<string, Refusal | TooManyRequests | SqlError.SqlError>
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
      const dispatch = yield* Dispatch
      const commits = yield* Commits
      const newId = yield* NewId

      /** Makes the twins of rentals that have a cart, and writes how they stand. */
      const write = Effect.fnUntraced(function* (
        all: ReadonlyArray<readonly [Asked, Assigned]>,
        places: ReadonlyMap<string, BranchLending>,
      ) {
        const made = all.map(([{ id, shopper, branchId, at }]) => ({
          held: heldNew(id, at),
          chainId: shopper.chainId,
          branchId,
          controllerId: null,
          label: id.slice(0, 8),
        }))
        yield* twins.insert(made)
        const batch = new TwinBatch(made.map(({ held }) => held))
        for (const [{ id, branchId, at }, { event }] of all) {
          const ref = { kind: "rental", id } as const
          const policy = policyOf(places.get(branchId)?.policy ?? {})
          batch.apply(ref, { type: "rental.requested", policy, at }, { actor: "shopper" })
          batch.apply(ref, event, { actor: "rentals", commandId: event.commandId })
        }
        yield* twins.save(batch)
        yield* rentals.write(
          all.flatMap(([{ id, at }, { seenRevision }]) => {
            const stored = batch.get({ kind: "rental", id })?.stored
            return stored === undefined ? [] : [rentalRow(id, stored, { seenStage: null, seenRevision, at })]
          }),
        )
      })

      /** Begins what can begin and says of each why it did not; in one transaction. */
      const beginAll = Effect.fnUntraced(function* (
        asked: ReadonlyArray<Asked>,
        assign: (wanted: ReadonlyArray<CartWanted>) => Effect.Effect<ReadonlyMap<string, Assigned>, SqlError.SqlError>,
        isLast: boolean,
        alongside: Effect.Effect<void, SqlError.SqlError> = Effect.void,
      ) {
        const answers = new Map<string, Answer>()
        const places = yield* branches.lendingAt([...new Set(asked.map(({ branchId }) => branchId))])
        const may = asked.filter((one) => {
          const why = whyNotAt(places.get(one.branchId), one.shopper)
          if (why !== undefined) answers.set(one.id, Result.fail(why))
          return why === undefined
        })
        // In one order, so that of two who write the same shoppers neither waits for the other in a circle.
        const ordered = may.toSorted((one, other) => (one.shopper.id < other.shopper.id ? -1 : 1))
        const inserted = yield* rentals.insert(ordered.map(toNewRental))
        const begun = may.filter(({ id }) => inserted.has(id))
        const assigned = begun.length === 0 ? new Map<string, Assigned>() : yield* assign(begun.map(toWanted))
        const without = begun.filter(({ id }) => !assigned.has(id))
        if (without.length > 0) yield* rentals.remove(without.map(({ id }) => id))
        const withCart = begun.flatMap((one) => {
          const cart = assigned.get(one.id)
          return cart === undefined ? [] : [[one, cart] as const]
        })
        if (withCart.length > 0) yield* Effect.andThen(write(withCart, places), alongside)
        const lost = [...new Set(without.map(({ branchId }) => branchId))]
        const at = yield* Clock.currentTimeMillis
        const tryAgainAt =
          isLast || lost.length === 0 ? new Set<string>() : yield* assignment.branchesWithCarts(lost, at)
        for (const { id, branchId } of may) {
          const cart = assigned.get(id)
          if (cart !== undefined) answers.set(id, Result.succeed(cart))
          else if (!inserted.has(id)) answers.set(id, refused("already_renting"))
          else if (!tryAgainAt.has(branchId)) answers.set(id, refused("no_cart"))
        }
        return asked.map(({ id }) => answers.get(id))
      }, transaction.run)

      /** After the commit: the unlocks are sent, and those who watch are told. */
      const publish = Effect.fnUntraced(function* (asked: ReadonlyArray<Asked>, answers: ReadonlyArray<Answer>) {
        const begun = answers.flatMap((answer, index) =>
          answer !== undefined && Result.isSuccess(answer) ? [[asked[index]?.id ?? "", answer.success] as const] : [],
        )
        if (begun.length === 0) return
        yield* dispatch.publish(begun.map(([, { written }]) => written))
        yield* commits.publish({ twins: begun.flatMap(([id, { cart }]) => [cart, { kind: "rental", id } as const]) })
      })

      /** One alone, patiently: another may be about to leave the last cart after all. */
      const alone = Effect.fn("Lending.alone")(function* (
        one: Asked,
        alongside?: Effect.Effect<void, SqlError.SqlError>,
      ) {
        const patiently = ([wanted]: ReadonlyArray<CartWanted>) =>
          wanted === undefined
            ? Effect.succeed(new Map<string, Assigned>())
            : Effect.map(
                assignment.assign(wanted),
                (assigned) => new Map(assigned === undefined ? [] : [[one.id, assigned]]),
              )
        const answers = yield* beginAll([one], patiently, true, alongside)
        yield* publish([one], answers)
        const [answer] = answers
        if (answer === undefined) return yield* Effect.die(new Error(`rental ${one.id} has no answer`))
        return yield* Effect.fromResult(Result.map(answer, () => one.id))
      })

      /** Of one chain, with its rows. What cannot be done together is done one by one, by those who asked. */
      const ofChain = (chainId: string, asked: ReadonlyArray<Asked>) => {
        const [first] = asked
        const assign = (wanted: ReadonlyArray<CartWanted>) => assignment.assignAll(wanted, first?.at ?? 0)
        return beginAll(asked, assign, false).pipe(
          Effect.catchCause((why) =>
            Effect.as(
              Effect.logWarning("rentals could not be begun together and are tried one by one", why),
              asked.map(() => undefined),
            ),
          ),
          Effect.tap((answers) => publish(asked, answers)),
          withinChain(chainId),
        )
      }
      const lot = Effect.fn("Lending.lot")(function* (asked: ReadonlyArray<Asked>) {
        const answers = new Map<string, Answer>()
        for (const [chainId, of] of Map.groupBy(asked, ({ shopper }) => shopper.chainId)) {
          const found = yield* ofChain(chainId, of)
          for (const [index, { id }] of of.entries()) answers.set(id, found[index])
        }
        return asked.map(({ id }) => Exit.succeed(answers.get(id)))
      })
      const ask = yield* together<Asked, Answer, never>(
        { atOnce: Limits.rentalsBegunTogether, waiting: Limits.rentalsWaiting, lots: Limits.rentalsBegunAtOnce },
        lot,
      )

      return Lending.of({
        begin: Effect.fn("Lending.begin")(function* (
          shopper: Shopper,
          branchId: BranchId,
          alongside?: (rentalId: string) => Effect.Effect<void, SqlError.SqlError>,
        ) {
          const one = { id: yield* newId, shopper, branchId, at: yield* Clock.currentTimeMillis }
          if (alongside !== undefined) return yield* alone(one, alongside(one.id))
          const answer = yield* Effect.catchTag(ask(one), "TooManyWait", () =>
            Effect.fail(new TooManyRequests({ retry_after_s: Limits.rentalsWaitingRetrySeconds })),
          )
          if (answer === undefined) return yield* alone(one)
          return yield* Effect.fromResult(Result.map(answer, () => one.id))
        }),
      })
    }),
  )
}

const refused = (reason: RentalRefused["reason"]): Answer => Result.fail(new RentalRefused({ reason }))

/** Why nobody is lent a cart there; undefined if this one may be. */
const whyNotAt = (place: BranchLending | undefined, { chainId }: Shopper): Refusal | undefined => {
  if (place?.chainId !== chainId) return new NotFound({ detail: "There is no such branch." })
  return place.isLending ? undefined : new RentalRefused({ reason: "lending_off" })
}

const toNewRental = ({ id, shopper, branchId, at }: Asked): NewRental => ({
  id,
  chainId: shopper.chainId,
  branchId,
  shopperId: shopper.id,
  at,
})

const toWanted = ({ id, branchId, at }: Asked): CartWanted => ({ rentalId: id, branchId, excluded: null, at })

const heldNew = (id: string, at: number): HeldTwin => ({
  ref: { kind: "rental", id },
  deviceId: null,
  placement: 0,
  stored: initialOf("rental", at),
  changedAt: at,
  freshAt: null,
  edgeSeq: 0,
})
