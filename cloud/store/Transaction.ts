/** A unit of work on the store as a port: all of what is done inside is kept, or nothing. A part inside another is part of it. */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer } from "effect"
import { SqlError } from "effect/sql"
import { isTransient } from "./TransientFailure.ts"

type Run = <A, E, R>(work: Effect.Effect<A, E, R>) => Effect.Effect<A, E | SqlError.SqlError, R>

/**
 * Transactions on this client. What cannot be undone because the connection broke dies in the client, and would be taken for
 * a bug of ours: the server undoes it by itself, so here it is a failure like any other of the connection.
 */
export const transactionsOn =
  (sql: PgClient.PgClient): Run =>
  (work) =>
    Effect.catchDefect(sql.withTransaction(work), (defect) =>
      SqlError.isSqlError(defect) && isTransient(defect) ? Effect.fail(defect) : Effect.die(defect),
    )

export class Transaction extends Context.Service<
  Transaction,
  {
    /** Runs the work; fails with what the work fails with, or when the store could not keep it (which may be uncertain). */
    readonly run: Run
  }
>()("cartwise/cloud/store/Transaction") {
  static readonly layer = Layer.effect(
    Transaction,
    Effect.map(PgClient.PgClient, (sql) => Transaction.of({ run: transactionsOn(sql) })),
  )
}
