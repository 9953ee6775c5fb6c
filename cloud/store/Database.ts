/**
 * The connection to Postgres: the one `DATABASE_URL` names, else the embedded one, whose server then lives and dies with
 * this layer. It waits for a server that is still starting, and says plainly which setting is wrong when none comes.
 * When the layer is built migrations have run and the walls between tenants are up (`RaiseWalls`).
 */
import { NodeServices } from "@effect/platform-node"
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer, Option, Redacted, Schedule, Schema } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import path from "node:path"
import { startEmbeddedPostgres } from "../postgres/EmbeddedPostgres.ts"
import { Limits } from "#core/Limits.ts"
import { orUndefined, Settings } from "../Settings.ts"
import { shownUrl } from "./DatabaseUrl.ts"
import { migrate } from "./Migrations.ts"
import { raiseWalls, roles } from "./RaiseWalls.ts"
import { sessionLimits } from "./SessionLimits.ts"
import { type PoolAccess, tenantClient } from "./TenantClient.ts"
import { judgeWalls } from "./WallReport.ts"

/** No database could be reached or brought up to date. */
export class DatabaseUnavailable extends Schema.TaggedError<DatabaseUnavailable>()("DatabaseUnavailable", {
  message: Schema.String,
}) {}

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

/** The login, the settings its sessions begin with after those of its address, and whose rows they show. */
const sessions = (url: Redacted.Redacted, settings: Readonly<Record<string, string>>): PoolAccess => {
  const given = new URL(Redacted.value(url)).searchParams.get("options") ?? ""
  const own = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`)
  return { url, startupOptions: [given, ...own].join(" ").trim() }
}

const everything = { "cartwise.chains": "*" }
const nothing = { "cartwise.chains": "", "cartwise.branches": "" }

/** Waits for the server, brings the schema up to date and puts the walls up; gives whether there are roles to work in. */
const prepare = (url: Redacted.Redacted) =>
  Effect.gen(function* () {
    const owner = yield* PgClient.make({ ...sessions(url, everything), ...sessionLimits, maxConnections: 1 }).pipe(
      Effect.tap((sql) => sql`select 1`),
      Effect.retry({ schedule: Schedule.spaced(Limits.databaseRetryMs), times: Limits.databaseConnectTries }),
      Effect.mapError(unavailable(url)),
    )
    return yield* Effect.andThen(migrate, raiseWalls).pipe(
      Effect.provideService(PgClient.PgClient, owner),
      Effect.provideService(SqlClient.SqlClient, owner),
    )
  }).pipe(Effect.scoped)

const connect = Effect.gen(function* () {
  const { url } = yield* DatabaseServer
  const settings = yield* Settings
  const ownerUrl = Option.getOrElse(settings.databaseOwnerUrl, () => url)
  const areRolesThere = yield* prepare(ownerUrl)
  const inRole = (role: string) => (areRolesThere ? { role } : {})
  const client = yield* tenantClient({
    requests: sessions(url, { ...inRole(roles.requests), ...nothing }),
    work: sessions(url, { ...inRole(roles.work), ...everything }),
    owner: sessions(ownerUrl, everything),
  })
  yield* Effect.mapError(client`select 1`, unavailable(url))
  yield* judgeWalls(client, settings.nodeEnv)
  return client
})

/** `PgClient` and `SqlClient`, connected, migrated and walled. */
export const Database = PgClient.layerFrom(connect).pipe(
  Layer.provideMerge(DatabaseServer.layer),
  Layer.provide(NodeServices.layer),
)
