/**
 * What was seen of a rental's bay and heard of its unlock, as events of the rental. What leaves a bay under the rental's unlock
 * is the rental's cart. Where each cart has its own bay, what comes back into it is its return (the home match of
 * domain.md §6.3); in a pool that is decided by `attributeReturn`, and so is everything that comes into other bays.
 */
import type { CartIdentity } from "#core/domain/Cart.ts"
import type { CommandStage } from "#core/domain/Command.ts"
import { BayId, CommandId } from "#core/domain/Ids.ts"
import type { RentalEvent } from "#core/domain/Rental.ts"
import type { Announcement } from "#core/domain/TwinEvent.ts"
import { regionWord } from "../Words.ts"
import type { Stored } from "../Stored.ts"

/** What a stage of its unlock means; undefined while it is on its way. */
export const eventOfStage = (
  stage: CommandStage,
  reason: string | null,
  commandId: CommandId,
  at: number,
): RentalEvent | undefined => {
  switch (stage) {
    case "confirmed":
      return { type: "rental.unlockConfirmed", commandId, at }
    case "failed":
    case "rejected":
      return { type: "rental.unlockFailed", commandId, reason: reason ?? stage, at }
    case "expired":
      return { type: "rental.unlockExpired", commandId, at }
    case "unknown":
      return { type: "rental.unlockUnknown", commandId, at }
    default:
      return undefined
  }
}

/** True while a rental knows that its lock has opened, and is not over. */
export const knowsOpened = (value: Stored["value"]): boolean =>
  /^(?:pickup|active|overdue)\./u.test(regionWord(value, "life"))

/** When an announcement was made, the unlock it names, if it names one, and the state of the bay with it. */
export interface Announced {
  readonly at: number
  readonly commandId: string | null
  readonly value: Stored["value"]
}

/**
 * What an announcement of the rental's bay means in the state it is in; undefined if it is not about the rental. A cart that
 * leaves before the rental's own unlock was confirmed is somebody else's doing, unless that very unlock is named. A bay that
 * is opened for somebody else while a return settles has its cart: the return holds from when it came. What a doubted sensor
 * says ends nothing.
 */
export const eventOfAnnouncement = (
  what: Announcement,
  { value, context }: Stored,
  { at, commandId: named, value: bayValue }: Announced,
  identity: CartIdentity = "bay_bound",
): RentalEvent | undefined => {
  const { command, bay } = context
  if (typeof command !== "string" || typeof bay !== "string") return undefined
  const commandId = CommandId.make(command)
  const life = regionWord(value, "life")
  const isPickup = life.startsWith("pickup.")
  const isOut = !isPickup && knowsOpened(value)
  switch (what) {
    case "UNLOCK_CONFIRMED":
      if (life === "settling")
        return named === null || named === command ? undefined : { type: "rental.returnHeld", at }
      return named === command && !isOut && !isPickup ? { type: "rental.unlockConfirmed", commandId, at } : undefined
    case "REMOVED":
      if (life === "settling") return { type: "rental.returnLost", at }
      return isPickup || (named === command && !isOut) ? { type: "rental.removed", commandId, at } : undefined
    case "RELATCHED":
      return isPickup || life === "uncertain" ? { type: "rental.relatched", commandId, at } : undefined
    case "RETURN_DETECTED":
      if (regionWord(bayValue, "sensor") !== "trusted") return undefined
      // That it was out was seen by nobody: for its shopper it was not taken.
      if (isPickup) return { type: "rental.relatched", commandId, at }
      if (!isOut || identity !== "bay_bound") return undefined
      return { type: "rental.returnSeen", bayId: BayId.make(bay), confidence: "high", at }
    default:
      return undefined
  }
}
