/** Whether a statement has failed because a constraint says that there is another. */
import { Predicate } from "effect"
import type { SqlError } from "effect/sql"

export const isTaken = (error: unknown): error is SqlError.SqlError => {
  if (!Predicate.isTagged(error, "SqlError") || !Predicate.hasProperty(error, "reason")) return false
  const { reason } = error
  if (Predicate.isTagged(reason, "UniqueViolation")) return true
  return Predicate.hasProperty(reason, "cause") && Predicate.hasProperty(reason.cause, "code")
    ? reason.cause.code === "23505"
    : false
}
