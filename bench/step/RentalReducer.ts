/** A rental by hand, as far as its trip goes; see `Reducers.ts`. */
import type { Deadline } from "#core/domain/Deadline.ts"
import type { RentalEvent } from "#core/domain/Rental.ts"
import { Limits } from "#core/Limits.ts"

export interface ReducedRental {
  readonly life: string
  readonly cart: string | null
  readonly bay: string | null
  readonly command: string | null
  readonly attempts: number
  readonly lendMs: number
  readonly soonMs: number
  readonly graceMs: number
  readonly lostMs: number
  readonly pickedUpAt: number
  readonly dueAt: number
  readonly returnBay: string | null
  readonly endedAt: number
  readonly due: Deadline | null
  readonly revision: number
  /** How many intents the last event led to. */
  readonly intents: number
}

export const newReducedRental: ReducedRental = {
  life: "new",
  cart: null,
  bay: null,
  command: null,
  attempts: 0,
  lendMs: Limits.rentalMs,
  soonMs: Limits.rentalDueSoonMs,
  graceMs: Limits.rentalGraceMs,
  lostMs: Limits.rentalLostMs,
  pickedUpAt: 0,
  dueAt: 0,
  returnBay: null,
  endedAt: 0,
  due: null,
  revision: 0,
  intents: 0,
}

const dueIn = (delay: string, state: string, dueAt: number): Deadline => ({
  id: `xstate.after.${delay}.rental.life.${state}`,
  dueAt,
})

/** When it is due soon, as XState's deadline. */
const outUntil = (dueAt: number, soonMs: number): Deadline => dueIn("dueSoon", "active.inTime", dueAt - soonMs)

/** An event that cannot be taken gives the same object back. */
export const reduceRental = (rental: ReducedRental, event: RentalEvent): ReducedRental => {
  const { life } = rental
  const to = (next: string, due: Deadline | null, intents = 0): ReducedRental => ({
    ...rental,
    life: next,
    due,
    revision: rental.revision + 1,
    intents,
  })
  const isOut = life.startsWith("active.")
  switch (event.type) {
    case "rental.requested":
      if (life !== "new") return rental
      return { ...to("assigning", dueIn("assign", "assigning", event.at + Limits.rentalAssignMs), 1), ...event.policy }
    case "rental.reserved":
      if (life !== "assigning") return rental
      return {
        ...to("unlocking", dueIn("word", "unlocking", event.at + Limits.reservationMs)),
        cart: event.cartId,
        bay: event.bayId,
        command: event.commandId,
        attempts: rental.attempts + 1,
      }
    case "rental.unlockConfirmed":
      if (life !== "unlocking" || event.commandId !== rental.command) return rental
      return to("pickup.waiting", dueIn("pickup", "pickup.waiting", event.at + Limits.pickupWindowMs))
    case "rental.removed": {
      if (!life.startsWith("pickup.") || event.commandId !== rental.command) return rental
      const dueAt = event.at + rental.lendMs
      return { ...to("active.inTime", outUntil(dueAt, rental.soonMs), 1), pickedUpAt: event.at, dueAt }
    }
    case "rental.returnSeen":
      if (!isOut) return rental
      return {
        ...to("settling", dueIn("hold", "settling", event.at + Limits.returnSettleMs)),
        returnBay: event.bayId,
        endedAt: event.at,
      }
    case "rental.returnLost":
      if (life !== "settling" || event.at >= rental.dueAt - rental.soonMs) return rental
      return { ...to("active.inTime", outUntil(rental.dueAt, rental.soonMs)), returnBay: null, endedAt: 0 }
    case "rental.returnHeld":
      if (life !== "settling") return rental
      return to(rental.endedAt <= rental.dueAt + rental.graceMs ? "returned" : "returnedLate", null, 1)
    case "rental.disputed":
      if (life !== "returned" && life !== "returnedLate") return rental
      if (event.at > rental.endedAt + Limits.rentalDisputeWindowMs) return rental
      return to("disputed", dueIn("dispute", "disputed", event.at + Limits.rentalDisputeMs))
    case "rental.upheld":
      if (life !== "disputed") return rental
      return to(rental.endedAt <= rental.dueAt + rental.graceMs ? "returned" : "returnedLate", null)
    default:
      return rental
  }
}
