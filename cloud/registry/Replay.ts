/**
 * Plays the history of a twin again: a state that was kept whole, stepped forward line by line through the same
 * functions that moved the twin when the lines were written. Pure.
 *
 * Two kinds of line cannot be played, because what they brought stands in no line: after a full snapshot was adopted, and
 * after a row that could not be read was replaced, the twin is kept whole, so nobody ever has to.
 */
import { Result, Schema } from "effect"
import { twinEventSchemas } from "#core/domain/TwinEvent.ts"
import { readStored } from "#twins/Migrate.ts"
import { sameValue } from "#twins/Regions.ts"
import type { Stored } from "#twins/Stored.ts"
import { mirrored, safeStep } from "#twins/Mirror.ts"

/** A twin as it was. */
export interface PastState {
  readonly stored: Stored
  readonly changedAt: number
  /** Of the newest fact; what heartbeats said in between is not kept. */
  readonly freshAt: number | null
  /** When it came to be so, here. */
  readonly receivedAt: number
}

/** A line of history that moved a twin. */
export interface PastLine {
  readonly revision: number
  readonly event: Schema.Json
  readonly accepted: boolean
  readonly value: Schema.Json
  /** The journal it came from; null for what the cloud did itself. */
  readonly journalId: string | null
  readonly at: number
  readonly receivedAt: number
}

const isEventOf = {
  device: Schema.is(twinEventSchemas.device),
  controller: Schema.is(twinEventSchemas.controller),
  bay: Schema.is(twinEventSchemas.bay),
  cart: Schema.is(twinEventSchemas.cart),
  rental: Schema.is(twinEventSchemas.rental),
} as const

/** What the line says it came to, where our machine says otherwise: the bay was believed, or the machine is a newer one. */
const believed = (stepped: Stored, value: Schema.Json): Stored => {
  if (sameValue(stepped.value, value)) return stepped
  const read = readStored({ ...stepped, value })
  return Result.isSuccess(read) ? read.success : stepped
}

/** The state after one more line; undefined if the line is not the next, or cannot be played. */
export const playOn = (state: PastState, line: PastLine): PastState | undefined => {
  const { stored } = state
  const { event, at } = line
  if (line.revision !== stored.revision + 1 || !isEventOf[stored.machine](event)) return undefined
  const isReported = line.journalId !== null
  const stepped = isReported ? mirrored(stored, event, line.accepted) : safeStep(stored, event).next
  return {
    stored: { ...believed(stepped, line.value), revision: line.revision },
    changedAt: at,
    freshAt: isReported ? at : state.freshAt,
    receivedAt: line.receivedAt,
  }
}
