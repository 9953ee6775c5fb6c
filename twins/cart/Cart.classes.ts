/** The situations and cases of a cart. One guard looks at its memory: who reserved it? */
import type { CartEvent } from "#core/domain/Cart.ts"
import { BayId } from "#core/domain/Ids.ts"
import { type Case, due, type MachineCases, nowMs, type Situation } from "../MachineCases.fixture.ts"

const at = nowMs
const bay = BayId.make("00000000-0000-4000-8000-00000000000b")
const otherBay = BayId.make("00000000-0000-4000-8000-00000000000c")
const rental = "00000000-0000-4000-8000-0000000000a1"
const otherRental = "00000000-0000-4000-8000-0000000000a2"

const docked = (dock: string): Situation => ({ value: { dock, custody: "available" }, context: { bay } })
const kept = (custody: string, by: string | null = null): Situation => ({
  value: { dock: "secured", custody },
  context: { bay, rental: by },
})

type Plain = Exclude<
  CartEvent["type"],
  "cart.placed" | "cart.reserved" | "cart.rented" | "cart.maintenanceStarted" | "deadline.due"
>
const plain = (type: Plain): Case => ({ event: { type, at } })

export const cartClasses: MachineCases = {
  kind: "cart",
  situations: {
    "dock.unknown": docked("unknown"),
    "dock.secured": docked("secured"),
    "dock.releasing": docked("releasing"),
    "dock.released": docked("released"),
    "dock.away": docked("away"),
    "custody.unplaced": { value: {} },
    "custody.reserved": kept("reserved", rental),
    "custody.rented": kept("rented", rental),
    "custody.overdue": kept("overdue", rental),
    "custody.maintenance": kept("maintenance"),
    "custody.missing": kept("missing", rental),
    "custody.retired": kept("retired"),
  },
  cases: {
    secured: plain("dock.secured"),
    releasing: plain("dock.releasing"),
    released: plain("dock.released"),
    left: plain("dock.left"),
    lost: plain("dock.lost"),
    placed: { event: { type: "cart.placed", bayId: otherBay, at } },
    reserved: { event: { type: "cart.reserved", rentalId: rental, at } },
    reservationCancelled: plain("cart.reservationCancelled"),
    "rented by the reserver": { event: { type: "cart.rented", rentalId: rental, at } },
    "rented by another": { event: { type: "cart.rented", rentalId: otherRental, at } },
    "rented by another while reserved for nobody": {
      event: { type: "cart.rented", rentalId: otherRental, at },
      context: { rental: null },
    },
    becameOverdue: plain("cart.becameOverdue"),
    returned: plain("cart.returned"),
    maintenanceStarted: { event: { type: "cart.maintenanceStarted", reason: "a wheel is stuck", at } },
    maintenanceEnded: plain("cart.maintenanceEnded"),
    wentMissing: plain("cart.wentMissing"),
    found: plain("cart.found"),
    retired: plain("cart.retired"),
    "due reservation": { event: due("xstate.after.reservation.cart.custody.reserved") },
  },
  contexts: [null, bay].flatMap((bay) => [null, rental, otherRental].map((rental) => ({ bay, rental }))),
  alike: [],
  finals: ["custody.retired"],
}
