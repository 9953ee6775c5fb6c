/**
 * A cart (domain.md §6.2).
 *
 * Regions: `dock`, written by the edge its placement names (is it latched in its bay?), and `custody`, written by the
 * cloud (may it be lent, who has it?). Neither region's events move the other: what a physical edge means for a
 * rental is decided by the rental.
 */
import { assign, setup } from "xstate"
import type { CartEvent } from "#core/domain/Cart.ts"
import { Limits } from "#core/Limits.ts"
import { intents } from "../MachineKit.ts"

export interface CartContext {
  /** The bay whose edge writes the dock region; null while the cart is placed nowhere. */
  readonly bay: string | null
  readonly rental: string | null
}

const toSecured = { "dock.secured": "secured" } as const
const toReleasing = { "dock.releasing": "releasing" } as const
const toReleased = { "dock.released": "released" } as const
const toAway = { "dock.left": "away" } as const
const toUnknown = { "dock.lost": "unknown" } as const

const placed = { "cart.placed": { actions: "place" } } as const
const retired = { "cart.retired": { target: "retired", actions: "endRental" } } as const
const maintenance = { "cart.maintenanceStarted": { target: "maintenance", actions: "endRental" } } as const
const missing = { "cart.wentMissing": "missing" } as const
const returned = { "cart.returned": { target: "available", actions: "endRental" } } as const

export const cartMachine = setup({
  types: { context: {} as CartContext, events: {} as CartEvent },
  actions: {
    ...intents,
    place: assign(({ event }) => (event.type === "cart.placed" ? { bay: event.bayId } : {})),
    takeRental: assign(({ event }) => ("rentalId" in event ? { rental: event.rentalId } : {})),
    endRental: assign({ rental: null }),
  },
  guards: {
    /** The one who reserved it, or nobody in particular. */
    reserver: ({ context, event }) =>
      "rentalId" in event && (context.rental === null || context.rental === event.rentalId),
  },
  delays: { reservation: Limits.reservationMs },
}).createMachine({
  id: "cart",
  type: "parallel",
  context: { bay: null, rental: null },
  states: {
    dock: {
      initial: "unknown",
      states: {
        unknown: { on: { ...toSecured, ...toReleasing, ...toReleased, ...toAway } },
        secured: { on: { ...toReleasing, ...toReleased, ...toAway, ...toUnknown } },
        releasing: { on: { ...toSecured, ...toReleased, ...toAway, ...toUnknown } },
        released: { on: { ...toSecured, ...toReleasing, ...toAway, ...toUnknown } },
        away: { on: { ...toSecured, ...toReleasing, ...toReleased, ...toUnknown } },
      },
    },
    custody: {
      initial: "unplaced",
      states: {
        unplaced: { on: { "cart.placed": { target: "available", actions: "place" }, ...maintenance, ...retired } },
        available: {
          on: {
            ...placed,
            ...retired,
            ...maintenance,
            ...missing,
            "cart.reserved": { target: "reserved", actions: "takeRental" },
            "cart.rented": { target: "rented", actions: "takeRental" },
          },
        },
        reserved: {
          on: {
            ...placed,
            "cart.reservationCancelled": { target: "available", actions: "endRental" },
            "cart.rented": { guard: "reserver", target: "rented", actions: "takeRental" },
          },
          after: { reservation: { target: "available", actions: "endRental" } },
        },
        rented: { on: { ...placed, ...returned, ...missing, "cart.becameOverdue": "overdue" } },
        overdue: { on: { ...placed, ...returned, ...missing } },
        maintenance: { on: { ...placed, ...retired, ...missing, "cart.maintenanceEnded": "available" } },
        missing: {
          on: {
            ...placed,
            ...retired,
            ...maintenance,
            ...returned,
            "cart.found": { target: "maintenance", actions: "endRental" },
          },
        },
        retired: {},
      },
    },
  },
})
