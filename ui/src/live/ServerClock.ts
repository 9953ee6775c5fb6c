/**
 * How far the server's clock is ahead of this browser's, told by the instants in what the server says. What arrives was on its
 * way for a while, so the clock is at least as far ahead as the luckiest word says: a word that says less was late by the
 * difference, and is old news. Pure.
 */

export interface ServerClock {
  readonly aheadMs: number
  /** When it was last heard, in the browser's own milliseconds. */
  readonly atMs: number
}

/** Two clocks drift apart by no more than so much of the time that passes. */
const drift = 200e-6

/** The clock as the first word of a connection tells it. */
export const firstHeard = (serverMs: number, ownMs: number): ServerClock => ({ aheadMs: serverMs - ownMs, atMs: ownMs })

/** Takes another word into account. */
export const hear = (clock: ServerClock, serverMs: number, ownMs: number): ServerClock => {
  const drifted = clock.aheadMs - Math.max(0, ownMs - clock.atMs) * drift
  return { aheadMs: Math.max(serverMs - ownMs, drifted), atMs: ownMs }
}

/** When, in the browser's own milliseconds, the server's clock showed an instant. */
export const ownTimeOf = ({ aheadMs }: ServerClock, serverMs: number): number => serverMs - aheadMs
