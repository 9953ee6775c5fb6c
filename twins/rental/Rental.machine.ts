/**
 * A rental from the request to the return (domain.md §6.4). One region, `life`, written by the cloud.
 *
 * It is `active` only after its own cart was seen to leave its bay, whatever was confirmed, and it ends by evidence that
 * a cart came back, however late that is. An unlock whose outcome nobody saw is neither success nor failure: it waits in
 * `verifying`, then `uncertain`. Evidence that comes after it was given up (`failed`) opens it again.
 *
 * Not here: which cart is chosen (`chooseCart`), which rental a return belongs to, who may ask, and what a text says.
 * `new` has no time limit: who makes a rental asks in the same transaction.
 */
import { and, assign, not, setup } from "xstate"
import type { RentalEvent } from "#core/domain/Rental.ts"
import { Limits } from "#core/Limits.ts"
import type { IntentParams } from "../Intent.ts"
import { intents } from "../MachineKit.ts"
import * as Rules from "./RentalRules.ts"

const tell = (about: IntentParams["tellShopper"]["about"]) => ({ type: "tellShopper", params: { about } }) as const

/** The cart left its bay under this rental's command. */
const removed = {
  guard: "own",
  target: "#rental.life.active.inTime",
  actions: ["pickUp", tell("started")],
} as const
const opened = { guard: "own", target: "#rental.life.pickup.waiting" } as const
const failed = [
  { guard: "own, and another cart may be tried", target: "#rental.life.assigning", actions: "exclude" },
  { guard: "own", target: "#rental.life.failed" },
] as const
const givenUp = { guard: "own", target: "#rental.life.failed" } as const
const notTaken = { guard: "own", target: "#rental.life.cancelled", actions: "end" } as const

const found = [
  { guard: { type: "foundIs", params: { where: "parked" } }, target: "#rental.life.failed" },
  { guard: { type: "foundIs", params: { where: "ajar" } }, target: "#rental.life.pickup.waiting" },
  {
    guard: { type: "foundIs", params: { where: "out" } },
    target: "#rental.life.active.inTime",
    actions: ["pickUp", tell("started")],
  },
] as const

const forced = { target: "#rental.life.forceCompleted", actions: "end" } as const
const returnSeen = { target: "#rental.life.settling", actions: "takeReturn" } as const
const held = [
  { guard: "returned in time", target: "#rental.life.returned", actions: tell("returned") },
  { target: "#rental.life.returnedLate", actions: tell("returnedLate") },
] as const
const stands = [
  { guard: "returned in time", target: "#rental.life.returned" },
  { target: "#rental.life.returnedLate" },
] as const

/** Where the time says that a rental is whose return was none; `first` must hold beside. */
const goesOn = <const G extends string>(first: G) =>
  [
    { guard: `${first}, before due soon`, target: "#rental.life.active.inTime", actions: "reopen" },
    { guard: `${first}, before overdue`, target: "#rental.life.active.dueSoon", actions: "reopen" },
    { guard: `${first}, before serious`, target: "#rental.life.overdue.mild", actions: "reopen" },
    { guard: `${first}, before severe`, target: "#rental.life.overdue.serious", actions: "reopen" },
    { guard: `${first}, before lost`, target: "#rental.life.overdue.severe", actions: "reopen" },
    { guard: first, target: "#rental.life.overdue.lost", actions: "reopen" },
  ] as const

/** While the cart is out. */
const out = {
  "rental.returnSeen": returnSeen,
  "rental.rehomed": { actions: "rehome" },
  "rental.forceCompleted": forced,
  "rental.extended": { guard: "extendable", target: "#rental.life.active.inTime", actions: "extend" },
} as const

const ended = {
  "rental.disputed": { guard: "disputable", target: "#rental.life.disputed" },
  "rental.reopened": goesOn("disputable"),
} as const

export const rentalMachine = setup({
  types: { context: {} as Rules.RentalContext, events: {} as RentalEvent },
  actions: {
    ...intents,
    takePolicy: assign(({ event }) => (event.type === "rental.requested" ? event.policy : {})),
    takeCart: assign(({ context, event }) =>
      event.type === "rental.reserved"
        ? { cart: event.cartId, bay: event.bayId, command: event.commandId, attempts: context.attempts + 1 }
        : {},
    ),
    exclude: assign({ excluded: ({ context }) => context.cart }),
    pickUp: assign(Rules.pickedUp),
    takeReturn: assign(({ event }) =>
      event.type === "rental.returnSeen" ? { returnBay: event.bayId, endedAt: event.at } : {},
    ),
    forgetReturn: assign({ returnBay: null, endedAt: null }),
    rehome: assign(({ event }) => (event.type === "rental.rehomed" ? { bay: event.bayId } : {})),
    reopen: assign(({ event }) =>
      event.type === "rental.reopened" ? { bay: event.bayId, returnBay: null, endedAt: null } : {},
    ),
    bringForward: assign(({ event }) => (event.type === "rental.storeClosing" ? { dueAt: event.dueAt } : {})),
    extend: assign(({ event }) => (event.type === "rental.extended" ? { dueAt: event.dueAt, extended: true } : {})),
    end: assign(({ event }) => ({ endedAt: event.at })),
    amend: assign(({ event }) => (event.type === "rental.amended" ? { endedAt: event.returnedAt } : {})),
  },
  guards: {
    own: Rules.isOwn,
    untried: ({ context }) => context.attempts === 0,
    mayRetry: ({ context }) => context.attempts < Limits.rentalAttempts,
    neverOut: ({ context }) => context.pickedUpAt === null,
    foundIs: ({ event }, params: { readonly where: string }) =>
      event.type === "rental.found" && event.where === params.where,
    extendable: ({ context, event }) =>
      event.type === "rental.extended" && !context.extended && event.dueAt > (context.dueAt ?? 0),
    "due earlier": ({ context, event }) => event.type === "rental.storeClosing" && event.dueAt < (context.dueAt ?? 0),
    "returned in time": Rules.returnedInTime,
    "amended in time": Rules.amendedInTime,
    "before due soon": Rules.before("dueSoon"),
    "before overdue": Rules.before("overdue"),
    "before serious": Rules.before("serious"),
    "before severe": Rules.before("severe"),
    "before lost": Rules.before("lost"),
    undoable: Rules.withinMs(Limits.rentalUndoMs),
    disputable: Rules.withinMs(Limits.rentalDisputeWindowMs),
    /** A dispute has been asked for in time, and may take its own. */
    disputed: () => true,
    "own, and another cart may be tried": and(["own", "mayRetry"]),
    "undoable, never out": and(["undoable", "neverOut"]),
    "undoable, before due soon": and(["undoable", "before due soon"]),
    "undoable, before overdue": and(["undoable", "before overdue"]),
    "undoable, before serious": and(["undoable", "before serious"]),
    "undoable, before severe": and(["undoable", "before severe"]),
    "undoable, before lost": and(["undoable", "before lost"]),
    "disputable, before due soon": and(["disputable", "before due soon"]),
    "disputable, before overdue": and(["disputable", "before overdue"]),
    "disputable, before serious": and(["disputable", "before serious"]),
    "disputable, before severe": and(["disputable", "before severe"]),
    "disputable, before lost": and(["disputable", "before lost"]),
    "disputed, before due soon": and(["disputed", "before due soon"]),
    "disputed, before overdue": and(["disputed", "before overdue"]),
    "disputed, before serious": and(["disputed", "before serious"]),
    "disputed, before severe": and(["disputed", "before severe"]),
    "disputed, before lost": and(["disputed", "before lost"]),
    tried: not("untried"),
  },
  delays: {
    assign: Limits.rentalAssignMs,
    word: Limits.reservationMs,
    verify: Limits.rentalVerifyMs,
    pickup: Limits.pickupWindowMs,
    hold: Limits.returnSettleMs,
    dispute: Limits.rentalDisputeMs,
    dueSoon: Rules.until("dueSoon"),
    overdue: Rules.until("overdue"),
    serious: Rules.until("serious"),
    severe: Rules.until("severe"),
    lost: Rules.until("lost"),
  },
}).createMachine({
  id: "rental",
  type: "parallel",
  context: Rules.newRental,
  states: {
    life: {
      initial: "new",
      states: {
        new: {
          on: {
            "rental.requested": { target: "assigning", actions: "takePolicy" },
            "rental.refused": "refused",
            "rental.cancelled": "cancelled",
          },
        },
        assigning: {
          entry: { type: "chooseCart", params: ({ context }) => ({ excluded: context.excluded }) },
          on: {
            "rental.reserved": { target: "unlocking", actions: "takeCart" },
            "rental.noCart": [{ guard: "tried", target: "failed" }, { target: "refused" }],
            "rental.cancelled": { guard: "untried", target: "cancelled" },
            "rental.unlockConfirmed": opened,
            "rental.removed": removed,
          },
          after: { assign: [{ guard: "tried", target: "failed" }, { target: "refused" }] },
        },
        unlocking: {
          on: {
            "rental.unlockConfirmed": opened,
            "rental.unlockFailed": failed,
            "rental.unlockExpired": givenUp,
            "rental.unlockUnknown": { guard: "own", target: "verifying" },
            "rental.removed": removed,
          },
          after: { word: "verifying" },
        },
        verifying: {
          on: {
            "rental.unlockConfirmed": opened,
            // Whoever asked may be gone by now: no other lock is opened for nobody.
            "rental.unlockFailed": givenUp,
            "rental.unlockExpired": givenUp,
            "rental.removed": removed,
            "rental.found": found,
            "rental.forceCompleted": forced,
          },
          after: { verify: "uncertain" },
        },
        uncertain: {
          on: {
            "rental.unlockConfirmed": opened,
            "rental.unlockFailed": givenUp,
            "rental.unlockExpired": givenUp,
            "rental.removed": removed,
            "rental.relatched": notTaken,
            "rental.found": found,
            "rental.forceCompleted": forced,
          },
        },
        pickup: {
          initial: "waiting",
          on: {
            "rental.removed": removed,
            "rental.relatched": notTaken,
            "rental.found": found,
            "rental.forceCompleted": forced,
          },
          states: {
            waiting: { after: { pickup: { target: "nagging", actions: tell("notTaken") } } },
            nagging: {},
          },
        },
        active: {
          initial: "inTime",
          on: {
            ...out,
            "rental.storeClosing": {
              guard: "due earlier",
              target: "#rental.life.active.inTime",
              actions: "bringForward",
            },
          },
          states: {
            inTime: { after: { dueSoon: { target: "dueSoon", actions: tell("dueSoon") } } },
            dueSoon: { after: { overdue: { target: "#rental.life.overdue.mild", actions: tell("overdue") } } },
          },
        },
        overdue: {
          initial: "mild",
          on: out,
          states: {
            mild: { after: { serious: "serious" } },
            serious: { after: { severe: "severe" } },
            severe: { after: { lost: { target: "lost", actions: tell("lost") } } },
            lost: {},
          },
        },
        settling: {
          on: {
            "rental.returnHeld": held,
            "rental.returnLost": [
              { guard: "before due soon", target: "active.inTime", actions: "forgetReturn" },
              { guard: "before overdue", target: "active.dueSoon", actions: "forgetReturn" },
              { guard: "before serious", target: "overdue.mild", actions: "forgetReturn" },
              { guard: "before severe", target: "overdue.serious", actions: "forgetReturn" },
              { guard: "before lost", target: "overdue.severe", actions: "forgetReturn" },
              { target: "overdue.lost", actions: "forgetReturn" },
            ],
          },
          after: { hold: held },
        },
        returned: { on: ended },
        returnedLate: { on: ended },
        disputed: {
          on: {
            "rental.upheld": stands,
            "rental.reopened": goesOn("disputed"),
            "rental.amended": [
              { guard: "amended in time", target: "returned", actions: "amend" },
              { target: "returnedLate", actions: "amend" },
            ],
          },
          after: { dispute: stands },
        },
        forceCompleted: {
          on: {
            "rental.undone": [
              { guard: "undoable, never out", target: "uncertain", actions: "forgetReturn" },
              { guard: "undoable, before due soon", target: "active.inTime", actions: "forgetReturn" },
              { guard: "undoable, before overdue", target: "active.dueSoon", actions: "forgetReturn" },
              { guard: "undoable, before serious", target: "overdue.mild", actions: "forgetReturn" },
              { guard: "undoable, before severe", target: "overdue.serious", actions: "forgetReturn" },
              { guard: "undoable, before lost", target: "overdue.severe", actions: "forgetReturn" },
              { guard: "undoable", target: "overdue.lost", actions: "forgetReturn" },
            ],
          },
        },
        failed: { on: { "rental.unlockConfirmed": opened, "rental.removed": removed } },
        cancelled: {},
        refused: {},
      },
    },
  },
})
