/**
 * One round in the life of each twin, as the events its host would feed, with a deadline and a refused event in it. A
 * trip ends in the state it begins in, so it can be taken again and again.
 */
import { BayId, CartId, CommandId, type TwinKind } from "#core/domain/Ids.ts"
import type { BayEvent } from "#core/domain/Bay.ts"
import type { DeadlineDue } from "#core/domain/Deadline.ts"
import type { TwinEventOf } from "#core/domain/TwinEvent.ts"
import { Limits } from "#core/Limits.ts"

const at = 1_795_000_000_000
const bayId = BayId.make("4f6a2b1c-93d0-4a57-8e21-0c5d7be9a310")
const commandId = CommandId.make("b7c0e4d2-5f18-4c6b-9a3e-71d2f80c6e45")
const rentalId = "0e9d3c5a-2b47-4f81-b6d0-94a7c1e83f62"

const due = (id: string, afterMs: number): DeadlineDue => ({
  type: "deadline.due",
  id,
  dueAt: at + afterMs,
  at: at + afterMs,
})
const observed = (hook: "closed" | "open", presence: "present" | "absent"): BayEvent => ({
  type: "bay.observed",
  hook,
  presence,
  at,
})

const bay: ReadonlyArray<TwinEventOf<"bay">> = [
  observed("closed", "present"),
  { type: "bay.unlock", commandId, expiresAt: at + Limits.commandLifetimeMs, at },
  { type: "bay.pulsed", commandId, at },
  due("xstate.after.confirm.bay.latch.releasing.watching", Limits.confirmAfterPulseMs),
  { type: "bay.verified", hook: "closed", presence: "present", at },
  { type: "bay.pulsed", commandId, at },
  observed("open", "present"),
  observed("open", "absent"),
  { type: "bay.unlock", commandId, expiresAt: at + Limits.commandLifetimeMs, at },
  observed("open", "present"),
  observed("closed", "present"),
  due("xstate.after.settle.bay.latch.settling", Limits.returnSettleMs),
  { type: "bay.lost", reason: "controller_silent", at },
]

const controller: ReadonlyArray<TwinEventOf<"controller">> = [
  { type: "controller.answered", at },
  { type: "controller.slowed", roundMs: 1_400, at },
  { type: "controller.answered", at },
  { type: "controller.silenced", at },
  { type: "controller.silenced", at },
  { type: "controller.answered", at },
  { type: "controller.busLost", reason: "the port is gone", at },
  { type: "controller.answered", at },
  { type: "controller.disabled", at },
  { type: "controller.enabled", at },
  due("xstate.after.probeWindow.controller.link.probing", Limits.probeWindowMs),
  { type: "controller.disabled", at },
  { type: "controller.enabled", at },
]

const session = 7
const device: ReadonlyArray<TwinEventOf<"device">> = [
  { type: "device.bootAccepted", session, epoch: 3, at },
  { type: "device.compared", divergences: 0, at },
  { type: "device.healthChanged", health: "degraded", causes: ["a controller is silent"], at },
  { type: "device.willReceived", session, at },
  { type: "device.seen", session, at },
  { type: "device.willReceived", session: session - 1, at },
  { type: "device.compared", divergences: 3, at },
  { type: "device.compared", divergences: 0, at },
  { type: "device.healthChanged", health: "ok", causes: [], at },
  { type: "device.willReceived", session, at },
  due("xstate.after.lostConfirm.device.connection.lost", Limits.lostConfirmMs),
]

const minute = 60_000
const rental: ReadonlyArray<TwinEventOf<"rental">> = [
  {
    type: "rental.requested",
    policy: {
      lendMs: Limits.rentalMs,
      soonMs: Limits.rentalDueSoonMs,
      graceMs: Limits.rentalGraceMs,
      lostMs: Limits.rentalLostMs,
    },
    at,
  },
  { type: "rental.reserved", cartId: CartId.make(rentalId), bayId, commandId, at },
  { type: "rental.unlockConfirmed", commandId, at },
  { type: "rental.removed", commandId, at },
  { type: "rental.removed", commandId, at },
  { type: "rental.returnSeen", bayId, confidence: "high", at: at + minute },
  { type: "rental.returnLost", at: at + minute },
  { type: "rental.returnSeen", bayId, confidence: "high", at: at + 2 * minute },
  { type: "rental.returnHeld", at: at + 2 * minute },
  { type: "rental.disputed", reason: "it was another cart", at: at + 3 * minute },
  { type: "rental.upheld", reason: "it was not", at: at + 4 * minute },
]

const cart: ReadonlyArray<TwinEventOf<"cart">> = [
  { type: "dock.secured", at },
  { type: "cart.placed", bayId, at },
  { type: "cart.reserved", rentalId, at },
  { type: "dock.releasing", at },
  { type: "cart.rented", rentalId, at },
  { type: "dock.released", at },
  { type: "dock.released", at },
  { type: "dock.left", at },
  { type: "cart.becameOverdue", at },
  { type: "dock.secured", at },
  { type: "cart.returned", at },
  { type: "cart.reserved", rentalId, at },
  due("xstate.after.reservation.cart.custody.reserved", Limits.reservationMs),
  { type: "dock.lost", at },
]

/** The events of one trip, by kind of twin. */
export const trips: { readonly [K in TwinKind]: ReadonlyArray<TwinEventOf<K>> } = {
  bay,
  controller,
  device,
  cart,
  rental,
}

/** The event of the trip after which a twin is as it is most of its life: a cart at home, a bay that holds it. */
export const restsAfter: Readonly<Record<TwinKind, number>> = { bay: 0, controller: 0, device: 8, cart: 10, rental: 3 }

/** When every trip begins. */
export const tripBeginsMs = at
