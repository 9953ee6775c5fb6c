/**
 * What a device did for a command since its last word about it, as plain data: it travels with the command's stages, and
 * the cloud makes spans of it. Nothing waits for it and nothing depends on it.
 */
import { Schema } from "effect"
import { Text } from "../domain/Text.ts"
import { Limits } from "../Limits.ts"

/** The latest instant and the longest time that a note may tell. */
export const trailAtMax = 8_640_000_000_000_000
export const trailMsMax = 86_400_000

const millis = (maximum: number) => Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum }))

export const TrailEntry = Schema.Struct({
  what: Schema.Literals([
    /** The envelope came and was judged. */
    "received",
    /** The program has started, and the command was under way before. */
    "restarted",
    /** The journal made a mark of the command durable. */
    "journal",
    /** A frame was written to the serial line, or heard from it whole, or something was heard that is none. */
    "sent",
    "heard",
    "junk",
  ]),
  /** When it began: milliseconds UTC on the cloud's clock, as the device knows it. */
  at: millis(trailAtMax),
  /** How long it took. */
  ms: millis(trailMsMax),
  /** The verdict, the stage that was written down, or the bytes in hexadecimal. */
  detail: Text.check(Schema.isMaxLength(Limits.trailDetailCharacters)),
  /** Frames like this one, this one included, that came in a row; left out: 1. */
  times: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 2, maximum: 1_000_000 }))),
  /** How far `at` may be off to either side; left out where the one before still holds, or nobody knows. */
  off_ms: Schema.optionalKey(millis(trailMsMax)),
})
export type TrailEntry = typeof TrailEntry.Type

export const Trail = Schema.Array(TrailEntry).check(Schema.isMaxLength(Limits.trailEntries))
export type Trail = typeof Trail.Type
