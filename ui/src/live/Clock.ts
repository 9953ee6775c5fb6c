/**
 * The page's clocks: the browser's own, for how long something has been silent, and the server's, for ages, because
 * every instant the page shows was taken by the server or corrected to it. Both tick once a second.
 */
import { createAtom } from "@xstate/store"

export interface Clock {
  readonly ownMs: number
  readonly serverMs: number
}

const tickMs = 1_000
let serverAheadMs = 0

const read = (): Clock => ({ ownMs: Date.now(), serverMs: Date.now() + serverAheadMs })

export const clockAtom = createAtom<Clock>(read())

/** Takes the server's word for what time it is. */
export const hearServerTime = (serverMs: number): void => {
  if (Number.isFinite(serverMs)) serverAheadMs = serverMs - Date.now()
}

/** The server's time now, finer than the ticks. */
export const serverNow = (): number => Date.now() + serverAheadMs

/** Starts the ticking; gives what stops it. */
export const startClock = (): (() => void) => {
  const timer = setInterval(() => clockAtom.set(read()), tickMs)
  return () => clearInterval(timer)
}
