/**
 * Telemetry of a program that is written from the seed: no version and no session, an event with its data and its time, or
 * any object at all. It is kept as it came and nothing is concluded from it.
 */
import { Schema } from "effect"
import { PrintableText } from "../domain/Text.ts"

const Plain = Schema.Record(Schema.String, Schema.Json)
const isPlain = Schema.is(Plain)
const isEventType = Schema.is(PrintableText(1, 50))

export interface PlainTelemetry {
  /** What the program calls it; empty if it calls it nothing. */
  readonly event: string
  readonly data: Readonly<Record<string, Schema.Json>>
  /** Milliseconds UTC, by the device's clock; NaN if it tells no time. */
  readonly atMs: number
}

/** A time without an offset is UTC, as the seed writes it. */
const instantOf = (text: unknown): number => {
  if (typeof text !== "string" || text.length > 40) return Number.NaN
  return Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/iu.test(text) ? text : `${text}Z`)
}

/** Takes the JSON of a message; undefined if it says that it is of a version, or is no object. */
export const readPlainTelemetry = (json: unknown): PlainTelemetry | undefined => {
  if (!isPlain(json) || Object.hasOwn(json, "v")) return undefined
  const { event_type: type, event_data: data, timestamp } = json
  return {
    event: isEventType(type) ? type : "",
    data: isEventType(type) && isPlain(data) ? data : json,
    atMs: instantOf(timestamp),
  }
}
