/** Whether a cart that came into a bay stayed there, by what the bay has said since. */
import type { Schema } from "effect"
import { Limits } from "#core/Limits.ts"
import type { Stored } from "../Stored.ts"
import { regionWord } from "../Words.ts"

interface Line {
  readonly event: Schema.Json
  readonly value: Stored["value"]
  readonly at: number
}

const isUnlock = (event: Schema.Json): boolean =>
  typeof event === "object" && event !== null && "type" in event && event["type"] === "bay.unlock"

/**
 * Takes when it came and the lines since, the oldest first. False if it was pulled out before it had settled; a bay that was
 * opened for somebody meanwhile had it.
 */
export const returnHolds = (at: number, since: ReadonlyArray<Line>): boolean => {
  for (const line of since) {
    if (line.at > at + Limits.returnSettleMs || isUnlock(line.event)) return true
    const latch = regionWord(line.value, "latch")
    if (latch === "empty" || latch === "latchedEmpty" || latch.startsWith("ajar.")) return false
  }
  return true
}
