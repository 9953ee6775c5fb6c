/** A Postgres server for tests that need databases and logins of their own; it and everything in it goes with the scope. */
import path from "node:path"
import { NodeServices } from "@effect/platform-node"
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, FileSystem, Layer, Redacted } from "effect"
import { Reactivity } from "effect/reactivity"
import { SqlClient } from "effect/sql"
import { startEmbeddedPostgres } from "./EmbeddedPostgres.ts"

export class TestPostgres extends Context.Service<
  TestPostgres,
  {
    /** The address of a database of the server: of its own login, or of another. */
    readonly url: (database: string, login?: { readonly name: string; readonly password: string }) => string
  }
>()("cartwise/cloud/postgres/TestPostgres") {
  static readonly layer = Layer.effect(
    TestPostgres,
    Effect.gen(function* () {
      const files = yield* FileSystem.FileSystem
      const dataDir = yield* files.makeTempDirectoryScoped({ prefix: "cartwise-postgres-" })
      const server = yield* startEmbeddedPostgres({ dataDir: path.join(dataDir, "postgres") })
      return TestPostgres.of({
        url: (database, login) => {
          const address = new URL(server.url)
          address.pathname = `/${database}`
          if (login !== undefined) {
            address.username = login.name
            address.password = login.password
            address.search = ""
          }
          return address.href
        },
      })
    }),
  ).pipe(Layer.provideMerge(Layer.merge(NodeServices.layer, Reactivity.layer)))

  /** Does it on one connection to a database, as the server's own login. */
  static in<A, E, R>(database: string, work: Effect.Effect<A, E, R>) {
    return Effect.gen(function* () {
      const { url } = yield* TestPostgres
      const client = yield* PgClient.make({ url: Redacted.make(url(database)), maxConnections: 1 })
      return yield* work.pipe(
        Effect.provideService(PgClient.PgClient, client),
        Effect.provideService(SqlClient.SqlClient, client),
      )
    }).pipe(Effect.scoped)
  }
}
