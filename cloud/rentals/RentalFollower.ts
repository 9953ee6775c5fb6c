/**
 * Brings open rentals up to what is known: the outcome of their unlock, what their bay has said, and the times that passed.
 * It reads what ingest has committed and remembers in the rental's row how far it came, so that nothing is taken twice, a
 * restart forgets nothing, and no fact waits for it. While no rental is open it asks nothing.
 */
import { Clock, Context, Effect, Latch, Layer, PubSub } from "effect"
import type { SqlError } from "effect/sql"
import { RentalNotChanged } from "#core/api/Problems.ts"
import { CommandId, type TwinRef } from "#core/domain/Ids.ts"
import type { RentalEvent } from "#core/domain/Rental.ts"
import { Limits } from "#core/Limits.ts"
import { custodyEvents } from "#twins/rental/Custody.ts"
import { eventOfAnnouncement, eventOfStage } from "#twins/rental/Evidence.ts"
import { eventOfSighting, whereSeen } from "#twins/rental/Sighting.ts"
import type { Stored } from "#twins/Stored.ts"
import { whyNot } from "#twins/Twin.ts"
import { regionWord } from "#twins/Words.ts"
import { type Committed, Commits } from "../live/Commits.ts"
import type { TwinBatch } from "../registry/TwinBatch.ts"
import { isTaken } from "../store/isTaken.ts"
import { RentalMessages } from "../store/RentalMessages.ts"
import { type OpenRental, type RentalColumns, Rentals } from "../store/Rentals.ts"
import { Transaction } from "../store/Transaction.ts"
import { Twins } from "../store/Twins.ts"
import { Assignment } from "./Assignment.ts"
import { rentalRow } from "./RentalRow.ts"
import { tellingOf } from "./Telling.ts"

const cause = { actor: "rentals" } as const

export class RentalFollower extends Context.Service<
  RentalFollower,
  {
    /** Brings one rental up to date; nothing if it is not open. */
    readonly follow: (id: string) => Effect.Effect<void, SqlError.SqlError>
    /**
     * Takes what a person decided about an open rental, with what is to be kept in the same transaction; false if there is
     * no such open one.
     */
    readonly decide: (
      id: string,
      event: RentalEvent,
      by: string,
      alongside?: Effect.Effect<void, SqlError.SqlError>,
    ) => Effect.Effect<boolean, RentalNotChanged | SqlError.SqlError>
  }
>()("cartwise/cloud/rentals/RentalFollower") {
  static readonly layer = Layer.effect(
    RentalFollower,
    Effect.gen(function* () {
      const transaction = yield* Transaction
      const twins = yield* Twins
      const rentals = yield* Rentals
      const messages = yield* RentalMessages
      const assignment = yield* Assignment
      const commits = yield* Commits

      /** Feeds an event; one that would open a failed rental again only if that can be. */
      const take = Effect.fnUntraced(function* (
        batch: TwinBatch,
        { id, commandId }: OpenRental,
        event: RentalEvent | undefined,
      ) {
        const ref = { kind: "rental", id } as const
        const stored = batch.get(ref)?.stored
        if (event === undefined || stored === undefined) return
        const isFailed = regionWord(stored.value, "life") === "failed"
        if (isFailed && whyNot(stored, event) === undefined && !(yield* rentals.mayReopen(id))) {
          yield* rentals.needPerson(id, "late_evidence")
          return batch.note(ref, { type: "rental.evidenceCameTooLate", at: event.at }, cause.actor)
        }
        batch.apply(ref, event, commandId === null ? cause : { ...cause, commandId })
      })

      /** Feeds a rental what it has not heard; gives how far it has heard now. */
      const feed = Effect.fnUntraced(function* (batch: TwinBatch, rental: OpenRental) {
        const ref = { kind: "rental", id: rental.id } as const
        const { commandId, bayId } = rental
        let { seenStage, seenRevision } = rental
        const outcome = commandId === null ? undefined : yield* rentals.outcome(commandId)
        if (commandId !== null && outcome !== undefined && outcome.stage !== seenStage) {
          yield* take(batch, rental, eventOfStage(outcome.stage, outcome.reason, CommandId.make(commandId), outcome.at))
          seenStage = outcome.stage
        }
        for (const line of bayId === null ? [] : yield* rentals.evidence(bayId, seenRevision)) {
          seenRevision = line.revision
          const before = batch.get(ref)?.stored
          for (const what of line.announces) {
            const stored = batch.get(ref)?.stored
            if (stored !== undefined) yield* take(batch, rental, eventOfAnnouncement(what, stored, line))
          }
          const stored = batch.get(ref)?.stored
          if (stored === undefined || stored !== before || bayId === null) continue
          const since = whereSeen(line) === "parked" ? yield* rentals.parkedSince(bayId, line.revision) : null
          yield* take(batch, rental, eventOfSighting(line, stored, outcome, since))
        }
        return { seenStage, seenRevision }
      })

      /** Writes down what its shopper is to be told. */
      const tell = Effect.fnUntraced(function* (before: string, { id, state, endedAt, at }: RentalColumns) {
        if (before === state) return
        const wasReminded = endedAt !== null && (yield* messages.wasReminded(id, endedAt))
        const about = tellingOf(before, state, wasReminded)
        if (about !== undefined) yield* messages.write(id, about, at)
      })

      /** Changes one open rental, and its cart's custody with it, in one transaction; undefined if it is not open. */
      const change = <E>(
        id: string,
        work: (
          batch: TwinBatch,
          rental: OpenRental,
        ) => Effect.Effect<Pick<OpenRental, "seenStage" | "seenRevision">, E>,
        hold = Effect.flatMap(Clock.currentTimeMillis, (now) => rentals.hold(id, now)),
      ) =>
        Effect.gen(function* () {
          const rental = yield* hold
          if (rental === undefined) return undefined
          const ref = { kind: "rental", id } as const
          const cart = rental.cartId === null ? undefined : ({ kind: "cart", id: rental.cartId } as const)
          const batch = yield* twins.hold([...(cart === undefined ? [] : [cart]), ref])
          const seen = yield* work(batch, rental)
          const at = yield* Clock.currentTimeMillis
          const stored = batch.get(ref)?.stored
          if (stored === undefined) return yield* Effect.die(new Error(`rental ${id} has no twin`))
          if (cart !== undefined) keepCustody(batch, cart, id, stored, at)
          yield* twins.save(batch)
          const row = rentalRow(id, stored, { ...seen, at })
          yield* rentals.write(row)
          yield* tell(rental.state, row)
          const isAssigning = regionWord(stored.value, "life") === "assigning"
          return { moved: batch.changed().map(({ ref }) => ref), isAssigning }
        }).pipe(transaction.run)

      /** Another cart for a rental whose first did not open, or the word that there is none. */
      const assignAgain = Effect.fnUntraced(function* (id: string) {
        const at = yield* Clock.currentTimeMillis
        const rental = yield* rentals.hold(id, at)
        // Somebody else has been faster.
        if (rental?.state !== "assigning") return undefined
        const ref = { kind: "rental", id } as const
        const wanted = { rentalId: id, branchId: rental.branchId, excluded: rental.cartId, at }
        const assigned = yield* assignment.assign(wanted)
        const batch = yield* twins.hold([ref])
        const event = assigned?.event ?? ({ type: "rental.noCart", reason: "no_cart", at } as const)
        const stepped = batch.apply(ref, event, cause)
        // Its time ran out meanwhile: the reservation is undone with everything else.
        if (stepped?.accepted !== true) return yield* Effect.die(new Error(`rental ${id} takes no cart any more`))
        yield* twins.save(batch)
        const seen = { seenStage: null, seenRevision: assigned?.seenRevision ?? rental.seenRevision, at }
        yield* rentals.write(rentalRow(id, stepped.next, seen))
        return assigned
      }, transaction.run)

      const follow = Effect.fn("RentalFollower.follow")(function* (id: string) {
        const caught = yield* change(id, feed)
        if (caught === undefined) return
        if (caught.moved.length > 0) yield* commits.publish({ twins: caught.moved })
        if (!caught.isAssigning) return
        const assigned = yield* assignAgain(id)
        if (assigned !== undefined) yield* assigned.written.publish
        const rental = { kind: "rental", id } as const
        yield* commits.publish({ twins: assigned === undefined ? [rental] : [rental, assigned.cart] })
      })

      const decide = Effect.fn("RentalFollower.decide")(function* (
        id: string,
        event: RentalEvent,
        by: string,
        alongside: Effect.Effect<void, SqlError.SqlError> = Effect.void,
      ) {
        const take = (batch: TwinBatch, rental: OpenRental) =>
          Effect.gen(function* () {
            // Taken back, it is open again: not if its cart or its shopper have another by now.
            const isFree = event.type !== "rental.undone" || (yield* rentals.mayReopen(id))
            if (!isFree) return yield* new RentalNotChanged({ state: rental.state })
            const stepped = batch.apply({ kind: "rental", id }, event, { actor: by })
            if (stepped?.accepted !== true) return yield* new RentalNotChanged({ state: rental.state })
            yield* alongside
            const { seenStage, seenRevision } = rental
            return { seenStage, seenRevision }
          })
        // What somebody may not see may be in the way, too.
        const changed = yield* Effect.catchIf(change(id, take, rentals.holdAny(id)), isTaken, () =>
          Effect.fail(new RentalNotChanged({ state: "forceCompleted" })),
        )
        if (changed !== undefined) yield* commits.publish({ twins: changed.moved })
        return changed !== undefined
      })

      /** Bays, commands and rentals of which something was heard since the last look. */
      const heard = new Set<string>()
      const rang = Latch.makeUnsafe()
      let mayBeOpen = true
      /** Never waits, so that whoever commits never does. A rental that begins is heard of by its own id. */
      const hear = ({ twins: refs, commands }: Committed): void => {
        for (const { kind, id } of refs) {
          if (kind === "rental") mayBeOpen = true
          if (kind === "rental" || (kind === "bay" && mayBeOpen)) heard.add(id)
        }
        if (mayBeOpen) for (const { command_id } of commands) heard.add(command_id)
        if (heard.size === 0) return
        rang.openUnsafe()
      }

      const followAll = (ids: ReadonlyArray<string>) =>
        Effect.forEach(
          ids,
          (id) =>
            Effect.catchCause(follow(id), (why) =>
              Effect.logWarning("a rental could not be followed and will be again", { rental: id }, why),
            ),
          { discard: true, concurrency: Limits.rentalsFollowedAtOnce },
        )
      const look = Effect.gen(function* () {
        rang.closeUnsafe()
        const about = [...heard]
        heard.clear()
        yield* followAll(yield* rentals.about(about))
      })
      /** At the start, and from time to time: whatever a failure has left behind. */
      const lookAtAll = Effect.gen(function* () {
        const now = yield* Clock.currentTimeMillis
        mayBeOpen = (yield* rentals.someMayMove(now)) || heard.size > 0
        yield* followAll(mayBeOpen ? yield* rentals.behind : [])
      })
      let allLookedAtMs = 0
      const work = Effect.gen(function* () {
        const woken = yield* Effect.timeoutOption(rang.await, Limits.rentalLookMs)
        if (woken._tag === "Some") yield* look
        // Also while something is heard all the time.
        if ((yield* Clock.currentTimeMillis) - allLookedAtMs < Limits.rentalLookMs) return
        yield* lookAtAll
        allLookedAtMs = yield* Clock.currentTimeMillis
      }).pipe(
        Effect.catchCause((why) =>
          Effect.andThen(
            Effect.logWarning("rentals could not be looked at and will be again", why),
            Effect.sleep(Limits.sweepRetryMs),
          ),
        ),
      )
      const subscription = yield* commits.subscribe
      yield* Effect.forkScoped(Effect.forever(Effect.map(PubSub.take(subscription), hear)))
      yield* Effect.forkScoped(Effect.andThen(Effect.ignore(lookAtAll), Effect.forever(work)))
      return RentalFollower.of({ follow, decide })
    }),
  )
}

/** Brings the custody of a cart to where its rental is; where that cannot be, nothing is repeated about it. */
const keepCustody = (batch: TwinBatch, cart: TwinRef, rentalId: string, rental: Stored, at: number): void => {
  const held = batch.get(cart)?.stored
  for (const event of held === undefined ? [] : custodyEvents(rentalId, rental.value, held, at)) {
    const now = batch.get(cart)?.stored
    if (now !== undefined && whyNot(now, event) === undefined) batch.apply(cart, event, cause)
  }
}
