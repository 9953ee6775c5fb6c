/**
 * Believes a sensor only when it says the same twice: raw reads of one bay in, believed changes out.
 *
 * Also notices a bay that flickers: more raw changes within a minute than a person with a cart can make. It is steady
 * again after a minute of rest. Pure; polarity has already been applied, and who polls how often is not known here.
 */
import type { Hook, Presence } from "#core/domain/Bay.ts"
import { Limits } from "#core/Limits.ts"

export interface Reading {
  readonly hook: Hook
  readonly presence: Presence
}

export interface Debounced {
  /** Undefined before the first belief and after `forget`. */
  readonly believed: Reading | undefined
  readonly candidate: Reading | undefined
  /** Equal reads of the candidate in a row. */
  readonly seen: number
  /** When the raw reading changed, newest last, at most as many as flapping takes. */
  readonly changes: ReadonlyArray<number>
  readonly flapping: boolean
}

export interface Observation {
  readonly next: Debounced
  /** A reading that has just become the belief. */
  readonly believed?: Reading
  /** The bay has just begun or ceased to flicker. */
  readonly turned?: "flapping" | "steady"
  /** This read differs from the belief and one more would decide. */
  readonly undecided: boolean
}

export const unread: Debounced = { believed: undefined, candidate: undefined, seen: 0, changes: [], flapping: false }

const minuteMs = 60_000

/** Takes one raw read at a steady time in milliseconds. */
export const observe = (before: Debounced, reading: Reading, nowMs: number): Observation => {
  const again = before.candidate !== undefined && same(before.candidate, reading)
  const seen = again ? Math.min(before.seen + 1, Limits.readsToBelieve) : 1
  const changed = before.candidate !== undefined && !again
  const kept = changed ? [...before.changes, nowMs].slice(-Limits.flappingEdgesPerMinute - 1) : before.changes
  const recent = kept.filter((at) => nowMs - at < minuteMs)
  const flapping = before.flapping ? recent.length > 0 : recent.length > Limits.flappingEdgesPerMinute
  const news =
    seen >= Limits.readsToBelieve && (before.believed === undefined || !same(before.believed, reading))
      ? reading
      : undefined
  const believed = news ?? before.believed
  return {
    next: { believed, candidate: reading, seen, changes: recent, flapping },
    ...(news === undefined ? {} : { believed: news }),
    ...(flapping === before.flapping ? {} : { turned: flapping ? "flapping" : "steady" }),
    undecided: believed === undefined || !same(believed, reading),
  }
}

export type Observe = typeof observe

/** Reads have stopped: the belief is gone, and the next one will be news even if it is the same. */
export const forget = (before: Debounced): Debounced => ({
  ...unread,
  flapping: before.flapping,
  changes: before.changes,
})

export const same = (a: Reading, b: Reading): boolean => a.hook === b.hook && a.presence === b.presence
