/**
 * When something happened, as far as it can be believed. A device tells its own time: before its first boot is answered
 * that is whatever its computer thinks, 1970 without a battery. What it tells is never refused for that, but a state of
 * the year 2099 would be fresh for ever.
 */
import { Limits } from "#core/Limits.ts"

/**
 * False for an instant before any device was made, or later than now by more than clocks differ. Whoever is before that
 * time himself judges nobody by it.
 */
export const isDated = (atMs: number, nowMs: number): boolean =>
  (atMs >= Limits.clockEarliestMs || nowMs < Limits.clockEarliestMs) && atMs <= nowMs + Limits.clockAheadMs

/** What is taken for the instant: never later than now, and now for one that cannot be. */
export const believedAt = (atMs: number, nowMs: number): number =>
  isDated(atMs, nowMs) ? Math.min(atMs, nowMs) : nowMs
