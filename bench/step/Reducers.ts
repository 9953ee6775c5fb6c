/**
 * What somebody would write by hand instead of machines: the fastest that the events of the trips can be worked off,
 * with the same states, memory, deadlines and number of intents. It knows only what the trips need; the bench proves
 * that it comes to the same states before it measures.
 */
import type { CartEvent } from "#core/domain/Cart.ts"
import type { ControllerEvent } from "#core/domain/Controller.ts"
import type { Deadline } from "#core/domain/Deadline.ts"
import type { DeviceEvent } from "#core/domain/Device.ts"
import { Limits } from "#core/Limits.ts"

interface Reduced {
  readonly due: Deadline | null
  readonly revision: number
  /** How many intents the last event led to. */
  readonly intents: number
}

export interface ReducedCart extends Reduced {
  readonly dock: string
  readonly custody: string
  readonly bay: string | null
  readonly rental: string | null
}
export interface ReducedController extends Reduced {
  readonly link: string
  readonly lostAt: number | null
  readonly problem: string | null
}
export interface ReducedDevice extends Reduced {
  readonly connection: string
  readonly sync: string
  readonly health: string
  readonly session: number
  readonly epoch: number
  readonly divergences: number
  readonly causes: ReadonlyArray<string>
}
export interface ReducedBay extends Reduced {
  readonly latch: string
  readonly sensor: string
  readonly service: string
  readonly hook: string | null
  readonly presence: string | null
  readonly command: string | null
  readonly expiresAt: number
  readonly pulses: number
  readonly failures: number
}

const fresh = { due: null, revision: 0, intents: 0 } as const
export const newCart: ReducedCart = { ...fresh, dock: "unknown", custody: "unplaced", bay: null, rental: null }
export const newController: ReducedController = { ...fresh, link: "probing", lostAt: null, problem: null }
export const newDevice: ReducedDevice = {
  ...fresh,
  connection: "enrolled",
  sync: "unsynced",
  health: "unknown",
  session: 0,
  epoch: 0,
  divergences: 0,
  causes: [],
}
export const newBay: ReducedBay = {
  ...fresh,
  latch: "dark",
  sensor: "trusted",
  service: "inService",
  hook: null,
  presence: null,
  command: null,
  expiresAt: 0,
  pulses: 0,
  failures: 0,
}

const isDue = (due: Deadline | null, event: { readonly id: string; readonly dueAt: number }): boolean =>
  due !== null && due.id === event.id && due.dueAt === event.dueAt

/** An event that cannot be taken gives the same object back. */
export const reduceCart = (cart: ReducedCart, event: CartEvent): ReducedCart => {
  const { custody, dock } = cart
  const revision = cart.revision + 1
  const docked = (to: string): ReducedCart => (dock === to ? cart : { ...cart, dock: to, revision })
  const passed = (to: string, rental: string | null, due: Deadline | null = null): ReducedCart => ({
    ...cart,
    custody: to,
    rental,
    due,
    revision,
  })
  switch (event.type) {
    case "dock.secured":
      return docked("secured")
    case "dock.releasing":
      return docked("releasing")
    case "dock.released":
      return docked("released")
    case "dock.left":
      return docked("away")
    case "dock.lost":
      return docked("unknown")
    case "cart.placed":
      if (custody === "retired") return cart
      return { ...cart, bay: event.bayId, custody: custody === "unplaced" ? "available" : custody, revision }
    case "cart.reserved": {
      const due = {
        id: "xstate.after.reservation.cart.custody.reserved",
        dueAt: event.at + Limits.reservationMs,
      }
      return custody === "available" ? passed("reserved", event.rentalId, due) : cart
    }
    case "cart.rented": {
      const free = custody === "available" || (custody === "reserved" && cart.rental === event.rentalId)
      return free ? passed("rented", event.rentalId) : cart
    }
    case "cart.becameOverdue":
      return custody === "rented" ? passed("overdue", cart.rental) : cart
    case "cart.returned":
      return custody === "rented" || custody === "overdue" ? passed("available", null) : cart
    case "deadline.due":
      return custody === "reserved" && isDue(cart.due, event) ? passed("available", null) : cart
    default:
      return cart
  }
}

export const reduceController = (controller: ReducedController, event: ControllerEvent): ReducedController => {
  const { link } = controller
  const revision = controller.revision + 1
  const lost = (to: string, problem: string | null): ReducedController => ({
    link: to,
    lostAt: event.at,
    problem,
    due: null,
    revision,
    intents: 1,
  })
  switch (event.type) {
    case "controller.answered":
      if (link === "polling" || link === "disabled") return controller
      return { link: "polling", lostAt: null, problem: null, due: null, revision, intents: 0 }
    case "controller.slowed":
      return link === "polling" ? { ...controller, link: "slow", revision, intents: 0 } : controller
    case "controller.silenced":
      return link === "polling" || link === "slow" || link === "probing" ? lost("silent", null) : controller
    case "controller.busLost":
      return link === "busDown" || link === "disabled" ? controller : lost("busDown", event.reason)
    case "controller.disabled":
      return link === "disabled" ? controller : lost("disabled", null)
    case "controller.enabled": {
      if (link !== "disabled") return controller
      const due = { id: "xstate.after.probeWindow.controller.link.probing", dueAt: event.at + Limits.probeWindowMs }
      return { link: "probing", lostAt: null, problem: null, due, revision, intents: 0 }
    }
    case "deadline.due":
      return link === "probing" && isDue(controller.due, event) ? lost("silent", null) : controller
    default:
      return controller
  }
}

export const reduceDevice = (device: ReducedDevice, event: DeviceEvent): ReducedDevice => {
  const { connection, sync } = device
  const revision = device.revision + 1
  switch (event.type) {
    case "device.bootAccepted": {
      const { session, epoch } = event
      if (connection === "decommissioned" || session < device.session) return device
      return { ...device, connection: "online", sync: "comparing", session, epoch, due: null, revision, intents: 1 }
    }
    case "device.compared": {
      if (sync === "unsynced") return device
      const { divergences } = event
      return { ...device, sync: divergences === 0 ? "inSync" : "diverged", divergences, revision, intents: 0 }
    }
    case "device.healthChanged":
      return { ...device, health: event.health, causes: event.causes.slice(0, 16), revision, intents: 0 }
    case "device.willReceived": {
      if (connection !== "online" || event.session !== device.session) return device
      const due = { id: "xstate.after.lostConfirm.device.connection.lost", dueAt: event.at + Limits.lostConfirmMs }
      return { ...device, connection: "lost", due, revision, intents: 0 }
    }
    case "device.seen":
      if (connection !== "lost" || event.session !== device.session) return device
      return { ...device, connection: "online", due: null, revision, intents: 0 }
    case "deadline.due":
      if (connection !== "lost" || !isDue(device.due, event)) return device
      return { ...device, connection: "offline", sync: "unsynced", due: null, revision, intents: 0 }
    default:
      return device
  }
}
