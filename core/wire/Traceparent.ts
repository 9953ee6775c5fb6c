/** What connects the traces of cloud and device: `traceparent` of W3C Trace Context, version 00. */
import { Schema } from "effect"

/** `00-{trace id}-{parent id}-{flags}`, lower-case hexadecimal. */
export const Traceparent = Schema.String.check(Schema.isPattern(/^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/u))
export type Traceparent = typeof Traceparent.Type
