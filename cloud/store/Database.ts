/**
 * The connection to Postgres: the one `DATABASE_URL` names, else the embedded one, whose server then lives and dies with
 * this layer. It waits for a server that is still starting, and says plainly which setting is wrong when none comes.
 * Migrations have run when the layer is built. 64-bit integers are read as numbers: everything stored is below 2^53.
 */
import { NodeServices } from "@effect/platform-node"
import { PgClient, PgTypes } from "@effect/sql-pg"
import { Context, Duration, Effect, Layer, Redacted, Result, Schedule, Schema } from "effect"
import type { SqlError } from "effect/sql"
import path from "node:path"
import { startEmbeddedPostgres } from "../postgres/EmbeddedPostgres.ts"
import { Limits } from "#core/Limits.ts"
import { orUndefined, Settings } from "../Settings.ts"
import { shownUrl } from "./DatabaseUrl.ts"
import { migrate } from "./Migrations.ts"

/** No database could be reached or brought up to date. */
export class DatabaseUnavailable extends Schema.TaggedError<DatabaseUnavailable>()("DatabaseUnavailable", {
  message: Schema.String,
}) {}

/** Int8 as numbers. Fails on a value that a number cannot hold, which nothing here ever writes or reads. */
const types = (() => {
  const registry = PgTypes.makeRegistry()
  const half = 2 ** 32
  const read = (bytes: Uint8Array): Result.Result<number, PgTypes.CodecError> => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, 8)
    const value = view.getInt32(0) * half + view.getUint32(4)
    return Number.isSafeInteger(value)
      ? Result.succeed(value)
      : Result.fail(new PgTypes.CodecError({ message: `int8 ${value} does not fit a number` }))
  }
  const encode = (given: number | bigint): Result.Result<Uint8Array, PgTypes.CodecError> => {
    const value = Number(given)
    if (!Number.isSafeInteger(value)) {
      return Result.fail(new PgTypes.CodecError({ message: `${given} is no whole number that a number can hold` }))
    }
    const bytes = new Uint8Array(8)
    const view = new DataView(bytes.buffer)
    const high = Math.floor(value / half)
    view.setInt32(0, high)
    view.setUint32(4, value - high * half)
    return Result.succeed(bytes)
  }
  registry.register(PgTypes.OID.int8, { encode, decode: read })
  return registry
})()

const started = Effect.gen(function* () {
  const settings = yield* Settings
  if (settings.databaseUrl._tag === "Some") return { url: settings.databaseUrl.value, ended: Effect.never }
  const context = yield* Effect.context()
  const embedded = yield* startEmbeddedPostgres({
    dataDir: path.resolve(settings.dataDir, "postgres"),
    port: orUndefined(settings.databasePort),
    onProgress: (note) => Effect.runForkWith(context)(Effect.logInfo(note)),
  })
  for (const note of embedded.notes) yield* Effect.logInfo(note)
  const message = "The embedded Postgres has ended by itself; its log is in the data folder. Start the cloud again."
  const ended = Effect.andThen(embedded.exited, Effect.fail(new DatabaseUnavailable({ message })))
  return { url: Redacted.make(embedded.url), ended }
})

/** Where the database is; starts the embedded server if none is set. */
export class DatabaseServer extends Context.Service<
  DatabaseServer,
  {
    readonly url: Redacted.Redacted
    /** Fails when an embedded server ends although nobody stopped it. */
    readonly ended: Effect.Effect<never, DatabaseUnavailable>
  }
>()("cartwise/cloud/store/DatabaseServer") {
  static readonly layer = Layer.effect(DatabaseServer, started)
}

const unavailable = (url: Redacted.Redacted) => (error: SqlError.SqlError) =>
  new DatabaseUnavailable({
    message: `The database at ${shownUrl(url)} cannot be used: ${error.message}. Check DATABASE_URL and that the server runs.`,
  })

const connect = (url: Redacted.Redacted) =>
  PgClient.make({
    url,
    types,
    applicationName: "cartwise-cloud",
    maxConnections: Limits.databaseConnections,
    minConnections: 2,
    connectTimeout: Duration.millis(Limits.databaseConnectMs),
  }).pipe(
    Effect.tap((sql) => sql`select 1`),
    Effect.retry({
      schedule: Schedule.spaced(Limits.databaseRetryMs),
      times: Limits.databaseConnectTries,
    }),
    Effect.mapError(unavailable(url)),
  )

/** `PgClient` and `SqlClient`, connected and migrated. */
export const Database = PgClient.layerFrom(Effect.flatMap(DatabaseServer, ({ url }) => connect(url))).pipe(
  (client) => Layer.provideMerge(Layer.effectDiscard(migrate), client),
  Layer.provideMerge(DatabaseServer.layer),
  Layer.provide(NodeServices.layer),
)
