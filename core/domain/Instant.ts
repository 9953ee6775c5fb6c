/**
 * Time as data. Machines and facts carry milliseconds since 1970 UTC (`Millis`); the API and the outer layer of MQTT
 * messages carry ISO 8601 text with an offset (`Instant`), never a naive time.
 */
import { Schema } from "effect"

/** Milliseconds since 1970-01-01T00:00:00Z. */
export const Millis = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 8_640_000_000_000_000 }))
export type Millis = typeof Millis.Type

/** ISO 8601 with an explicit offset, for example `2026-11-22T10:15:00.000Z`. */
export const Instant = Schema.String.check(
  Schema.isPattern(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/u),
)
export type Instant = typeof Instant.Type

/** An instant that is one, since 1970: month 13 is well shaped and no time. For what people ask by. */
export const RealInstant = Instant.check(
  Schema.makeFilter((text) => Date.parse(text) >= 0 || "Expected a time that exists, in 1970 or later"),
)

/** The ISO text of an instant. */
export const toInstant = (atMs: number): Instant => new Date(atMs).toISOString()

/** The milliseconds of an instant; `NaN` if the text, though well shaped, names no real time (month 13). */
export const fromInstant = (instant: Instant): number => Date.parse(instant)
