/** Tells failures of the database that pass by themselves from those that would come back for ever. */
import { Duration, Effect, Predicate, Schedule } from "effect"
import type { SqlError } from "effect/sql"
import { Limits } from "#core/Limits.ts"

/**
 * SQLSTATE classes: connection, resources, intervention (starting up, shutting down), and trouble of its system; and a
 * server that takes no writes for now (25006), as a standby or one whose disk is being looked after.
 */
const passing = /^(?:08|53|57|58|25006$)/u

/** True if the same statements may well succeed a moment later. */
export const isTransient = (error: SqlError.SqlError): boolean => {
  if (error.isRetryable) return true
  const { cause } = error.reason
  return Predicate.hasProperty(cause, "code") && typeof cause.code === "string" && passing.test(cause.code)
}

/** How long to wait before the database is tried again: longer and longer, up to a bound, without end. */
const pauses = Schedule.exponential(Limits.ingestRetryFirstMs).pipe(
  Schedule.modifyDelay(({ duration }) =>
    Effect.succeed(Math.min(Duration.toMillis(duration), Limits.ingestRetryMaxMs)),
  ),
)

/** Tries again while the database is away; any other failure is given back at once. */
export const untilItPasses = <A, R>(
  effect: Effect.Effect<A, SqlError.SqlError, R>,
): Effect.Effect<A, SqlError.SqlError, R> => Effect.retry(effect, { schedule: pauses, while: isTransient })
