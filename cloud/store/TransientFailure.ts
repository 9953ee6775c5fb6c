/** Tells failures of the database that pass by themselves from those that would come back for ever. */
import { Predicate } from "effect"
import type { SqlError } from "effect/sql"

/** SQLSTATE classes: connection, resources, intervention (starting up, shutting down), and trouble of its system. */
const passing = /^(?:08|53|57|58)/u

/** True if the same statements may well succeed a moment later. */
export const isTransient = (error: SqlError.SqlError): boolean => {
  if (error.isRetryable) return true
  const { cause } = error.reason
  return Predicate.hasProperty(cause, "code") && typeof cause.code === "string" && passing.test(cause.code)
}
