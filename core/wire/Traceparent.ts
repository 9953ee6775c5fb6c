/** What connects the traces of cloud and device: `traceparent` of W3C Trace Context, version 00. */
import { Schema } from "effect"
import type { CommandId } from "../domain/Ids.ts"

/** `00-{trace id}-{parent id}-{flags}`, lower-case hexadecimal. */
export const Traceparent = Schema.String.check(Schema.isPattern(/^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/u))
export type Traceparent = typeof Traceparent.Type

/** A W3C trace context of its own for every command: what the device does for it carries the same trace. */
export const traceparentOf = (id: CommandId): Traceparent => {
  const hex = id.replaceAll("-", "")
  return `00-${hex}-${hex.slice(16)}-01`
}
