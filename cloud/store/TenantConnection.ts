/**
 * A connection that shows the rows of one scope. The scope is set inside each transaction and is gone with it, so a pooled
 * connection carries nothing to whoever has it next. It costs no round trip: the beginning, the scope, the statement and the
 * end are written together. The connection must be pipelining and nobody else's meanwhile.
 */
import type { PgConnection } from "@effect/sql-pg"
import { Effect, Fiber, Stream } from "effect"
import type { SqlConnection, SqlError } from "effect/sql"
import type { TenantScope } from "./Tenants.ts"

type Wire = PgConnection.PgConnection
type Result<A> = Effect.Effect<A, SqlError.SqlError>
type Transform = (<A extends object>(row: ReadonlyArray<A>) => ReadonlyArray<A>) | undefined

const setScope = "select set_config('cartwise.chains', $1, true), set_config('cartwise.branches', $2, true)"

const listed = (ids: ReadonlyArray<string>): string => `{${ids.join(",")}}`

/** The scope as the policies read it. */
const settingsOf = (scope: TenantScope): readonly [chains: string, branches: string] =>
  scope.all ? ["*", ""] : [listed(scope.chainIds), listed(scope.branches.map(({ branchId }) => branchId))]

/** Writes all of them at once, in order, and gives what the one in the middle gives; it fails with the first that fails. */
const together = <A>(
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

/** Statements of their own, each its own transaction. */
export const tenantConnection = (wire: Wire, scope: TenantScope): SqlConnection.Connection =>
  connectionOf(wire, (statement) => together(opening(wire, scope), statement, [wire.query("COMMIT")]))

/** For one transaction: the scope is set with its beginning. */
export const tenantTransaction = (wire: Wire, scope: TenantScope): SqlConnection.Connection => {
  const plain = connectionOf(wire, (statement) => statement)
  const begin = (statement: Result<PgConnection.Result>) =>
    together(
      [],
      Effect.map(statement, ({ rows }) => rows),
      [wire.query(setScope, settingsOf(scope))],
    )
  return {
    ...plain,
    execute: (sql, params, transform) =>
      sql === "BEGIN" ? begin(wire.query(sql)) : plain.execute(sql, params, transform),
    executeUnprepared: (sql, params, transform) =>
      sql.startsWith("BEGIN") ? begin(wire.query(sql, params, false)) : plain.executeUnprepared(sql, params, transform),
  }
}

/** A connection as it is. */
export const plainConnection = (wire: Wire): SqlConnection.Connection => connectionOf(wire, (statement) => statement)

const opening = (wire: Wire, scope: TenantScope) => [wire.query("BEGIN"), wire.query(setScope, settingsOf(scope))]

const connectionOf = (wire: Wire, run: <A>(statement: Result<A>) => Result<A>): SqlConnection.Connection => {
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
