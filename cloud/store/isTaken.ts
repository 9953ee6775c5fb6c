/** Whether a statement has failed because a constraint says that there is another. */
import { Predicate } from "effect"
import type { SqlError } from "effect/sql"

/** SQLSTATEs: of a unique index, and of an exclusion that holds for some rows only. */
const codes: ReadonlySet<unknown> = new Set(["23505", "23P01"])

const causeOf = (error: unknown): unknown => {
  if (!Predicate.isTagged(error, "SqlError") || !Predicate.hasProperty(error, "reason")) return undefined
  const { reason } = error
  return Predicate.hasProperty(reason, "cause") ? reason.cause : undefined
}

export const isTaken = (error: unknown): error is SqlError.SqlError => {
  const cause = causeOf(error)
  return (
    (Predicate.hasProperty(cause, "code") && codes.has(cause.code)) ||
    (Predicate.hasProperty(error, "reason") && Predicate.isTagged(error.reason, "UniqueViolation"))
  )
}

/** The name of the constraint; undefined if it was another failure. */
export const constraintOf = (error: unknown): string | undefined => {
  const cause = causeOf(error)
  return Predicate.hasProperty(cause, "constraint") && typeof cause.constraint === "string"
    ? cause.constraint
    : undefined
}
