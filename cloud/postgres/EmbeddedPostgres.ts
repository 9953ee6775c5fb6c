/**
 * A real Postgres without installing one: the programs come from npm, the files live under the data folder, the server
 * listens on 127.0.0.1 only and stops with the scope. Data survives `kill -9` of everything: commits are synced to disk,
 * and a server that outlived its program is stopped by the next start. It is for demos, development and tests;
 * production sets `DATABASE_URL`. It does not run migrations.
 */
import { Effect, Schedule } from "effect"
import { Limits } from "#core/Limits.ts"
import { EmbeddedPostgresError } from "./EmbeddedPostgresError.ts"
import { freePort, isPortFree } from "./FreePort.ts"
import { stopOrphan } from "./OrphanedPostgres.ts"
import { findPostgresBinaries } from "./PostgresBinaries.ts"
import { databaseName, openCluster, roleName, writeClusterRecord } from "./PostgresCluster.ts"
import { openPostgresHome } from "./PostgresHome.ts"
import { startServer } from "./PostgresServer.ts"

export interface EmbeddedPostgresOptions {
  /** Where the database belongs, usually `<CARTWISE_DATA_DIR>/postgres`. Created if it is not there. */
  readonly dataDir: string
  /** A fixed port; without it the port used last, if it is free, else any. */
  readonly port?: number | undefined
  /** Told about steps that take longer than a moment. */
  readonly onProgress?: ((note: string) => void) | undefined
}

export interface EmbeddedPostgres {
  /**
   * For the role `cartwise`, owner of the database `cartwise`; may create databases and roles, is no superuser. Sessions of
   * this address are shown the rows of every tenant.
   */
  readonly url: string
  readonly port: number
  /** The server's process id. */
  readonly pid: number
  /** Where the files really are. */
  readonly dataDir: string
  /** What a person should know, for example that the files had to be put elsewhere. */
  readonly notes: ReadonlyArray<string>
  /** Completes when the server has ended, whoever ended it. */
  readonly exited: Effect.Effect<void>
}

/** Row-level security shows the owner nothing either until it says whose rows it wants (`cloud/store/RaiseWalls.ts`). */
const seeEverything = encodeURIComponent("-c cartwise.chains=*")

const portTaken = (port: number) =>
  new EmbeddedPostgresError({
    reason: "port_taken",
    message: `Port ${port} on 127.0.0.1 is taken. Set DATABASE_PORT to another.`,
  })

/**
 * Starts Postgres on `dataDir` and waits until it takes connections. As root it runs as an unprivileged user.
 * Fails typed if the folder is unusable, foreign, of another version or in use, or if the asked-for port is taken.
 */
export const startEmbeddedPostgres = Effect.fn("startEmbeddedPostgres")(function* (options: EmbeddedPostgresOptions) {
  const onProgress = options.onProgress ?? (() => undefined)
  const home = yield* openPostgresHome(options.dataDir)
  const binaries = yield* findPostgresBinaries(home.user)
  yield* stopOrphan(home.cluster)
  const record = yield* openCluster(home, binaries, onProgress)

  const startOnce = Effect.gen(function* () {
    if (options.port !== undefined && !(yield* isPortFree(options.port))) return yield* portTaken(options.port)
    const port = options.port ?? (yield* freePort(record.port))
    return { port, server: yield* startServer(home, binaries, port) }
  })
  // A port found free can be lost to a faster program; children of a killed server need a moment to notice.
  const isWorthRetrying = (error: EmbeddedPostgresError) =>
    (error.reason === "port_taken" && options.port === undefined) ||
    (error.reason === "start_failed" && error.message.includes("pre-existing shared memory block"))
  const { port, server } = yield* startOnce.pipe(
    Effect.retry({
      while: isWorthRetrying,
      schedule: Schedule.spaced(Limits.postgresRetryMs),
      times: Limits.postgresStartTries,
    }),
  )
  if (port !== record.port) yield* writeClusterRecord(home, { ...record, port })
  return {
    url: `postgres://${roleName}:${record.password}@127.0.0.1:${port}/${databaseName}?options=${seeEverything}`,
    port,
    pid: server.pid ?? 0,
    dataDir: home.cluster,
    notes: [...home.notes, ...binaries.notes],
    exited: server.exited,
  } satisfies EmbeddedPostgres
})
