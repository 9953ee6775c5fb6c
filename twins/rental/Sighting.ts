/**
 * What a reading of the rental's bay means when nobody saw how it came about: the board was silent, the device away, or the
 * sensor in doubt. A reading is no edge: it counts only against what the rental knows, so a cart that was out and stands
 * latched in its bay has been returned, and one that stood ajar and is gone has been taken.
 */
import type { Schema } from "effect"
import type { CartIdentity } from "#core/domain/Cart.ts"
import type { CommandStage } from "#core/domain/Command.ts"
import { BayId, CommandId } from "#core/domain/Ids.ts"
import type { CartFound, RentalEvent } from "#core/domain/Rental.ts"
import { Limits } from "#core/Limits.ts"
import type { Stored } from "../Stored.ts"
import { regionWord } from "../Words.ts"

/** A line of a bay's history. */
export interface Sighting {
  readonly event: Schema.Json
  /** The state of the bay after it. */
  readonly value: Stored["value"]
  readonly at: number
}

/** How the unlock of the rental stands. */
export interface UnlockSoFar {
  readonly stage: CommandStage
  readonly expiresAt: number
  /** True if the bay was opened for somebody else since. */
  readonly isContested: boolean
}

const readings: ReadonlySet<string> = new Set(["bay.observed", "bay.verified", "bay.steady", "snapshot.adopted"])

const textOf = (event: Schema.Json, name: string): string => {
  if (typeof event !== "object" || event === null || !(name in event)) return ""
  const value = (event as Readonly<Record<string, Schema.Json>>)[name]
  return typeof value === "string" ? value : ""
}

/** Where the cart of the bay is by a reading; undefined if it is none, or is not believed. */
export const whereSeen = ({ event, value }: Pick<Sighting, "event" | "value">): CartFound | undefined => {
  if (!readings.has(textOf(event, "type")) || regionWord(value, "sensor") !== "trusted") return undefined
  const latch = regionWord(value, "latch")
  if (latch === "secured") return "parked"
  // A jammed lock is closed, with or without a cart in it.
  if (latch === "jammed") return textOf(event, "presence") === "present" ? "parked" : undefined
  if (latch === "empty") return "out"
  return latch.startsWith("ajar.") ? "ajar" : undefined
}

/**
 * The event of the rental that follows from a reading; undefined if it says nothing new. `sinceAt` is the earliest that a
 * cart that stands there can have come back. In a pool a cart that stands there may be anybody's.
 */
export const eventOfSighting = (
  sighting: Sighting,
  { value, context }: Stored,
  unlock: UnlockSoFar | undefined,
  sinceAt: number | null,
  identity: CartIdentity = "bay_bound",
): RentalEvent | undefined => {
  const where = whereSeen(sighting)
  const { command } = context
  if (where === undefined || typeof command !== "string") return undefined
  const commandId = CommandId.make(command)
  const life = regionWord(value, "life")
  const { at } = sighting
  if (life.startsWith("active.") || life.startsWith("overdue.")) {
    return where === "parked" && identity === "bay_bound" ? returned(context, sinceAt ?? at) : undefined
  }
  if (life === "settling") return where === "out" ? { type: "rental.returnLost", at } : undefined
  if (life.startsWith("pickup.")) {
    if (where === "out") return { type: "rental.removed", commandId, at }
    return where === "parked" ? { type: "rental.relatched", commandId, at } : undefined
  }
  if ((life !== "verifying" && life !== "uncertain") || unlock?.stage !== "unknown") return undefined
  // Closed says that it did not open only once it cannot open any more.
  const isOver = at > unlock.expiresAt + Limits.outcomeGraceMs
  if (where === "parked" ? !isOver : unlock.isContested) return undefined
  return { type: "rental.found", where, reason: "read", at }
}

/** A bay as it stands, and when it was last read so. */
export interface Standing {
  readonly value: Stored["value"]
  readonly freshAt: number | null
}

/**
 * The event of a rental whose shopper was reminded to take the cart, if that stands latched in its bay by a reading since:
 * whatever was missed or came out of order, it is home. Undefined if it may still be taken. `remindedAt`: milliseconds UTC.
 */
export const eventOfStanding = (
  { value: bayValue, freshAt }: Standing,
  { value, context: { command } }: Stored,
  remindedAt: number,
): RentalEvent | undefined => {
  const isHome = regionWord(bayValue, "latch") === "secured" && regionWord(bayValue, "sensor") === "trusted"
  const isReminded = regionWord(value, "life") === "pickup.nagging"
  if (!isHome || !isReminded || typeof command !== "string" || freshAt === null || freshAt <= remindedAt) {
    return undefined
  }
  return { type: "rental.relatched", commandId: CommandId.make(command), at: freshAt }
}

/** In the shopper's favour, and not before the cart was taken. */
const returned = ({ bay, pickedUpAt }: Stored["context"], at: number): RentalEvent | undefined =>
  typeof bay !== "string"
    ? undefined
    : {
        type: "rental.returnSeen",
        bayId: BayId.make(bay),
        confidence: "high",
        at: Math.max(at, typeof pickedUpAt === "number" ? pickedUpAt : 0),
      }
