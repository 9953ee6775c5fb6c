/**
 * One transaction on a pipelining connection, without the round trips that nothing waits for: its beginning is written with
 * its first statement, and what is `posted` is written and not waited for until the end, which is written right behind it.
 * The server works in the order in which it was written to, so what a statement sees and locks is the same as ever.
 *
 * Sessions must be the cloud's own: where a pooler between us and the server changes them, it forgets prepared statements, and
 * the client asks such a statement again, after the transaction it belonged to.
 */
import type { PgConnection } from "@effect/sql-pg"
import { Context, Effect, Exit, Fiber } from "effect"
import type { SqlConnection, SqlError } from "effect/sql"
import { connectionOf, type Result, together, type Wire } from "./Pipeline.ts"

const Posted = Context.Reference<boolean>("cartwise/cloud/store/Posted", { defaultValue: () => false })

/**
 * Statements of a transaction whose answers nobody needs: they give no rows and do not fail. If the server refuses one, the
 * transaction fails with that at its end. Outside a transaction it makes no difference.
 */
export const posted: <A, E, R>(statements: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R> = Effect.provideService(
  Posted,
  true,
)

/** Nothing was asked, so nothing is to be kept or undone. */
const nothingDone: PgConnection.Result = { command: "COMMIT", rowCount: 0, oid: null, rows: [], fields: [] }

/** For one transaction; `opening` follows its beginning, before anything else. */
export const pipelinedTransaction = (
  wire: Wire,
  opening: ReadonlyArray<Result<unknown>> = [],
): SqlConnection.Connection => {
  /** What was not written yet. */
  let unopened: ReadonlyArray<Result<unknown>> | undefined
  let unanswered: Array<Fiber.Fiber<Exit.Exit<unknown, SqlError.SqlError>>> = []

  const inOrder = <A>(statement: Result<A>): Result<A> =>
    Effect.suspend(() => {
      const before = unopened
      unopened = undefined
      return before === undefined ? statement : together(before, statement, [])
    })
  const post = <A>(statement: Result<ReadonlyArray<A>>): Result<ReadonlyArray<A>> =>
    Effect.flatMap(Posted, (isPosted) => {
      if (!isPosted) return inOrder(statement)
      const started = Effect.forkDetach(Effect.exit(inOrder(statement)), { startImmediately: true })
      return Effect.map(started, (fiber) => {
        unanswered.push(fiber)
        return []
      })
    })

  const begin = (statement: Result<unknown>) =>
    Effect.sync(() => {
      unopened = [statement, ...opening]
      unanswered = []
      return []
    })
  /** Waits for everything that was posted; the first that failed is why the end could not be what was asked for. */
  const end = (statement: Result<PgConnection.Result>): Result<PgConnection.Result> =>
    Effect.suspend(() => {
      if (unopened !== undefined) return Effect.succeed(nothingDone)
      return Effect.gen(function* () {
        const ended = yield* Effect.forkDetach(Effect.exit(statement), { startImmediately: true })
        const refused = (yield* Effect.forEach(unanswered, (fiber) => Fiber.join(fiber))).find(Exit.isFailure)
        const last = yield* Fiber.join(ended)
        return yield* refused === undefined ? last : Effect.failCause(refused.cause)
      })
    })

  const plain = connectionOf(wire, inOrder)
  const execute =
    (run: SqlConnection.Connection["execute"], prepare: boolean): SqlConnection.Connection["execute"] =>
    (sql, params, transform) => {
      if (sql.startsWith("BEGIN")) return begin(wire.query(sql, params, prepare))
      if (sql === "ROLLBACK") return unopened === undefined ? run(sql, params, transform) : Effect.succeed([])
      return post(run(sql, params, transform))
    }
  return {
    ...plain,
    execute: execute(plain.execute, true),
    executeUnprepared: execute(plain.executeUnprepared, false),
    executeRaw: (sql, params) => (sql === "COMMIT" ? end(wire.query(sql, params)) : plain.executeRaw(sql, params)),
  }
}
