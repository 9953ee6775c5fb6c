/**
 * What a rental remembers, and the instants that follow from it. Every instant is absolute, counted from the memory and
 * not from when a state was entered: a rental that comes back from `settling`, or whose pickup is heard of an hour late,
 * is due when it would have been.
 */
import { Limits } from "#core/Limits.ts"
import type { RentalEvent } from "#core/domain/Rental.ts"
import { instantOf } from "../MachineKit.ts"

export interface RentalContext {
  /** The cart it was given, the bay that was opened and the command that did it; the latest attempt's. */
  readonly cart: string | null
  readonly bay: string | null
  readonly command: string | null
  /** Carts that were tried. */
  readonly attempts: number
  /** The cart that did not open and is not tried again. */
  readonly excluded: string | null
  readonly lendMs: number
  readonly soonMs: number
  readonly graceMs: number
  readonly lostMs: number
  /** When the cart was seen to leave its bay; null before. */
  readonly pickedUpAt: number | null
  readonly dueAt: number | null
  readonly extended: boolean
  readonly returnBay: string | null
  /** When it was returned or closed; null while it is open. */
  readonly endedAt: number | null
}

export const newRental: RentalContext = {
  cart: null,
  bay: null,
  command: null,
  attempts: 0,
  excluded: null,
  lendMs: Limits.rentalMs,
  soonMs: Limits.rentalDueSoonMs,
  graceMs: Limits.rentalGraceMs,
  lostMs: Limits.rentalLostMs,
  pickedUpAt: null,
  dueAt: null,
  extended: false,
  returnBay: null,
  endedAt: null,
}

const dueOf = ({ dueAt }: RentalContext): number => dueAt ?? 0

/** When the rental enters each stage of being out, in their order; the first it is in until then. */
export const stages = {
  dueSoon: (context: RentalContext) => dueOf(context) - context.soonMs,
  overdue: (context: RentalContext) => dueOf(context) + context.graceMs,
  serious: (context: RentalContext) => dueOf(context) + context.graceMs + Limits.rentalSeriousMs,
  severe: (context: RentalContext) => dueOf(context) + context.graceMs + Limits.rentalSevereMs,
  lost: (context: RentalContext) => dueOf(context) + context.lostMs,
} as const
type Stage = keyof typeof stages

interface Args {
  readonly context: RentalContext
  readonly event: RentalEvent
}

/** A delay that ends when the stage begins, at once if that has passed. */
export const until =
  (stage: Stage) =>
  ({ context, event }: Args): number =>
    Math.max(0, stages[stage](context) - instantOf(event))

/** True if the event happened before the stage began. */
export const before =
  (stage: Stage) =>
  ({ context, event }: Args): boolean =>
    instantOf(event) < stages[stage](context)

/** True for evidence that answers the command of this rental. */
export const isOwn = ({ context, event }: Args): boolean =>
  "commandId" in event && context.command !== null && event.commandId === context.command

const isInTime = (context: RentalContext, returnedAt: number): boolean => returnedAt <= stages.overdue(context)

/** Judged by when the cart came back, not by when that was found out. */
export const returnedInTime = ({ context }: Args): boolean => isInTime(context, context.endedAt ?? 0)

export const amendedInTime = ({ context, event }: Args): boolean =>
  event.type === "rental.amended" && isInTime(context, event.returnedAt)

export const withinMs =
  (spanMs: number) =>
  ({ context, event }: Args): boolean =>
    instantOf(event) <= (context.endedAt ?? 0) + spanMs

/** A pickup starts the time: it is due so long after the cart left. */
export const pickedUp = ({ context, event }: Args): Partial<RentalContext> => {
  const at = instantOf(event)
  return { pickedUpAt: at, dueAt: at + context.lendMs, endedAt: null, returnBay: null }
}
