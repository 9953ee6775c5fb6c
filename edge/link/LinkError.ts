/** Why a serial link cannot be opened or was lost. `message` is one plain sentence for the person who must fix it. */
import { Schema } from "effect"

/** Nothing is there under this name: no such device file, nobody listens at the address. */
export class PortMissing extends Schema.TaggedError<PortMissing>()("PortMissing", {
  port: Schema.String,
  message: Schema.String,
}) {}

/** The port exists and another program holds it. */
export class PortBusy extends Schema.TaggedError<PortBusy>()("PortBusy", {
  port: Schema.String,
  message: Schema.String,
}) {}

/** The port was there and failed: unplugged, refused by the system, or no longer taking bytes. */
export class PortFailed extends Schema.TaggedError<PortFailed>()("PortFailed", {
  port: Schema.String,
  message: Schema.String,
}) {}

export type LinkError = PortMissing | PortBusy | PortFailed
