/**
 * Feeds rentals what they have not heard: the outcome of their unlock and what their bay has said, in the order in which it
 * happened. News is read for all of them at once; what a rental makes of it is its machine's.
 */
import { Clock, Effect } from "effect"
import type { SqlError } from "effect/sql"
import { BayId, CommandId } from "#core/domain/Ids.ts"
import type { RentalEvent } from "#core/domain/Rental.ts"
import { eventOfAnnouncement, eventOfStage, knowsOpened } from "#twins/rental/Evidence.ts"
import { eventOfSighting, eventOfStanding, whereSeen } from "#twins/rental/Sighting.ts"
import type { Stored } from "#twins/Stored.ts"
import { whyNot } from "#twins/Twin.ts"
import { regionWord } from "#twins/Words.ts"
import type { TwinBatch } from "../registry/TwinBatch.ts"
import type { BayEvidence, OpenRental, Outcome, Rentals } from "../store/Rentals.ts"
import type { Returns } from "../store/Returns.ts"

/** Who says so in the history of a rental. */
export const rentalsCause = { actor: "rentals" } as const

/** How far a rental has heard. */
export type Seen = Pick<OpenRental, "seenStage" | "seenRevision">

/** What is new for a rental. */
interface News {
  readonly outcome: Outcome | undefined
  readonly lines: ReadonlyArray<BayEvidence>
}

const isOut = ({ value }: Stored): boolean => /^(?:active|overdue)\./u.test(regionWord(value, "life"))

type Feed = (batch: TwinBatch, held: ReadonlyArray<OpenRental>) => Effect.Effect<ReadonlyArray<Seen>, SqlError.SqlError>

/** Takes held rentals and the batch with their twins; gives how far each has heard now. Part of the caller's transaction. */
export const feeding = (rentals: Rentals["Service"], returns: Returns["Service"]): Feed => {
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
      return batch.note(ref, { type: "rental.evidenceCameTooLate", at: event.at }, rentalsCause.actor)
    }
    batch.apply(ref, event, commandId === null ? rentalsCause : { ...rentalsCause, commandId })
  })

  /** Its cart was placed elsewhere while it is out: there it is expected from now on. */
  const rehome = Effect.fnUntraced(function* (batch: TwinBatch, { bayId, homeBayId, id }: OpenRental) {
    const ref = { kind: "rental", id } as const
    const stored = batch.get(ref)?.stored
    if (stored === undefined || homeBayId === null || homeBayId === bayId || !isOut(stored)) return
    const at = yield* Clock.currentTimeMillis
    batch.apply(ref, { type: "rental.rehomed", bayId: BayId.make(homeBayId), at }, rentalsCause)
  })

  const feedOne = Effect.fnUntraced(function* (batch: TwinBatch, rental: OpenRental, { outcome, lines }: News) {
    const ref = { kind: "rental", id: rental.id } as const
    const { commandId, bayId, identity } = rental
    let { seenStage, seenRevision } = rental
    const hearOutcome = Effect.gen(function* () {
      if (commandId === null || outcome === undefined || outcome.stage === seenStage) return
      seenStage = outcome.stage
      const { stage, reason, at } = outcome
      const isKnown = stage === "confirmed" && knowsOpened(batch.get(ref)?.stored.value ?? null)
      if (!isKnown) yield* take(batch, rental, eventOfStage(stage, reason, CommandId.make(commandId), at))
    })
    for (const line of lines) {
      // What the bay said before its lock opened for this rental was about somebody else.
      if (outcome !== undefined && line.at >= outcome.at) yield* hearOutcome
      seenRevision = line.revision
      const before = batch.get(ref)?.stored
      for (const what of line.announces) {
        const stored = batch.get(ref)?.stored
        if (stored !== undefined) yield* take(batch, rental, eventOfAnnouncement(what, stored, line, identity))
      }
      const stored = batch.get(ref)?.stored
      if (stored === undefined || stored !== before || bayId === null) continue
      const isParked = whereSeen(line) === "parked"
      const since = isParked ? yield* rentals.parkedSince(bayId, line.revision) : null
      if (isParked && identity === "pool" && isOut(stored)) {
        // Somebody's cart came into the bay while nobody saw it.
        yield* returns.notice([{ bayId, revision: line.revision, at: since ?? line.at, isDoubted: false }])
      }
      yield* take(batch, rental, eventOfSighting(line, stored, outcome, since, identity))
    }
    yield* hearOutcome
    const now = batch.get(ref)
    if (bayId !== null && now !== undefined && regionWord(now.stored.value, "life") === "pickup.nagging") {
      const bay = yield* rentals.standing(bayId)
      if (bay?.revision === seenRevision) yield* take(batch, rental, eventOfStanding(bay, now.stored, now.changedAt))
    }
    yield* rehome(batch, rental)
    return { seenStage, seenRevision }
  })

  return Effect.fnUntraced(function* (batch: TwinBatch, held: ReadonlyArray<OpenRental>) {
    const outcomes = yield* rentals.outcomes(held.flatMap(({ commandId }) => commandId ?? []))
    const lines = yield* rentals.evidence(held)
    return yield* Effect.forEach(held, (rental) =>
      feedOne(batch, rental, { outcome: outcomes.get(rental.commandId ?? ""), lines: lines.get(rental.id) ?? [] }),
    )
  })
}
