/**
 * The machines by kind, each with its version, its regions and who writes them. A region has one writer, so
 * there is never anything to merge (docs/protocol/ownership.md is printed from this).
 */
import type { AnyStateMachine } from "xstate"
import type { Schema } from "effect"
import type { Host, TwinKind } from "#core/domain/Ids.ts"
import { bayMachine } from "./bay/Bay.machine.ts"
import * as BaySnapshot from "./bay/Bay.snapshot.ts"
import { cartMachine } from "./cart/Cart.machine.ts"
import * as CartSnapshot from "./cart/Cart.snapshot.ts"
import { controllerMachine } from "./controller/Controller.machine.ts"
import * as ControllerSnapshot from "./controller/Controller.snapshot.ts"
import { deviceMachine } from "./device/Device.machine.ts"
import * as DeviceSnapshot from "./device/Device.snapshot.ts"
import { rentalMachine } from "./rental/Rental.machine.ts"
import * as RentalSnapshot from "./rental/Rental.snapshot.ts"
import type { Migrations } from "./Migrations.ts"
import type { MemoryNames } from "./Packed.ts"

/** A machine with all that hosts need to know about it. */
export interface TwinMachine {
  readonly kind: TwinKind
  readonly version: number
  readonly machine: AnyStateMachine
  /** Writer of each region. */
  readonly regions: Readonly<Record<string, Host>>
  readonly Context: Schema.Codec<unknown, unknown>
  readonly memory: MemoryNames
  readonly migrations: Migrations
}

export const machines: Readonly<Record<TwinKind, TwinMachine>> = {
  device: {
    kind: "device",
    machine: deviceMachine,
    regions: { connection: "cloud", sync: "cloud", health: "edge" },
    ...DeviceSnapshot,
  },
  controller: { kind: "controller", machine: controllerMachine, regions: { link: "edge" }, ...ControllerSnapshot },
  bay: {
    kind: "bay",
    machine: bayMachine,
    regions: { latch: "edge", sensor: "edge", service: "edge" },
    ...BaySnapshot,
  },
  cart: { kind: "cart", machine: cartMachine, regions: { dock: "edge", custody: "cloud" }, ...CartSnapshot },
  rental: { kind: "rental", machine: rentalMachine, regions: { life: "cloud" }, ...RentalSnapshot },
}
