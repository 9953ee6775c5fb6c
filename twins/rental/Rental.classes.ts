/** The situations and cases of a rental. Its guards look at its own command, the carts tried, and the time. */
import { BayId, CartId, CommandId } from "#core/domain/Ids.ts"
import type { CartFound, RentalEvent } from "#core/domain/Rental.ts"
import { Limits } from "#core/Limits.ts"
import { type Case, due, type MachineCases, nowMs, type Situation } from "../MachineCases.fixture.ts"
import { newRental } from "./RentalRules.ts"

const at = nowMs
const minute = 60_000
const hour = 60 * minute
const cart = CartId.make("00000000-0000-4000-8000-0000000000c1")
const otherCart = CartId.make("00000000-0000-4000-8000-0000000000c2")
const bay = BayId.make("00000000-0000-4000-8000-0000000000b1")
const otherBay = BayId.make("00000000-0000-4000-8000-0000000000b2")
const own = CommandId.make("00000000-0000-4000-8000-0000000000d1")
const another = CommandId.make("00000000-0000-4000-8000-0000000000d2")
const reason = "somebody said so"

const policy = { lendMs: 2 * hour, soonMs: 15 * minute, graceMs: 10 * minute, lostMs: 24 * hour }
const tried = { cart, bay, command: own, attempts: 1 }
const taken = { ...tried, pickedUpAt: at, dueAt: at + policy.lendMs }
const ended = { ...taken, returnBay: bay, endedAt: at + hour }
const late = { endedAt: at + 3 * hour }

type Life = Situation["value"][string]
const living = (life: Life, context: Situation["context"] = {}): Situation => ({ value: { life }, context })

type Word<W extends string> = `rental.${W}`
type Evidence = "unlockConfirmed" | "unlockExpired" | "unlockUnknown" | "removed" | "relatched"
const evidence = (word: Evidence, commandId = own): Case => ({
  event: { type: `rental.${word}` as Word<Evidence>, commandId, at },
})
const said = (
  word: "refused" | "noCart" | "cancelled" | "forceCompleted" | "disputed" | "upheld",
  context?: Case["context"],
  when = at,
): Case => ({ event: { type: `rental.${word}`, reason, at: when }, ...(context === undefined ? {} : { context }) })
const failed = (commandId: CommandId, context?: Case["context"]): Case => ({
  event: { type: "rental.unlockFailed", commandId, reason: "no_motion", at },
  ...(context === undefined ? {} : { context }),
})
const found = (where: CartFound): Case => ({ event: { type: "rental.found", where, reason, at } })
const lost = (ms: number): Case => ({ event: { type: "rental.returnLost", at: at + ms } })
/** Ended at an instant by a return that was none, which is found out right after. */
const reopened = (ms: number, context?: Case["context"]): Case => ({
  event: { type: "rental.reopened", bayId: otherBay, reason, at: at + ms },
  context: { ...ended, endedAt: at + ms, ...context },
})
/** Closed at an instant, undone right after. */
const undone = (ms: number, context?: Case["context"]): Case => ({
  event: { type: "rental.undone", at: at + ms },
  context: { ...taken, endedAt: at + ms, ...context },
})
const seen = (ms: number): RentalEvent => ({
  type: "rental.returnSeen",
  bayId: otherBay,
  confidence: "medium",
  at: at + ms,
})
const after = (delay: string, state: string): Case => ({ event: due(`xstate.after.${delay}.rental.life.${state}`) })

export const rentalClasses: MachineCases = {
  kind: "rental",
  situations: {
    "life.new": { value: {} },
    "life.assigning": living("assigning", tried),
    "life.unlocking": living("unlocking", tried),
    "life.verifying": living("verifying", tried),
    "life.uncertain": living("uncertain", tried),
    "life.pickup.waiting": living({ pickup: "waiting" }, tried),
    "life.pickup.nagging": living({ pickup: "nagging" }, tried),
    "life.active.inTime": living({ active: "inTime" }, taken),
    "life.active.dueSoon": living({ active: "dueSoon" }, taken),
    "life.overdue.mild": living({ overdue: "mild" }, taken),
    "life.overdue.serious": living({ overdue: "serious" }, taken),
    "life.overdue.severe": living({ overdue: "severe" }, taken),
    "life.overdue.lost": living({ overdue: "lost" }, taken),
    "life.settling": living("settling", ended),
    "life.returned": living("returned", ended),
    "life.returnedLate": living("returnedLate", { ...ended, ...late }),
    "life.disputed": living("disputed", ended),
    "life.forceCompleted": living("forceCompleted", ended),
    "life.failed": living("failed", tried),
    "life.cancelled": living("cancelled", tried),
    "life.refused": living("refused"),
  },
  cases: {
    requested: { event: { type: "rental.requested", policy, at } },
    refused: said("refused"),
    reserved: { event: { type: "rental.reserved", cartId: cart, bayId: bay, commandId: own, at } },
    noCart: said("noCart", { attempts: 0 }),
    "noCart for a second try": said("noCart", { attempts: 1 }),
    cancelled: said("cancelled", { attempts: 0 }),
    "cancelled in a second try": said("cancelled", { attempts: 1 }),
    unlockConfirmed: evidence("unlockConfirmed"),
    "unlockConfirmed of another": evidence("unlockConfirmed", another),
    unlockFailed: failed(own),
    "unlockFailed the last time": failed(own, { attempts: Limits.rentalAttempts }),
    "unlockFailed of another": failed(another),
    unlockExpired: evidence("unlockExpired"),
    "unlockExpired of another": evidence("unlockExpired", another),
    unlockUnknown: evidence("unlockUnknown"),
    "unlockUnknown of another": evidence("unlockUnknown", another),
    removed: evidence("removed"),
    "removed by another": evidence("removed", another),
    relatched: evidence("relatched"),
    "relatched of another": evidence("relatched", another),
    "found parked": found("parked"),
    "found ajar": found("ajar"),
    "found out": found("out"),
    returnSeen: { event: seen(hour) },
    "returnSeen late": { event: seen(3 * hour) },
    "returnHeld in time": { event: { type: "rental.returnHeld", at: at + 9 * hour } },
    "returnHeld late": { event: { type: "rental.returnHeld", at: at + 9 * hour }, context: late },
    "returnLost in time": lost(hour),
    "returnLost due soon": lost(110 * minute),
    "returnLost overdue": lost(131 * minute),
    "returnLost serious": lost(161 * minute),
    "returnLost severe": lost(191 * minute),
    "returnLost at last": lost(26 * hour),
    extended: { event: { type: "rental.extended", dueAt: at + 4 * hour, at } },
    "extended twice": { event: { type: "rental.extended", dueAt: at + 4 * hour, at }, context: { extended: true } },
    "extended backwards": { event: { type: "rental.extended", dueAt: at + hour, at } },
    storeClosing: { event: { type: "rental.storeClosing", dueAt: at + hour, at } },
    "storeClosing after it is due": { event: { type: "rental.storeClosing", dueAt: at + 4 * hour, at } },
    rehomed: { event: { type: "rental.rehomed", bayId: otherBay, at } },
    "reopened in time": reopened(hour),
    "reopened due soon": reopened(110 * minute),
    "reopened overdue": reopened(131 * minute),
    "reopened serious": reopened(161 * minute),
    "reopened severe": reopened(191 * minute),
    "reopened lost": reopened(26 * hour),
    "reopened too late": reopened(30 * hour, { endedAt: at + hour }),
    forceCompleted: said("forceCompleted"),
    "undone before the pickup": undone(0, { pickedUpAt: null, dueAt: null }),
    "undone in time": undone(hour),
    "undone due soon": undone(110 * minute),
    "undone overdue": undone(131 * minute),
    "undone serious": undone(161 * minute),
    "undone severe": undone(191 * minute),
    "undone lost": undone(26 * hour),
    "undone too late": undone(hour, { endedAt: at + hour - Limits.rentalUndoMs - 1 }),
    disputed: said("disputed"),
    "disputed too late": said("disputed", {}, at + 30 * hour),
    upheld: said("upheld"),
    "upheld late": said("upheld", late),
    "amended to in time": { event: { type: "rental.amended", returnedAt: at + hour, reason, at } },
    "amended to late": { event: { type: "rental.amended", returnedAt: at + 3 * hour, reason, at } },
    "due assign": { ...after("assign", "assigning"), context: { attempts: 0 } },
    "due word": after("word", "unlocking"),
    "due verify": after("verify", "verifying"),
    "due pickup": after("pickup", "pickup.waiting"),
    "due dueSoon": after("dueSoon", "active.inTime"),
    "due overdue": after("overdue", "active.dueSoon"),
    "due serious": after("serious", "overdue.mild"),
    "due severe": after("severe", "overdue.serious"),
    "due lost": after("lost", "overdue.severe"),
    "due hold": after("hold", "settling"),
    "due dispute": after("dispute", "disputed"),
  },
  contexts: [
    {},
    tried,
    { ...tried, excluded: otherCart, attempts: Limits.rentalAttempts },
    taken,
    { ...taken, extended: true },
    ended,
    { ...ended, ...late },
    { ...tried, endedAt: at },
    { ...taken, command: another },
  ].map((memory) => ({ ...newRental, ...policy, ...memory })),
  alike: [],
  finals: ["life.cancelled", "life.refused"],
}
