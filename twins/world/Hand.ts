/**
 * A hand at a simulated bay: what somebody standing there can do to it. Each verb either does it or refuses in words
 * that say what to do first; nothing is half done. People's hands, buttons and the command line share these verbs.
 */
import type { SimulationVerb } from "#core/api/Api.ts"
import type { FaultName } from "./FaultCatalogue.ts"
import type { SimBay } from "./SimBay.ts"
import type { SimBoard } from "./SimBoard.ts"

/** `mislatch` pushes a cart in without the hook catching it, as shoppers do; the rest is the API's. */
export type HandVerb = SimulationVerb | "mislatch"
export const handVerbs: ReadonlyArray<HandVerb> = [
  "take",
  "return",
  "mislatch",
  "jam",
  "free",
  "silence",
  "cut-wire",
  "restore",
]

/** True for the name of a verb. */
export const isHandVerb = (name: string): name is HandVerb => (handVerbs as ReadonlyArray<string>).includes(name)

export type Acted = { readonly done: string } | { readonly refused: string }

/** Where the hand is. */
export interface HandPlace {
  readonly bay: SimBay
  readonly board: SimBoard
  /** A cart that is out and may be pushed into this bay: its own one first. */
  readonly cartToReturn: () => string | undefined
}

const done = (done: string): Acted => ({ done })
const refused = (refused: string): Acted => ({ refused })

const take = ({ bay }: HandPlace, atMs: number): Acted => {
  const { label } = bay.plan
  if (bay.cart === null) return refused(`there is no cart in ${label}`)
  if (bay.hookAt(atMs) === "closed") return refused(`the hook of ${label} is closed: unlock it first`)
  bay.pull()
  return done(`the cart of ${label} is pulled out`)
}

/** Brings a cart into the bay's mouth; the refusal if that is not possible. */
const enter = ({ bay, cartToReturn }: HandPlace, atMs: number): string | undefined => {
  const { label } = bay.plan
  const isClosed = bay.hookAt(atMs) === "closed"
  if (bay.cart !== null) return isClosed ? `the cart in ${label} is latched already` : undefined
  if (isClosed) return `the hook of ${label} is closed although no cart is in it: unlock it first`
  const cart = cartToReturn()
  if (cart === undefined) return `no cart is out that could be pushed into ${label}`
  bay.place(cart)
  return undefined
}

const giveBack = (place: HandPlace, atMs: number): Acted => {
  const refusal = enter(place, atMs)
  if (refusal !== undefined) return refused(refusal)
  const { label } = place.bay.plan
  return place.bay.push()
    ? done(`the cart is pushed into ${label} and latched`)
    : done(`the cart is pushed into ${label}, but the jammed hook did not catch it`)
}

const mislatch = (place: HandPlace, atMs: number): Acted => {
  if (place.bay.cart !== null) return refused(`a cart is in ${place.bay.plan.label} already`)
  const refusal = enter(place, atMs)
  return refusal === undefined
    ? done(`the cart is pushed into ${place.bay.plan.label}, but not far enough to latch`)
    : refused(refusal)
}

const breakBay = ({ bay }: HandPlace, fault: FaultName, what: string): Acted =>
  bay.breakWith(fault)
    ? done(`${what} of ${bay.plan.label}`)
    : refused(`that is so already: ${what} of ${bay.plan.label}`)

const restore = ({ bay, board }: HandPlace): Acted => {
  const ended = [...bay.mend(), ...board.mend()]
  const { label } = bay.plan
  return done(
    ended.length === 0
      ? `${label} and its board ${board.address} had no fault`
      : `${label} and its board ${board.address} work again (${ended.join(", ")} ended)`,
  )
}

/** Lets the hand do it. */
export const actByHand = (place: HandPlace, verb: HandVerb, atMs: number): Acted => {
  const { bay, board } = place
  switch (verb) {
    case "take":
      return take(place, atMs)
    case "return":
      return giveBack(place, atMs)
    case "mislatch":
      return mislatch(place, atMs)
    case "jam":
      return breakBay(place, "lockJammed", "jammed: the lock")
    case "cut-wire":
      return breakBay(place, "sensorWireCut", "cut: the wire of the hook sensor")
    case "free":
      return bay.mend("lockJammed").length > 0
        ? done(`the lock of ${bay.plan.label} moves again`)
        : refused(`the lock of ${bay.plan.label} is not jammed`)
    case "silence":
      return board.breakWith("boardSilent")
        ? done(`board ${board.address}, the board of ${bay.plan.label}, answers nothing`)
        : refused(`board ${board.address}, the board of ${bay.plan.label}, is silent already`)
    case "restore":
      return restore(place)
  }
}
