/**
 * The database as repositories know it, one client over three pools: for requests, whose rows are those of their scope; for
 * the cloud's own work; and for the owner of the tables. Which one a statement goes to is decided by the view it runs in
 * (`Tenants`), so a repository is the same for all of them and cannot forget it.
 */
import { PgClient, PgPool } from "@effect/sql-pg"
import { Effect, type Redacted } from "effect"
import { SqlClient, SqlError, type SqlConnection, Statement } from "effect/sql"
import { Limits } from "#core/Limits.ts"
import { sessionLimits } from "./SessionLimits.ts"
import { pipelinedTransaction } from "./PipelinedTransaction.ts"
import { plainConnection, tenantConnection, tenantTransaction } from "./TenantConnection.ts"
import { Tenants, type TenantView } from "./Tenants.ts"

/** How to connect for one of the three: the address, and the options its sessions begin with instead of those of that. */
export interface PoolAccess {
  readonly url: Redacted.Redacted
  readonly startupOptions: string
}

export interface ClientAccess {
  readonly requests: PoolAccess
  readonly work: PoolAccess
  readonly owner: PoolAccess
}

type Json = Statement.Custom<"PgJson", unknown>
const json = Statement.custom<Json>("PgJson")

/** What cannot be kept is no success: Postgres answers `ROLLBACK` to the end of a transaction that has failed. */
const commit = (connection: SqlConnection.Connection): Effect.Effect<void, SqlError.SqlError> =>
  Effect.flatMap(connection.executeRaw("COMMIT", []), (result) =>
    typeof result === "object" && result !== null && "command" in result && result.command === "ROLLBACK"
      ? Effect.fail(
          new SqlError.SqlError({
            reason: new SqlError.UnknownError({
              cause: undefined,
              message: "the transaction had failed and was undone",
              operation: "commit",
            }),
          }),
        )
      : Effect.void,
  )

/** The client. Its scope ends its connections. */
export const tenantClient = Effect.fnUntraced(function* (access: ClientAccess) {
  const pool = (one: PoolAccess, settings: Partial<PgPool.Config>) =>
    PgPool.make({ ...one, ...sessionLimits, maxConnections: Limits.databaseConnections, ...settings })
  // Pipelining, and each connection lent to one at a time.
  const pipelining = { minConnections: 2, multiplex: true, multiplexConcurrency: 1 }
  const requests = yield* pool(access.requests, pipelining)
  const work = yield* pool(access.work, pipelining)
  const owner = yield* pool(access.owner, { maxConnections: Limits.databaseOwnerConnections })
  const poolOf = (view: TenantView) => (view === "work" ? work : view === "owner" ? owner : requests)

  const acquire = (reserve: boolean) =>
    Effect.flatMap(Tenants, (view) => {
      const { get, reserve: own } = poolOf(view)
      if (view === "owner") return Effect.map(reserve ? own : get, plainConnection)
      if (view === "work") return Effect.map(get, reserve ? (wire) => pipelinedTransaction(wire) : plainConnection)
      const make = reserve ? tenantTransaction : tenantConnection
      return Effect.map(get, (wire) => make(wire, view))
    })
  const borrower: SqlConnection.Borrower = (use) =>
    Effect.flatMap(Tenants, (view) =>
      poolOf(view).use((wire) => use(typeof view === "string" ? plainConnection(wire) : tenantConnection(wire, view))),
    )

  const client = yield* SqlClient.make({
    acquirer: acquire(false),
    transactionAcquirer: acquire(true),
    borrower,
    driver: "pg",
    compiler: PgClient.makeCompiler(),
    prepareTransactionControls: true,
    commit,
    releaseSavepoint: (name) => `RELEASE SAVEPOINT ${name}`,
    spanAttributes: [["db.system.name", "postgresql"]],
  })
  const unused = () => Effect.die(new Error("nothing here listens or notifies"))
  return Object.assign(client, {
    [PgClient.TypeId]: PgClient.TypeId as PgClient.TypeId,
    config: { url: access.requests.url },
    json: (value: unknown) => Statement.fragment([json(value)]),
    listen: unused,
    notify: unused,
  }) satisfies PgClient.PgClient
})
