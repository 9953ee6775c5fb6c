/** Every twin that a machine can become, whatever the kind. */
import type { TwinKind } from "#core/domain/Ids.ts"
import { bayClasses } from "./bay/Bay.classes.ts"
import { cartClasses } from "./cart/Cart.classes.ts"
import { controllerClasses } from "./controller/Controller.classes.ts"
import { deviceClasses } from "./device/Device.classes.ts"
import { exploreAll } from "./Exploration.fixture.ts"
import type { MachineCases } from "./MachineCases.fixture.ts"
import { rentalClasses } from "./rental/Rental.classes.ts"
import type { Stored } from "./Stored.ts"

/** The classes of events of every kind. */
export const cases: Readonly<Record<TwinKind, MachineCases>> = {
  bay: bayClasses,
  cart: cartClasses,
  controller: controllerClasses,
  device: deviceClasses,
  rental: rentalClasses,
}

/** The twins that the events of the kind's classes lead to. */
export const reachable = (kind: TwinKind): ReadonlyArray<Stored> => [...exploreAll(cases[kind]).twins.values()]
