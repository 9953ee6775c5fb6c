/**
 * Configuration goes both ways, each side with a counter of its own: `version` counts what the cloud has wanted,
 * `revision` what the device has said about it. They are compared by content, never by number.
 */
import { Schema } from "effect"
import { ConfigHash } from "../config/ConfigDocument.ts"
import { Session } from "../domain/Device.ts"
import { Instant } from "../domain/Instant.ts"
import { Text } from "../domain/Text.ts"
import { Limits } from "../Limits.ts"

/** Which of the cloud's wishes: 1 is the first; 0 is the device's own file, when the cloud has wished nothing yet. */
export const ConfigVersion = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }))

/** A configuration by its name. */
export const ConfigName = Schema.Struct({ version: ConfigVersion, hash: ConfigHash })
export type ConfigName = typeof ConfigName.Type

/** `devices/{id}/config/desired`, retained: state, so the newest is all that counts. */
export const ConfigDesired = Schema.Struct({
  v: Schema.Literal(1),
  ...ConfigName.fields,
  /** Checked against the hash as it came, and only then read as a `ConfigDocument`. */
  document: Schema.Json,
})
export type ConfigDesired = typeof ConfigDesired.Type

/** What is wrong with a configuration, and where in its document. */
export const ConfigProblem = Schema.Struct({ path: Text, message: Text })
export type ConfigProblem = typeof ConfigProblem.Type

/** `devices/{id}/config/reported`: what the device runs, and what it would not. */
export const ConfigReported = Schema.Struct({
  v: Schema.Literal(1),
  session: Session,
  /** Grows by one with everything the device has to say about its configuration. */
  revision: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
  ...ConfigName.fields,
  applied_at: Instant,
  document: Schema.Json,
  /** The newest offer, if it was refused; the one above is still in force then. */
  refused: Schema.NullOr(
    Schema.Struct({
      ...ConfigName.fields,
      errors: Schema.Array(ConfigProblem).check(Schema.isMaxLength(Limits.configErrors)),
    }),
  ),
})
export type ConfigReported = typeof ConfigReported.Type
