/**
 * What a rental's state means for who has its cart: the events that bring the cart's custody region there. A cart is set
 * free only by a rental that has ended, and a rental only fails when the unlock was refused for certain or is too late.
 */
import type { CartEvent } from "#core/domain/Cart.ts"
import { regionWord } from "../Words.ts"
import type { Stored } from "../Stored.ts"

/** Takes the rental's and the cart's values; gives the events to feed the cart, in order, none if it is there already. */
export const custodyEvents = (
  rentalId: string,
  rental: Stored["value"],
  cart: Stored,
  at: number,
): ReadonlyArray<CartEvent> => {
  const life = regionWord(rental, "life")
  const custody = regionWord(cart.value, "custody")
  const has = cart.context["rental"] === rentalId
  if (life === "overdue.lost") return custody === "missing" ? [] : [{ type: "cart.wentMissing", at }]
  if (life.startsWith("active.")) {
    const rented: CartEvent = { type: "cart.rented", rentalId, at }
    // Given up for missing, and out with its rental after all.
    if (custody === "missing") return [{ type: "cart.returned", at }, rented]
    return custody === "rented" && has ? [] : [rented]
  }
  if (life.startsWith("overdue.")) {
    if (custody === "overdue" || custody === "missing") return []
    const overdue: CartEvent = { type: "cart.becameOverdue", at }
    return custody === "rented" ? [overdue] : [{ type: "cart.rented", rentalId, at }, overdue]
  }
  if (!has) return []
  // `assigning`: the cart that did not open is given back before another is chosen.
  if (life === "assigning" || life === "failed" || life === "cancelled" || life === "refused") {
    return custody === "reserved" ? [{ type: "cart.reservationCancelled", at }] : []
  }
  // Whoever looks late finds a rental that is over already and a cart that was never said to be out.
  const out: ReadonlyArray<CartEvent> = custody === "reserved" ? [{ type: "cart.rented", rentalId, at }] : []
  if (life === "settling") return out
  if (life === "returned" || life === "returnedLate") return [...out, { type: "cart.returned", at }]
  if (life === "forceCompleted") {
    if (custody === "reserved") return [{ type: "cart.reservationCancelled", at }]
    if (regionWord(cart.value, "dock") === "secured") return [{ type: "cart.returned", at }]
    return custody === "missing" ? [] : [{ type: "cart.wentMissing", at }]
  }
  return []
}

const closed = new Set(["returned", "returnedLate", "disputed", "forceCompleted", "failed", "cancelled", "refused"])

/** True while the cart and the shopper are bound to the rental. */
export const isOpenRental = (value: Stored["value"]): boolean => !closed.has(regionWord(value, "life"))
