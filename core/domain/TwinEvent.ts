/**
 * Every event of every twin, told apart by kind. The wire carries these, the machines take these, history stores
 * these.
 */
import { Schema } from "effect"
import { BayEvent } from "./Bay.ts"
import { CartEvent } from "./Cart.ts"
import { ControllerEvent } from "./Controller.ts"
import { DeviceEvent } from "./Device.ts"
import type { TwinKind } from "./Ids.ts"
import { RentalEvent } from "./Rental.ts"

export const twinEventSchemas = {
  device: DeviceEvent,
  controller: ControllerEvent,
  bay: BayEvent,
  cart: CartEvent,
  rental: RentalEvent,
} as const

export const TwinEvent = Schema.Union([DeviceEvent, ControllerEvent, BayEvent, CartEvent, RentalEvent])
/** An event of any twin. */
export type TwinEvent = DeviceEvent | ControllerEvent | BayEvent | CartEvent | RentalEvent
/** The events of one kind of twin. */
export type TwinEventOf<K extends TwinKind> = (typeof twinEventSchemas)[K]["Type"]

/** What a bay says, beyond its state, about a transition. Alarms and rentals listen to these. */
export const Announcement = Schema.Literals([
  "UNLOCK_CONFIRMED",
  "UNLOCK_FAILED",
  "UNLOCK_UNKNOWN",
  "REMOVED",
  "RELATCHED",
  "NOT_TAKEN",
  "NOT_LATCHED",
  "ENTRY_ABANDONED",
  "RETURN_DETECTED",
  "RELEASED_UNCOMMANDED",
  "REMOVED_UNCOMMANDED",
  "BAY_LATCHED_EMPTY",
  "JAMMED",
])
export type Announcement = typeof Announcement.Type
