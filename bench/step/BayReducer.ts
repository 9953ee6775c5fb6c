/** The hand-written reducer of a bay (see `Reducers.ts`). */
import type { BayEvent } from "#core/domain/Bay.ts"
import { Limits } from "#core/Limits.ts"
import type { ReducedBay } from "./Reducers.ts"

const ended = { command: null, expiresAt: 0, pulses: 0 } as const

/** An event that cannot be taken gives the same object back. */
export const reduceBay = (bay: ReducedBay, event: BayEvent): ReducedBay => {
  const { latch } = bay
  const revision = bay.revision + 1
  switch (event.type) {
    case "bay.observed":
      return observe(bay, event)
    case "bay.unlock":
      if (latch !== "secured" || bay.service === "disabled") return bay
      return {
        ...bay,
        latch: "releasing.pulsing",
        command: event.commandId,
        expiresAt: event.expiresAt,
        pulses: 0,
        due: { id: "xstate.after.pulseAnswer.bay.latch.releasing.pulsing", dueAt: event.at + Limits.pulseAnswerMs },
        revision,
        intents: 1,
      }
    case "bay.pulsed":
      if (latch !== "releasing.pulsing" || event.commandId !== bay.command) return bay
      return {
        ...bay,
        latch: "releasing.watching",
        pulses: bay.pulses + 1,
        due: { id: "xstate.after.confirm.bay.latch.releasing.watching", dueAt: event.at + Limits.confirmAfterPulseMs },
        revision,
        intents: 1,
      }
    case "bay.verified":
      if (latch !== "releasing.verifying" || event.hook !== "closed" || event.at >= bay.expiresAt) return bay
      return {
        ...bay,
        latch: "releasing.pulsing",
        hook: event.hook,
        presence: event.presence,
        due: { id: "xstate.after.pulseAnswer.bay.latch.releasing.pulsing", dueAt: event.at + Limits.pulseAnswerMs },
        revision,
        intents: 1,
      }
    case "bay.lost":
      return { ...bay, latch: "dark", hook: null, presence: null, due: null, revision, intents: 0 }
    case "deadline.due": {
      if (bay.due === null || bay.due.id !== event.id || bay.due.dueAt !== event.dueAt) return bay
      if (latch === "settling") return { ...bay, latch: "secured", failures: 0, due: null, revision, intents: 1 }
      if (latch !== "releasing.watching") return bay
      const due = {
        id: "xstate.after.verify.bay.latch.releasing.verifying",
        dueAt: event.at + Limits.verifyTimeoutMs,
      }
      return { ...bay, latch: "releasing.verifying", due, revision, intents: 1 }
    }
    default:
      return bay
  }
}

const observe = (bay: ReducedBay, event: Extract<BayEvent, { type: "bay.observed" }>): ReducedBay => {
  const { hook, presence } = event
  const seen = { ...bay, hook, presence, due: null, revision: bay.revision + 1, intents: 0 }
  const closed = hook === "closed"
  const present = presence === "present"
  switch (bay.latch) {
    case "dark":
      if (closed) return { ...seen, latch: present ? "secured" : "latchedEmpty" }
      return { ...seen, latch: present ? "ajar.undetermined" : "empty" }
    case "releasing.watching":
    case "releasing.verifying":
      if (closed) return { ...seen, due: bay.due }
      return { ...seen, ...ended, failures: 0, latch: present ? "ajar.released" : "empty", intents: 2 }
    case "ajar.released":
      if (present) return closed ? { ...seen, latch: "secured", intents: 1 } : bay
      return { ...seen, latch: closed ? "latchedEmpty" : "empty", intents: 1 }
    case "empty":
      if (present && !closed) {
        const due = { id: "xstate.after.entry.bay.latch.ajar.entering", dueAt: event.at + Limits.entryWindowMs }
        return { ...seen, latch: "ajar.entering", due }
      }
      return seen
    case "ajar.entering": {
      if (!present || !closed) return bay
      const due = { id: "xstate.after.settle.bay.latch.settling", dueAt: event.at + Limits.returnSettleMs }
      return { ...seen, latch: "settling", due }
    }
    default:
      return bay
  }
}
