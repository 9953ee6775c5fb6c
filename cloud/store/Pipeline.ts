/** Statements written to a connection together, so that the server works through them without anybody's round trip in between. */
import type { PgConnection } from "@effect/sql-pg"
import { Effect, Fiber, Stream } from "effect"
import type { SqlConnection, SqlError } from "effect/sql"

/** A connection that is pipelining and nobody else's meanwhile. */
export type Wire = PgConnection.PgConnection
export type Result<A> = Effect.Effect<A, SqlError.SqlError>
type Transform = (<A extends object>(row: ReadonlyArray<A>) => ReadonlyArray<A>) | undefined

/** Writes all of them at once, in order, and gives what the one in the middle gives; it fails with the first that fails. */
export const together = <A>(
  before: ReadonlyArray<Result<unknown>>,
  wanted: Result<A>,
  after: ReadonlyArray<Result<unknown>>,
) =>
  Effect.gen(function* () {
    const start = <B>(one: Result<B>) => Effect.forkChild(one, { startImmediately: true })
    const first = yield* Effect.forEach(before, start)
    const middle = yield* start(wanted)
    const last = yield* Effect.forEach(after, start)
    for (const fiber of first) yield* Fiber.join(fiber)
    const exit = yield* Effect.exit(Fiber.join(middle))
    for (const fiber of last) yield* Fiber.join(fiber)
    return yield* exit
  })

/** The connection as statements use it, each of them run by `run`. */
export const connectionOf = (wire: Wire, run: <A>(statement: Result<A>) => Result<A>): SqlConnection.Connection => {
  const rows = (sql: string, params: ReadonlyArray<unknown>, transform: Transform, prepare: boolean) =>
    Effect.map(run(wire.query(sql, params, prepare)), (result) =>
      transform === undefined ? result.rows : transform(result.rows),
    )
  return {
    execute: (sql, params, transform) => rows(sql, params, transform, true),
    executeUnprepared: (sql, params, transform) => rows(sql, params, transform, false),
    executeRaw: (sql, params) => run(wire.query(sql, params)),
    executeValues: (sql, params) => run(wire.queryValues(sql, params)),
    executeValuesUnprepared: (sql, params) => run(wire.queryValues(sql, params, false)),
    executeStream: (sql, params, transform) => Stream.fromIterableEffect(rows(sql, params, transform, true)),
  }
}
