/**
 * The trace of a command as the API shows it: spans of one W3C trace, from the request through outbox, MQTT, the device's
 * journal and serial line, to the commit and the live clients. A tree: every parent is in the list, the first span is the
 * root. Spans of the device are on the cloud's clock as the device knows it, as exact as `edge_clock_off_ms` says.
 */
import { Schema } from "effect"
import { CommandId, Host } from "../domain/Ids.ts"
import { Instant } from "../domain/Instant.ts"

export const Span = Schema.Struct({
  span_id: Schema.String,
  parent_span_id: Schema.NullOr(Schema.String),
  name: Schema.String,
  service: Host,
  start: Instant,
  end: Instant,
  attributes: Schema.Record(Schema.String, Schema.Json),
})
export type Span = typeof Span.Type

export const CommandTrace = Schema.Struct({
  command_id: CommandId,
  trace_id: Schema.String,
  /** How far times of the device may be off to either side, milliseconds; null if nobody knows. */
  edge_clock_off_ms: Schema.NullOr(Schema.Finite),
  spans: Schema.Array(Span),
})
export type CommandTrace = typeof CommandTrace.Type
