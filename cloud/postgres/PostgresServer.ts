/**
 * One running Postgres: started on a data folder and a loopback port, ready when its pid file says so, stopped with the
 * scope (fast shutdown, then immediate). Where the system offers it (`setpriv --pdeathsig`, Linux) the kernel asks the
 * server to shut down when our process is killed; elsewhere the next start finds the orphan.
 */
import { Effect, Option, Schedule } from "effect"
import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { closeSync, openSync, readFileSync, statSync } from "node:fs"
import { Limits } from "#core/Limits.ts"
import { EmbeddedPostgresError } from "./EmbeddedPostgresError.ts"
import { ownerOption, readPidFile } from "./OrphanedPostgres.ts"
import type { PostgresBinaries } from "./PostgresBinaries.ts"
import type { PostgresHome } from "./PostgresHome.ts"

/** `synchronous_commit` and `fsync` stay on: a confirmed unlock must survive the machine. */
const settings = (port: number): ReadonlyArray<string> => [
  "listen_addresses=127.0.0.1",
  `port=${port}`,
  "unix_socket_directories=",
  "shared_buffers=32MB",
  `max_connections=${Limits.postgresConnections}`,
  "synchronous_commit=on",
  "fsync=on",
  "timezone=UTC",
  "log_timezone=UTC",
  ownerOption(),
]

let watchdog: ReadonlyArray<string> | undefined
/** The words before the server's command line that tie its life to ours; none where the system cannot. */
const watchdogCommand = (): ReadonlyArray<string> => {
  const command = ["/usr/bin/setpriv", "--pdeathsig", "INT", "--"]
  watchdog ??= spawnSync(command[0] ?? "", [...command.slice(1), "/bin/true"]).status === 0 ? command : []
  return watchdog
}

const openLog = (file: string) => {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  return openSync(file, size > Limits.postgresLogBytes ? "w" : "a", 0o600)
}

const launch = (home: PostgresHome, binaries: PostgresBinaries, port: number) => {
  const log = openLog(home.logFile)
  const logStart = statSync(home.logFile).size
  const [file, ...args] = [
    ...watchdogCommand(),
    binaries.postgres,
    "-D",
    home.cluster,
    ...settings(port).flatMap((setting) => ["-c", setting]),
  ]
  const child = spawn(file ?? binaries.postgres, args, {
    ...home.user,
    cwd: "/",
    env: { LC_ALL: "C" },
    stdio: ["ignore", log, log],
  })
  closeSync(log)
  const exited = new Promise<void>((resolve) => {
    child.once("exit", () => resolve())
    child.once("error", () => resolve())
  })
  const said = () => readFileSync(home.logFile).subarray(logStart).toString().trim()
  return { child, exited: Effect.promise(() => exited), said }
}

const isRunning = (child: ChildProcess) =>
  child.pid !== undefined && child.exitCode === null && child.signalCode === null

/** Asks for a fast shutdown, insists after `postgresStopMs`. Never SIGKILL: it would leave the server's children. */
const stop = (child: ChildProcess, exited: Effect.Effect<void>) =>
  Effect.gen(function* () {
    for (const name of ["SIGINT", "SIGQUIT"] as const) {
      if (!isRunning(child)) return
      child.kill(name)
      yield* exited.pipe(Effect.timeoutOption(Limits.postgresStopMs))
    }
  })

const failed = (reason: EmbeddedPostgresError["reason"], message: string) =>
  new EmbeddedPostgresError({ reason, message })

/** Turns the words of a server that gave up into a reason. */
const explain = (said: string, home: PostgresHome, port: number): EmbeddedPostgresError => {
  if (/could not bind|could not create any TCP\/IP sockets/.test(said)) {
    return failed("port_taken", `Port ${port} on 127.0.0.1 is taken. Set DATABASE_PORT to another.`)
  }
  if (/lock file "postmaster.pid" already exists/.test(said)) {
    return failed("in_use", `Another program has just started the database in ${home.cluster}.`)
  }
  const lastWords = said.split("\n").slice(-5).join("\n")
  return failed("start_failed", `Postgres does not start on ${home.cluster} (log: ${home.logFile}):\n${lastWords}`)
}

/** Starts the server and waits until it takes connections; it stops when the scope closes. */
export const startServer = Effect.fn("startServer")(function* (
  home: PostgresHome,
  binaries: PostgresBinaries,
  port: number,
) {
  const { child, exited, said } = yield* Effect.acquireRelease(
    Effect.try({
      try: () => launch(home, binaries, port),
      catch: (cause) =>
        new EmbeddedPostgresError({ reason: "data_dir_unusable", message: `cannot start Postgres: ${cause}` }),
    }),
    (server) => stop(server.child, server.exited),
  )
  const isReady = () => {
    const pidFile = readPidFile(home.cluster)
    return pidFile?.pid === child.pid && pidFile?.status === "ready"
  }
  const ready = Effect.sync(isReady).pipe(
    Effect.repeat({ until: (yes) => yes, schedule: Schedule.spaced(Limits.postgresPollMs) }),
    Effect.timeoutOption(Limits.postgresStartMs),
    Effect.map(Option.isSome),
  )
  const isUp = yield* Effect.raceFirst(ready, Effect.as(exited, false))
  if (isUp) return { pid: child.pid, exited }
  return yield* explain(isRunning(child) ? "it was not ready in time" : said(), home, port)
})
