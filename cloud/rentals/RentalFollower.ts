/**
 * Brings open rentals up to what is known: the outcome of their unlock, what their bay has said, and the times that passed.
 * It reads what ingest has committed and remembers in the rental's row how far it came, so that nothing is taken twice, a
 * restart forgets nothing, and no fact waits for it. While no rental is open it asks nothing.
 */
import { Array as Arrays, Clock, Context, Effect, Latch, Layer, PubSub } from "effect"
import type { SqlError } from "effect/sql"
import { RentalNotChanged } from "#core/api/Problems.ts"
import type { TwinRef } from "#core/domain/Ids.ts"
import type { RentalEvent } from "#core/domain/Rental.ts"
import { Limits } from "#core/Limits.ts"
import { custodyEvents } from "#twins/rental/Custody.ts"
import type { Stored } from "#twins/Stored.ts"
import { whyNot } from "#twins/Twin.ts"
import { Dispatch } from "../commands/Dispatch.ts"
import { type Committed, Commits } from "../live/Commits.ts"
import type { TwinBatch } from "../registry/TwinBatch.ts"
import { isTaken } from "../store/isTaken.ts"
import { RentalMessages } from "../store/RentalMessages.ts"
import { type OpenRental, type RentalColumns, Rentals } from "../store/Rentals.ts"
import { Returns } from "../store/Returns.ts"
import { Transaction } from "../store/Transaction.ts"
import { Twins } from "../store/Twins.ts"
import { Assignment } from "./Assignment.ts"
import { feeding, rentalsCause as cause, type Seen } from "./RentalFeed.ts"
import { rentalRow } from "./RentalRow.ts"
import { tellingOf } from "./Telling.ts"

/** What opens a rental again that had ended. */
const reopens: ReadonlySet<RentalEvent["type"]> = new Set(["rental.undone", "rental.reopened"])

export class RentalFollower extends Context.Service<
  RentalFollower,
  {
    /** Brings rentals up to date, all or none of them; those that are not open are left out. */
    readonly follow: (ids: ReadonlyArray<string>) => Effect.Effect<void, SqlError.SqlError>
    /**
     * In the caller's transaction: feeds a rental, open or not, these events, all of them. Gives the twins that moved;
     * undefined if there is no such rental. Fails if its state takes one of them not.
     */
    readonly apply: (
      id: string,
      events: ReadonlyArray<RentalEvent>,
      by: string,
    ) => Effect.Effect<ReadonlyArray<TwinRef> | undefined, RentalNotChanged | SqlError.SqlError>
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
      const returns = yield* Returns
      const assignment = yield* Assignment
      const dispatch = yield* Dispatch
      const commits = yield* Commits

      const feed = feeding(rentals, returns)

      /** Writes down what their shoppers are to be told. */
      const tell = Effect.fnUntraced(function* (
        before: ReadonlyArray<OpenRental>,
        after: ReadonlyArray<RentalColumns>,
      ) {
        const moved = after.filter(({ state }, index) => state !== before[index]?.state)
        const states = new Map(before.map(({ id, state }) => [id, state]))
        const ended = moved.flatMap(({ id, endedAt }) => (endedAt === null ? [] : [{ id, endedAt }]))
        const reminded = ended.length === 0 ? new Set<string>() : yield* messages.reminded(ended)
        const told = moved.flatMap(({ id, state, at }) => {
          const about = tellingOf(states.get(id) ?? state, state, reminded.has(id))
          return about === undefined ? [] : [{ rentalId: id, about, at }]
        })
        if (told.length > 0) yield* messages.write(told)
      })

      /** Changes rentals, and their carts' custody with them, in one transaction; undefined if none of them can be. */
      const change = <E>(
        hold: Effect.Effect<ReadonlyArray<OpenRental>, SqlError.SqlError>,
        work: (batch: TwinBatch, held: ReadonlyArray<OpenRental>) => Effect.Effect<ReadonlyArray<Seen>, E>,
      ) =>
        Effect.gen(function* () {
          const held = yield* hold
          if (held.length === 0) return undefined
          const batch = yield* twins.hold([...held.flatMap(cartOf), ...held.map(refOf)])
          const seen = yield* work(batch, held)
          const at = yield* Clock.currentTimeMillis
          const rows: Array<RentalColumns> = []
          for (const [index, rental] of held.entries()) {
            const stored = batch.get(refOf(rental))?.stored
            if (stored === undefined) return yield* Effect.die(new Error(`rental ${rental.id} has no twin`))
            for (const cart of cartOf(rental)) keepCustody(batch, cart, rental.id, stored, at)
            const { seenStage, ...heard } = seen[index] ?? rental
            const bayId = stored.context["bay"]
            // What has happened in another bay before it was told of it is not about this rental.
            const isElsewhere = typeof bayId === "string" && bayId !== rental.bayId
            const seenRevision = isElsewhere ? ((yield* rentals.standing(bayId))?.revision ?? 0) : heard.seenRevision
            rows.push(rentalRow(rental.id, stored, { seenStage, seenRevision, at }))
          }
          yield* twins.save(batch)
          yield* rentals.write(rows)
          yield* tell(held, rows)
          const assigning = rows.flatMap(({ id, state }) => (state === "assigning" ? [id] : []))
          return { moved: batch.changed().map(({ ref }) => ref), assigning }
        }).pipe(transaction.run)

      /** Another cart for a rental whose first did not open, or the word that there is none. */
      const assignAgain = Effect.fnUntraced(function* (id: string) {
        const at = yield* Clock.currentTimeMillis
        const [rental] = yield* rentals.hold([id], at)
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
        yield* rentals.write([rentalRow(id, stepped.next, seen)])
        return assigned
      }, transaction.run)

      const follow = Effect.fn("RentalFollower.follow")(function* (ids: ReadonlyArray<string>) {
        const hold = Effect.flatMap(Clock.currentTimeMillis, (now) => rentals.hold(ids, now))
        const caught = yield* change(hold, feed)
        if (caught === undefined) return
        if (caught.moved.length > 0) yield* commits.publish({ twins: caught.moved })
        for (const id of caught.assigning) {
          const assigned = yield* assignAgain(id)
          if (assigned !== undefined) yield* dispatch.publish([assigned.written])
          const rental = { kind: "rental", id } as const
          yield* commits.publish({ twins: assigned === undefined ? [rental] : [rental, assigned.cart] })
        }
      })

      const apply = Effect.fnUntraced(function* (id: string, events: ReadonlyArray<RentalEvent>, by: string) {
        const take = (batch: TwinBatch, [rental]: ReadonlyArray<OpenRental>) =>
          Effect.gen(function* () {
            if (rental === undefined) return []
            for (const event of events) {
              // It is open again then: not if its cart or its shopper have another by now.
              const isFree = !reopens.has(event.type) || (yield* rentals.mayReopen(id))
              const stepped = isFree ? batch.apply({ kind: "rental", id }, event, { actor: by }) : undefined
              if (stepped?.accepted !== true) return yield* new RentalNotChanged({ state: rental.state })
            }
            return [rental]
          })
        // What somebody may not see may be in the way, too.
        const held = Effect.map(rentals.holdAny(id), (rental) => (rental === undefined ? [] : [rental]))
        const changed = yield* Effect.catchIf(change(held, take), isTaken, () =>
          Effect.fail(new RentalNotChanged({ state: "forceCompleted" })),
        )
        return changed?.moved
      })

      const decide = Effect.fn("RentalFollower.decide")(function* (
        id: string,
        event: RentalEvent,
        by: string,
        alongside: Effect.Effect<void, SqlError.SqlError> = Effect.void,
      ) {
        const moved = yield* Effect.tap(apply(id, [event], by), (found) =>
          found === undefined ? Effect.void : alongside,
        ).pipe(transaction.run)
        if (moved !== undefined) yield* commits.publish({ twins: moved })
        return moved !== undefined
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

      /** One that cannot be followed is left for the next look and holds up none of those beside it. */
      const followLot = (ids: ReadonlyArray<string>): Effect.Effect<void> =>
        Effect.catchCause(follow(ids), (why) =>
          ids.length > 1
            ? Effect.forEach(ids, (id) => followLot([id]), { discard: true })
            : Effect.logWarning("a rental could not be followed and will be again", { rental: ids[0] }, why),
        )
      const followAll = (ids: ReadonlyArray<string>) =>
        Effect.forEach(Arrays.chunksOf(ids, Limits.rentalsFollowedTogether), followLot, {
          discard: true,
          concurrency: Limits.rentalsFollowedAtOnce,
        })
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
      return RentalFollower.of({ apply, follow, decide })
    }),
  )
}

const refOf = ({ id }: OpenRental): TwinRef => ({ kind: "rental", id })
const cartOf = ({ cartId }: OpenRental): ReadonlyArray<TwinRef> =>
  cartId === null ? [] : [{ kind: "cart", id: cartId }]

/** Brings the custody of a cart to where its rental is; where that cannot be, nothing is repeated about it. */
const keepCustody = (batch: TwinBatch, cart: TwinRef, rentalId: string, rental: Stored, at: number): void => {
  const held = batch.get(cart)?.stored
  for (const event of held === undefined ? [] : custodyEvents(rentalId, rental.value, held, at)) {
    const now = batch.get(cart)?.stored
    if (now !== undefined && whyNot(now, event) === undefined) batch.apply(cart, event, cause)
  }
}
