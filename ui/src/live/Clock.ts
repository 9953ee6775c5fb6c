/**
 * The page's clocks: the browser's own, for how long something has been silent, and the server's, for ages, because
 * every instant the page shows was taken by the server or corrected to it. Both tick once a second.
 */
import { createAtom } from "@xstate/store"
import { firstHeard, hear, ownTimeOf, type ServerClock } from "./ServerClock.ts"

export interface Clock {
  readonly ownMs: number
  readonly serverMs: number
}

const tickMs = 1_000
let server: ServerClock | undefined

const aheadMs = (): number => server?.aheadMs ?? 0
const read = (): Clock => ({ ownMs: Date.now(), serverMs: Date.now() + aheadMs() })

export const clockAtom = createAtom<Clock>(read())

/**
 * Takes the server's word for what time it was when it spoke, and gives when that was by the browser's own clock. The first
 * word of a connection is believed as it is; a later one that seems to be from before was only late.
 */
export const hearServerTime = (serverMs: number, isFirst = false): number => {
  const ownMs = Date.now()
  server = server === undefined || isFirst ? firstHeard(serverMs, ownMs) : hear(server, serverMs, ownMs)
  return ownTimeOf(server, serverMs)
}

/** The server's time now, finer than the ticks. */
export const serverNow = (): number => Date.now() + aheadMs()

/** How far the browser's clock of the day is from the one that nothing sets: it jumps when somebody sets it, or wakes up. */
export const clockOffsetMs = (): number => Date.now() - performance.now()

/** Starts the ticking; gives what stops it. */
export const startClock = (): (() => void) => {
  const timer = setInterval(() => clockAtom.set(read()), tickMs)
  return () => clearInterval(timer)
}
