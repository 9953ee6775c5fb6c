/**
 * Every event somebody could give a twin now, each filled in so that it fits what the twin remembers: its own command, its
 * own session, its pending deadlines. For "why not?" and for the sandbox; nothing here decides what is possible.
 */
import type { BayEvent } from "#core/domain/Bay.ts"
import type { CartEvent } from "#core/domain/Cart.ts"
import type { ControllerEvent } from "#core/domain/Controller.ts"
import type { DeviceEvent } from "#core/domain/Device.ts"
import { BayId, CartId, CommandId, type TwinKind } from "#core/domain/Ids.ts"
import type { RentalEvent } from "#core/domain/Rental.ts"
import type { TwinEvent } from "#core/domain/TwinEvent.ts"
import { Limits } from "#core/Limits.ts"
import type { Stored } from "../Stored.ts"

const nobody = "00000000-0000-4000-8000-000000000000"

const remembered = ({ context }: Stored, name: string): string | undefined => {
  const value = context[name]
  return typeof value === "string" ? value : undefined
}

const counted = ({ context }: Stored, name: string): number => {
  const value = context[name]
  return typeof value === "number" ? value : 0
}

const ofBay = (stored: Stored, at: number): ReadonlyArray<BayEvent> => {
  const commandId = CommandId.make(remembered(stored, "command") ?? nobody)
  const readings = (["closed", "open"] as const).flatMap((hook) =>
    (["present", "absent"] as const).map((presence) => ({ hook, presence, at })),
  )
  return [
    ...readings.map((reading) => ({ type: "bay.observed" as const, ...reading })),
    { type: "bay.lost", reason: "controller_silent", at },
    { type: "bay.unlock", commandId: CommandId.make(nobody), expiresAt: at + Limits.commandLifetimeMs, at },
    { type: "bay.pulsed", commandId, at },
    { type: "bay.pulseRefused", commandId, reason: "controller_silent", at },
    { type: "bay.pulseRefused", commandId, reason: "expired", at },
    { type: "bay.pulseUncertain", commandId, at },
    ...readings.map((reading) => ({ type: "bay.verified" as const, ...reading })),
    { type: "bay.unverified", at },
    { type: "bay.flapping", at },
    { type: "bay.steady", at },
    { type: "bay.serviceSet", service: "inService", at },
    { type: "bay.serviceSet", service: "returnOnly", at },
    { type: "bay.serviceSet", service: "maintenance", at },
    { type: "bay.serviceSet", service: "disabled", at },
    { type: "bay.jamCleared", at },
  ]
}

const ofCart = (stored: Stored, at: number): ReadonlyArray<CartEvent> => {
  const rentalId = remembered(stored, "rental") ?? "what-if"
  return [
    { type: "dock.secured", at },
    { type: "dock.releasing", at },
    { type: "dock.released", at },
    { type: "dock.left", at },
    { type: "dock.lost", at },
    { type: "cart.placed", bayId: BayId.make(remembered(stored, "bay") ?? nobody), at },
    { type: "cart.reserved", rentalId, at },
    { type: "cart.reservationCancelled", at },
    { type: "cart.rented", rentalId, at },
    { type: "cart.becameOverdue", at },
    { type: "cart.returned", at },
    { type: "cart.maintenanceStarted", reason: "what if", at },
    { type: "cart.maintenanceEnded", at },
    { type: "cart.wentMissing", at },
    { type: "cart.found", at },
    { type: "cart.retired", at },
  ]
}

const ofController = (_: Stored, at: number): ReadonlyArray<ControllerEvent> => [
  { type: "controller.answered", at },
  { type: "controller.slowed", roundMs: 2 * Limits.slowRoundMs, at },
  { type: "controller.silenced", at },
  { type: "controller.garbled", at },
  { type: "controller.busLost", reason: "what if", at },
  { type: "controller.disabled", at },
  { type: "controller.enabled", at },
]

const ofDevice = (stored: Stored, at: number): ReadonlyArray<DeviceEvent> => {
  const session = Math.max(1, counted(stored, "session"))
  const next = { session: session + 1, at }
  return [
    { type: "device.bootAccepted", ...next, epoch: counted(stored, "epoch") + 1 },
    { type: "device.bootPended", ...next },
    { type: "device.bootRejected", ...next, reason: "what if" },
    { type: "device.willReceived", session, at },
    { type: "device.silenced", at },
    { type: "device.seen", session, at },
    { type: "device.compared", divergences: 0, at },
    { type: "device.compared", divergences: 1, at },
    { type: "device.decommissioned", at },
    { type: "device.healthChanged", health: "ok", causes: [], at },
    { type: "device.healthChanged", health: "degraded", causes: ["what if"], at },
    { type: "device.healthChanged", health: "faulted", causes: ["what if"], at },
  ]
}

const ofRental = (stored: Stored, at: number): ReadonlyArray<RentalEvent> => {
  const commandId = CommandId.make(remembered(stored, "command") ?? nobody)
  const bayId = BayId.make(remembered(stored, "bay") ?? nobody)
  const policy = {
    lendMs: Limits.rentalMs,
    soonMs: Limits.rentalDueSoonMs,
    graceMs: Limits.rentalGraceMs,
    lostMs: Limits.rentalLostMs,
  }
  const reason = "what if"
  return [
    { type: "rental.requested", policy, at },
    { type: "rental.refused", reason, at },
    {
      type: "rental.reserved",
      cartId: CartId.make(nobody),
      bayId: BayId.make(nobody),
      commandId: CommandId.make(nobody),
      at,
    },
    { type: "rental.noCart", reason, at },
    { type: "rental.cancelled", reason, at },
    { type: "rental.unlockConfirmed", commandId, at },
    { type: "rental.unlockFailed", commandId, reason, at },
    { type: "rental.unlockExpired", commandId, at },
    { type: "rental.unlockUnknown", commandId, at },
    { type: "rental.removed", commandId, at },
    { type: "rental.relatched", commandId, at },
    { type: "rental.found", where: "parked", reason, at },
    { type: "rental.found", where: "ajar", reason, at },
    { type: "rental.found", where: "out", reason, at },
    { type: "rental.returnSeen", bayId, confidence: "high", at },
    { type: "rental.returnHeld", at },
    { type: "rental.returnLost", at },
    { type: "rental.extended", dueAt: Math.max(at, counted(stored, "dueAt")) + Limits.rentalMs, at },
    { type: "rental.storeClosing", dueAt: at + Limits.rentalGraceMs, at },
    { type: "rental.rehomed", bayId, at },
    { type: "rental.reopened", bayId, reason, at },
    { type: "rental.forceCompleted", reason, at },
    { type: "rental.undone", at },
    { type: "rental.disputed", reason, at },
    { type: "rental.upheld", reason, at },
    { type: "rental.amended", returnedAt: at, reason, at },
  ]
}

const candidates: Readonly<Record<TwinKind, (stored: Stored, at: number) => ReadonlyArray<TwinEvent>>> = {
  bay: ofBay,
  cart: ofCart,
  controller: ofController,
  device: ofDevice,
  rental: ofRental,
}

/** The events that could be given to a twin at an instant (milliseconds UTC), in the order of its schema, deadlines last. */
export const candidatesFor = (stored: Stored, atMs: number): ReadonlyArray<TwinEvent> => [
  ...candidates[stored.machine](stored, atMs),
  ...stored.deadlines.map((due) => ({ type: "deadline.due" as const, ...due, at: Math.max(due.dueAt, atMs) })),
]
