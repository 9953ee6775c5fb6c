/**
 * What if: a copy of a twin, run by the real machine and nothing else. Events are sent by hand, time moves when it is told
 * to, and every intent the machine would have had carried out is kept as a line instead. Pure: a sandbox is a value, so
 * going back is keeping the one before.
 */
import type { TwinEvent } from "#core/domain/TwinEvent.ts"
import type { Deadline } from "#core/domain/Deadline.ts"
import type { Intent } from "../Intent.ts"
import type { Stored } from "../Stored.ts"
import { step } from "../Twin.ts"

/** One event that the copy was given, and what came of it. */
export interface SandboxLine {
  readonly event: TwinEvent
  readonly accepted: boolean
  readonly reason?: string
  readonly before: Stored["value"]
  readonly after: Stored["value"]
  readonly intents: ReadonlyArray<Intent>
}

export interface Sandbox {
  /** The twin as it was copied. */
  readonly origin: Stored
  readonly stored: Stored
  /** The sandbox's own time, milliseconds UTC. */
  readonly nowMs: number
  /** What happened here, oldest first. */
  readonly lines: ReadonlyArray<SandboxLine>
}

/** Copies a twin; its time stands still at `nowMs` until it is moved. */
export const fork = (stored: Stored, nowMs: number): Sandbox => ({ origin: stored, stored, nowMs, lines: [] })

/** Gives the copy an event; a refused one leaves a line with its reason and changes nothing. */
export const send = (sandbox: Sandbox, event: TwinEvent): Sandbox => {
  const { next, intents, accepted, reason } = step(sandbox.stored, event)
  const line: SandboxLine = {
    event,
    accepted,
    ...(reason === undefined ? {} : { reason }),
    before: sandbox.stored.value,
    after: next.value,
    intents,
  }
  return { ...sandbox, stored: next, lines: [...sandbox.lines, line] }
}

/** The deadline that comes next; of two at once the one set first. */
export const nextDeadline = ({ stored }: Sandbox): Deadline | undefined =>
  stored.deadlines.reduce<Deadline | undefined>(
    (first, deadline) => (first === undefined || deadline.dueAt < first.dueAt ? deadline : first),
    undefined,
  )

/** How many deadlines one move of time may pass; a machine that sets a new one each time would never come to an end. */
const deadlinesPerMove = 1_000

/** Moves time to an instant, delivering every deadline on the way at its own time. Time never goes back. */
export const advanceTo = (sandbox: Sandbox, atMs: number): Sandbox => {
  let moved = sandbox
  for (let passed = 0; passed < deadlinesPerMove; passed++) {
    const due = nextDeadline(moved)
    if (due === undefined || due.dueAt > atMs) break
    const at = Math.max(due.dueAt, moved.nowMs)
    moved = send({ ...moved, nowMs: at }, { type: "deadline.due", ...due, at })
  }
  return { ...moved, nowMs: Math.max(moved.nowMs, atMs) }
}

/** Moves time by so many milliseconds. */
export const advanceBy = (sandbox: Sandbox, ms: number): Sandbox => advanceTo(sandbox, sandbox.nowMs + ms)
