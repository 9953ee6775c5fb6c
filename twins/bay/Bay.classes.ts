/**
 * The situations and cases of a bay, and the classes of memory that its guards tell apart: is an unlock unseen or in
 * flight, how many pulses and failures has it had, what was read last.
 */
import type { BayEvent, Hook, LostReason, Presence, PulseRefusal } from "#core/domain/Bay.ts"
import { CommandId } from "#core/domain/Ids.ts"
import { Limits } from "#core/Limits.ts"
import { type Case, due, type MachineCases, nowMs, type Situation } from "../MachineCases.fixture.ts"

const at = nowMs
/** The unlock in flight. */
export const commandId = CommandId.make("00000000-0000-4000-8000-000000000001")
/** Any other unlock. */
export const otherId = CommandId.make("00000000-0000-4000-8000-000000000002")
export const expiresAtMs = nowMs + Limits.commandLifetimeMs

const closedPresent = { hook: "closed", presence: "present" } as const
const closedAbsent = { hook: "closed", presence: "absent" } as const
const openPresent = { hook: "open", presence: "present" } as const
const openAbsent = { hook: "open", presence: "absent" } as const
const unread = { hook: null, presence: null } as const
const readings = { closedPresent, closedAbsent, openPresent, openAbsent }

const pending = (pulses: number) => ({ command: commandId, expiresAt: expiresAtMs, pulses })
const resting = (latch: string, reading: object): Situation => ({ value: { latch }, context: { ...reading } })
const ajar = (state: string): Situation => ({ value: { latch: { ajar: state } }, context: openPresent })
const releasing = (state: string, pulses: number): Situation => ({
  value: { latch: { releasing: state } },
  context: { ...closedPresent, ...pending(pulses) },
})

const observed = (reading: { hook: Hook; presence: Presence }): BayEvent => ({ type: "bay.observed", ...reading, at })
const verified = (reading: { hook: Hook; presence: Presence }, atMs = at): BayEvent => ({
  type: "bay.verified",
  ...reading,
  at: atMs,
})
const lost = (reason: LostReason): Case => ({ event: { type: "bay.lost", reason, at } })
const refused = (reason: PulseRefusal, context: Case["context"] = {}, id = commandId): Case => ({
  event: { type: "bay.pulseRefused", commandId: id, reason, at },
  context,
})
const unlock: BayEvent = { type: "bay.unlock", commandId, expiresAt: expiresAtMs, at }
const pulsed: BayEvent = { type: "bay.pulsed", commandId, at }
const uncertain: BayEvent = { type: "bay.pulseUncertain", commandId, at }
const steady: BayEvent = { type: "bay.steady", at }

const suspect = { sensor: "suspect" } as const
const once = { failures: Limits.failuresUntilJammed - 1 }
const jammed = { failures: Limits.failuresUntilJammed }

const cases: Readonly<Record<string, Case>> = {
  "observed closed present": { event: observed(closedPresent) },
  "observed closed present after two failures": { event: observed(closedPresent), context: jammed },
  "observed closed present with an unlock unseen": { event: observed(closedPresent), context: pending(1) },
  "observed closed present with an unlock not known to be pulsed": {
    event: observed(closedPresent),
    context: { ...pending(0), ...once },
  },
  "observed closed present with a second unlock unseen": {
    event: observed(closedPresent),
    context: { ...pending(1), ...once },
  },
  "observed closed absent": { event: observed(closedAbsent) },
  "observed closed absent with an unlock unseen": { event: observed(closedAbsent), context: pending(1) },
  "observed open present": { event: observed(openPresent) },
  "observed open present with an unlock unseen": { event: observed(openPresent), context: pending(1) },
  "observed open absent": { event: observed(openAbsent) },
  "observed open absent with an unlock unseen": { event: observed(openAbsent), context: pending(1) },
  "observed open present by a doubtful sensor": { event: observed(openPresent), value: suspect },
  "lost controller_silent": lost("controller_silent"),
  "lost bus_down": lost("bus_down"),
  "lost restart": lost("restart"),
  "lost disabled": lost("disabled"),
  unlock: { event: unlock },
  "unlock with an unlock unseen": { event: { ...unlock, commandId: otherId }, context: pending(1) },
  "unlock for return only": { event: unlock, value: { service: "returnOnly" } },
  "unlock in maintenance": { event: unlock, value: { service: "maintenance" } },
  "unlock when disabled": { event: unlock, value: { service: "disabled" } },
  "unlock with a doubtful sensor": { event: unlock, value: suspect },
  pulsed: { event: pulsed },
  "pulsed with an unlock unseen": { event: pulsed, context: pending(0) },
  "pulsed for the second time": { event: pulsed, context: pending(1) },
  "pulsed and already open": { event: pulsed, context: { ...pending(0), ...openPresent } },
  "pulsed and already gone": { event: pulsed, context: { ...pending(0), ...openAbsent } },
  "pulsed and already open by a doubtful sensor": {
    event: pulsed,
    value: suspect,
    context: { ...pending(0), ...openPresent },
  },
  "pulsed for another unlock": { event: { ...pulsed, commandId: otherId } },
  pulseUncertain: { event: uncertain },
  "pulseUncertain with an unlock unseen": { event: uncertain, context: pending(0) },
  "pulseUncertain for another unlock": { event: { ...uncertain, commandId: otherId } },
  "pulseRefused controller_silent": refused("controller_silent"),
  "pulseRefused bus_down": refused("bus_down"),
  "pulseRefused busy": refused("busy"),
  "pulseRefused expired": refused("expired"),
  "pulseRefused with an unlock unseen": refused("controller_silent", pending(0)),
  "pulseRefused for an empty bay": refused("busy", { ...pending(0), ...closedAbsent }),
  "pulseRefused for a jammed bay": refused("busy", { ...pending(0), ...jammed }),
  "pulseRefused for an open bay": refused("busy", { ...pending(0), ...openPresent }),
  "pulseRefused for a bay whose cart is gone": refused("busy", { ...pending(0), ...openAbsent }),
  "pulseRefused for a bay that may be open": {
    ...refused("busy", { ...pending(0), ...openPresent }),
    value: suspect,
  },
  "pulseRefused for a bay whose cart may be gone": {
    ...refused("busy", { ...pending(0), ...openAbsent }),
    value: suspect,
  },
  "pulseRefused expired after a pulse": refused("expired", pending(1)),
  "pulseRefused expired after a pulse for an empty bay": refused("expired", { ...pending(1), ...closedAbsent }),
  "pulseRefused expired after a pulse and a failure": refused("expired", { ...pending(1), ...once }),
  "pulseRefused controller_silent after a pulse": refused("controller_silent", pending(1)),
  "pulseRefused for another unlock": refused("controller_silent", {}, otherId),
  "verified closed present": { event: verified(closedPresent) },
  "verified closed present too late": { event: verified(closedPresent, expiresAtMs) },
  "verified closed present after the last pulse": {
    event: verified(closedPresent),
    context: pending(Limits.pulsesPerCommand),
  },
  "verified closed present after a failure": { event: verified(closedPresent, expiresAtMs), context: once },
  "verified closed present by a doubtful sensor": { event: verified(closedPresent), value: suspect },
  "verified closed present by a doubtful sensor after two failures": {
    event: verified(closedPresent),
    value: suspect,
    context: jammed,
  },
  "verified closed absent": { event: verified(closedAbsent) },
  "verified closed absent too late": { event: verified(closedAbsent, expiresAtMs) },
  "verified closed absent by a doubtful sensor": { event: verified(closedAbsent), value: suspect },
  "verified open present by a doubtful sensor": { event: verified(openPresent), value: suspect },
  "verified open absent by a doubtful sensor": { event: verified(openAbsent), value: suspect },
  "verified open present": { event: verified(openPresent) },
  "verified open absent": { event: verified(openAbsent) },
  unverified: { event: { type: "bay.unverified", at } },
  flapping: { event: { type: "bay.flapping", at } },
  steady: { event: steady },
  "steady with an unlock unseen": { event: steady, context: pending(1) },
  "steady with a second unlock unseen": { event: steady, context: { ...pending(1), ...once } },
  "serviceSet inService": { event: { type: "bay.serviceSet", service: "inService", at } },
  "serviceSet returnOnly": { event: { type: "bay.serviceSet", service: "returnOnly", at } },
  "serviceSet maintenance": { event: { type: "bay.serviceSet", service: "maintenance", at } },
  "serviceSet disabled": { event: { type: "bay.serviceSet", service: "disabled", at } },
  jamCleared: { event: { type: "bay.jamCleared", at } },
  "due pulseAnswer": { event: due("xstate.after.pulseAnswer.bay.latch.releasing.pulsing") },
  "due confirm": { event: due("xstate.after.confirm.bay.latch.releasing.watching") },
  "due verify": { event: due("xstate.after.verify.bay.latch.releasing.verifying") },
  "due pickup": { event: due("xstate.after.pickup.bay.latch.ajar.released") },
  "due entry": { event: due("xstate.after.entry.bay.latch.ajar.entering") },
  "due settle": { event: due("xstate.after.settle.bay.latch.settling") },
}

const situations: Readonly<Record<string, Situation>> = {
  "latch.dark": resting("dark", unread),
  "latch.secured": resting("secured", closedPresent),
  "latch.releasing.pulsing": releasing("pulsing", 0),
  "latch.releasing.watching": releasing("watching", 1),
  "latch.releasing.verifying": releasing("verifying", 1),
  "latch.ajar.undetermined": ajar("undetermined"),
  "latch.ajar.released": ajar("released"),
  "latch.ajar.lingering": ajar("lingering"),
  "latch.ajar.entering": ajar("entering"),
  "latch.ajar.unlatched": ajar("unlatched"),
  "latch.empty": resting("empty", openAbsent),
  "latch.settling": resting("settling", closedPresent),
  "latch.latchedEmpty": resting("latchedEmpty", closedAbsent),
  "latch.jammed": resting("jammed", { ...closedPresent, ...jammed }),
  "sensor.suspect": { value: { latch: "secured", sensor: "suspect" }, context: closedPresent },
  "service.returnOnly": { value: { latch: "secured", service: "returnOnly" }, context: closedPresent },
  "service.maintenance": { value: { latch: "secured", service: "maintenance" }, context: closedPresent },
  "service.disabled": { value: { latch: "secured", service: "disabled" }, context: closedPresent },
}

const commands = [{ command: null, expiresAt: 0, pulses: 0 }, pending(0), pending(1), pending(2)]
const contexts = commands.flatMap((command) =>
  [unread, ...Object.values(readings)].flatMap((reading) =>
    [0, 1, 2].map((failures) => ({ ...reading, ...command, failures })),
  ),
)

export const bayClasses: MachineCases = {
  kind: "bay",
  situations,
  cases,
  contexts,
  alike: ["service.returnOnly", "service.maintenance"],
  finals: [],
}
