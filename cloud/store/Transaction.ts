/** A unit of work on the store as a port: all of what is done inside is kept, or nothing. A part inside another is part of it. */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"

export class Transaction extends Context.Service<
  Transaction,
  {
    /** Runs the work; fails with what the work fails with, or when the store could not keep it (which may be uncertain). */
    readonly run: <A, E, R>(work: Effect.Effect<A, E, R>) => Effect.Effect<A, E | SqlError.SqlError, R>
  }
>()("cartwise/cloud/store/Transaction") {
  static readonly layer = Layer.effect(
    Transaction,
    Effect.map(PgClient.PgClient, (sql) => Transaction.of({ run: sql.withTransaction })),
  )
}
