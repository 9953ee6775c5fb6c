/** When a kiosk starts over because nobody touches it: a warning first, that one touch takes away. */
import { Limits } from "#core/Limits.ts"

/** Seconds until it starts over, if that is to be said by now; 0 when it does; undefined while somebody is there. */
export const secondsUntilReset = (idleMs: number): number | undefined => {
  const leftMs = Limits.kioskIdleMs - idleMs
  if (leftMs > Limits.kioskWarningMs) return undefined
  return Math.max(0, Math.ceil(leftMs / 1_000))
}
