/**
 * The version of the protocol: `v` of every message. It grows only when an older reader would misunderstand; what may be
 * left out or passed over is added without.
 */
import { Schema } from "effect"

/** What this program speaks, and the newest it can read. */
export const protocolVersion = 1

const hasVersion = Schema.is(Schema.Struct({ v: Schema.Int }))

/** True for a message of a newer protocol than this program's, whatever else is in it. */
export const isNewer = (message: unknown): boolean => hasVersion(message) && message.v > protocolVersion
