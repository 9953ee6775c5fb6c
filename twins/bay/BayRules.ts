/**
 * The bay machine's vocabulary: its memory, how a reading is told apart, and the groups of actions that its
 * transitions share. Pure data and predicates; the statechart itself is `Bay.machine.ts`.
 */
import type { BayEvent } from "#core/domain/Bay.ts"
import type { CommandReason } from "#core/domain/Command.ts"
import type { Announcement } from "#core/domain/TwinEvent.ts"
import { Limits } from "#core/Limits.ts"

/** A bay's memory. `command` is the unlock in flight, or the one whose outcome is still unknown. */
export interface BayContext {
  readonly hook: "closed" | "open" | null
  readonly presence: "present" | "absent" | null
  readonly command: string | null
  readonly expiresAt: number
  readonly pulses: number
  /** Unlocks in a row that moved nothing. */
  readonly failures: number
}

/** A bay of which nothing is known yet. */
export const unreadBay: BayContext = { hook: null, presence: null, command: null, expiresAt: 0, pulses: 0, failures: 0 }

export interface BayArgs {
  readonly context: BayContext
  readonly event: BayEvent
}

/** True if the event is a believed reading that says so. */
export const reads =
  (hook: "closed" | "open", presence?: "present" | "absent") =>
  ({ event }: BayArgs): boolean =>
    (event.type === "bay.observed" || event.type === "bay.verified") &&
    event.hook === hook &&
    (presence === undefined || event.presence === presence)

/** True if the newest believed reading, remembered from before, says so. */
export const knows =
  (hook: "closed" | "open", presence: "present" | "absent") =>
  ({ context }: BayArgs): boolean =>
    context.hook === hook && context.presence === presence

/** True if the event names the command that is in flight, not an earlier one. */
export const isMine = ({ context, event }: BayArgs): boolean =>
  "commandId" in event && context.command !== null && event.commandId === context.command

/** What an event's reading changes in the memory, if it has one. A hook that opened is not jammed. */
export const rememberReading = (context: BayContext, event: BayEvent): Partial<BayContext> => {
  if (event.type !== "bay.observed" && event.type !== "bay.verified") return {}
  const { hook, presence } = event
  return { hook, presence, failures: hook === "open" ? 0 : context.failures }
}

/** Failures once the unlock in flight has moved nothing; one of which no pulse is known says nothing about the lock. */
export const failuresAfter = ({ failures, pulses }: BayContext): number =>
  pulses === 0 ? failures : Math.min(failures + 1, Limits.failuresUntilJammed)

export const announce = (what: Announcement) => ({
  type: "announce" as const,
  params: ({ context }: BayArgs) => (context.command === null ? { what } : { what, commandId: context.command }),
})

export const report = (stage: "executed" | "confirmed") => ({
  type: "reportStage" as const,
  params: ({ context }: BayArgs) => ({ commandId: context.command ?? "", stage, pulses: context.pulses }),
})

const reportBecause = (stage: "failed" | "unknown", why: (event: BayEvent) => CommandReason) => ({
  type: "reportStage" as const,
  params: ({ context, event }: BayArgs) => ({
    commandId: context.command ?? "",
    stage,
    reason: why(event),
    pulses: context.pulses,
  }),
})

const whyRefused = (event: BayEvent): CommandReason =>
  event.type === "bay.pulseRefused" ? event.reason : "not_possible_now"

/** Why nothing more is known of an unlock that may have happened. */
const whyUnknown = (event: BayEvent): CommandReason => {
  if (event.type === "bay.pulseRefused") return event.reason
  if (event.type !== "bay.lost") return "no_answer"
  if (event.reason === "restart") return "restarted"
  return event.reason === "disabled" ? "bay_disabled" : event.reason
}

/** The hook is open: evidence that ends the command well, whatever was thought before. */
export const opened = ["remember", "succeed", report("confirmed"), announce("UNLOCK_CONFIRMED"), "endCommand"] as const

/** The hook never moved. */
export const unmoved = [
  "remember",
  "fail",
  reportBecause("failed", () => "no_motion"),
  announce("UNLOCK_FAILED"),
  "endCommand",
] as const

/** The hook never moved, once too often. */
export const jammed = [...unmoved, announce("JAMMED")] as const

/** No pulse was written, and none will be. */
export const refused = [
  {
    type: "reportStage",
    params: ({ context, event }: BayArgs) => {
      const reason = whyRefused(event)
      const stage = reason === "expired" ? ("expired" as const) : ("rejected" as const)
      return { commandId: context.command ?? "", stage, reason, pulses: context.pulses }
    },
  },
  "endCommand",
] as const

/** What became of the unlock cannot be seen; the command stays remembered so that later evidence can end it. */
export const unseen = [reportBecause("unknown", whyUnknown), announce("UNLOCK_UNKNOWN"), "forgetReading"] as const

/** A sensor that is not believed says how the hook is: no second pulse, and no outcome yet. */
const doubted = ["remember", reportBecause("unknown", () => "sensor_suspect"), announce("UNLOCK_UNKNOWN")] as const

const superseding = [reportBecause("failed", () => "superseded"), "takeCommand"] as const

/** An unlock may start wherever the hook is closed; one whose outcome was never seen ends here. */
export const unlock = [
  { guard: "enabled and pending", target: "#bay.latch.releasing", actions: superseding },
  { guard: "enabled", target: "#bay.latch.releasing", actions: "takeCommand" },
] as const

/** The hook is said to be open already, by a sensor that is not believed: that stops no unlock. */
export const unlockInDoubt = [
  { guard: "enabled, pending and doubtful", target: "#bay.latch.releasing", actions: superseding },
  { guard: "enabled and doubtful", target: "#bay.latch.releasing", actions: "takeCommand" },
] as const

/** Evidence that ends an unlock well. */
export const confirmed = [
  { guard: "surely ajar", target: "#bay.latch.ajar.released", actions: opened },
  { guard: "surely gone", target: "#bay.latch.empty", actions: [...opened, announce("REMOVED")] },
] as const

/** The outcome of an unlock was unknown, and here it is, unless a sensor says so that is not believed. */
export const openedAfterAll = [
  { guard: "surely ajar and pending", target: "#bay.latch.ajar.released", actions: opened },
  { guard: "surely gone and pending", target: "#bay.latch.empty", actions: [...opened, announce("REMOVED")] },
  { guard: "ajar and pending", target: "#bay.latch.ajar.undetermined", actions: "remember" },
  { guard: "gone and pending", target: "#bay.latch.empty", actions: "remember" },
] as const

/** The bay opened and nobody asked for it, unless an unlock's outcome was still unknown: then this is it. */
export const openedByItself = [
  ...openedAfterAll,
  { guard: "ajar", target: "#bay.latch.ajar.undetermined", actions: ["remember", announce("RELEASED_UNCOMMANDED")] },
  { guard: "gone", target: "#bay.latch.empty", actions: ["remember", announce("REMOVED_UNCOMMANDED")] },
] as const

export const foundLatchedEmpty = {
  guard: "closedEmpty",
  target: "#bay.latch.latchedEmpty",
  actions: ["remember", announce("BAY_LATCHED_EMPTY")],
} as const

/** Reads after a pulse: open ends the unlock well; closed means another pulse, doubt, or failure. */
export const judged = [
  ...confirmed,
  { guard: "closed and in time", target: "#bay.latch.releasing.pulsing", actions: "remember" },
  { guard: "ajar", target: "#bay.latch.ajar.undetermined", actions: doubted },
  { guard: "gone", target: "#bay.latch.empty", actions: doubted },
  { guard: "jammed and doubtful", target: "#bay.latch.jammed", actions: doubted },
  { guard: "empty and doubtful", target: "#bay.latch.latchedEmpty", actions: doubted },
  { guard: "closed and doubtful", target: "#bay.latch.secured", actions: doubted },
  { guard: "closed and nearly jammed", target: "#bay.latch.jammed", actions: jammed },
  { guard: "closedEmpty", target: "#bay.latch.latchedEmpty", actions: unmoved },
  { guard: "parked", target: "#bay.latch.secured", actions: unmoved },
] as const

/**
 * The pulse was certainly not written. Before the first one nothing has happened; after it, being late means that the
 * first moved nothing, and any other reason that the board is away and the outcome unseen.
 */
export const notPulsed = [
  { guard: "late and nearly jammed", target: "#bay.latch.jammed", actions: jammed },
  { guard: "late and empty", target: "#bay.latch.latchedEmpty", actions: unmoved },
  { guard: "late after a pulse", target: "#bay.latch.secured", actions: unmoved },
  { guard: "refused after a pulse", target: "#bay.latch.dark", actions: unseen },
  { guard: "refused and empty", target: "#bay.latch.latchedEmpty", actions: refused },
  { guard: "refused and jammed", target: "#bay.latch.jammed", actions: refused },
  {
    guard: "refused and surely ajar",
    target: "#bay.latch.ajar.undetermined",
    actions: [...refused, announce("RELEASED_UNCOMMANDED")],
  },
  {
    guard: "refused and surely gone",
    target: "#bay.latch.empty",
    actions: [...refused, announce("REMOVED_UNCOMMANDED")],
  },
  { guard: "refused and ajar", target: "#bay.latch.ajar.undetermined", actions: refused },
  { guard: "refused and gone", target: "#bay.latch.empty", actions: refused },
  { guard: "mine", target: "#bay.latch.secured", actions: refused },
] as const

/** The sensor is believed again and still says closed: so the unlock that waited for that moved nothing. */
export const believedAgain = [
  { guard: "pending and nearly jammed", target: "#bay.latch.jammed", actions: jammed },
  { guard: "pending", actions: unmoved },
] as const

/** The sensor is believed again and still says open: so the unlock that waited for that opened it. */
export const believedOpen = (announcements: ReadonlyArray<ReturnType<typeof announce>> = []) => ({
  guard: "pending" as const,
  actions: [...opened, ...announcements],
})

/** A cart is being pushed back in. */
export const pushedIn = [
  { guard: "parked", target: "#bay.latch.settling", actions: "remember" },
  { guard: "gone", target: "#bay.latch.empty", actions: ["remember", announce("ENTRY_ABANDONED")] },
  foundLatchedEmpty,
] as const

/** The outcome of an unlock can not be seen any more. */
export const lostFromSight = { target: "#bay.latch.dark", actions: unseen } as const
