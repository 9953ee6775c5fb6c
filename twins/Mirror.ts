/**
 * What one event makes of a twin, in the cloud's hands: the same when the event comes and when its line of history is
 * played again. Pure.
 */
import { Result, type Schema } from "effect"
import type { Deadline } from "#core/domain/Deadline.ts"
import type { TwinEvent } from "#core/domain/TwinEvent.ts"
import { readStored } from "./Migrate.ts"
import { valueOfHost } from "./Regions.ts"
import type { Stored } from "./Stored.ts"
import { step, type Stepped } from "./Twin.ts"

/** A step that cannot take the program down: a machine's defect is a refusal that says so. */
export const safeStep = (stored: Stored, event: TwinEvent): Stepped =>
  Result.getOrElse(
    Result.try(() => step(stored, event)),
    () => ({ next: stored, intents: [], accepted: false, reason: "machine_defect" }),
  )

const withDeadline = (stored: Stored, { id, dueAt }: Deadline): Stored => ({
  ...stored,
  deadlines: [...stored.deadlines.filter((deadline) => deadline.id !== id), { id, dueAt }],
})

/**
 * The state our own machine reaches by an event that an edge reports. An edge's deadlines are its own: they come with
 * the event. One that the edge refused changes nothing.
 */
export const mirrored = (stored: Stored, event: TwinEvent, accepted: boolean): Stored => {
  if (!accepted) return stored
  const ready = event.type === "deadline.due" ? withDeadline(stored, event) : stored
  const stepped = safeStep(ready, event)
  return stepped.accepted ? stepped.next : stored
}

/** The state with the edge's regions replaced by reported ones; undefined if no machine has such a state. */
export const withEdgeRegions = (stored: Stored, reported: Schema.Json): Stored | undefined => {
  if (typeof reported !== "object" || reported === null || Array.isArray(reported)) return undefined
  const value = { ...(stored.value as object), ...valueOfHost(stored.machine, reported, "edge") }
  const read = readStored({ ...stored, value })
  return Result.isSuccess(read) ? read.success : undefined
}
