/**
 * Runs the cloud until SIGINT or SIGTERM, then stops it in order: no more requests, the live stream closed, what is
 * under way finished, the broker and the database last. Standard output carries one JSON line when everything is
 * ready; the log goes to standard error. What keeps it from starting is said in one sentence that names the setting.
 */
import { Cause, Effect, Exit, Fiber, Layer, Redacted } from "effect"
import { Broker } from "./broker/Broker.ts"
import { HttpServer } from "./http/HttpServer.ts"
import { Logging } from "./Logging.ts"
import { Cloud } from "./main.ts"
import { Settings } from "./Settings.ts"
import { Database, DatabaseServer } from "./store/Database.ts"
import { shownUrl } from "./store/DatabaseUrl.ts"

/** Says where everything is. The embedded database's address is said in full: it is on loopback and for tools. */
const sayReady = Effect.gen(function* () {
  const settings = yield* Settings
  const { url } = yield* HttpServer
  const broker = yield* Broker
  const { url: address } = yield* DatabaseServer
  const database = settings.databaseUrl._tag === "None" ? Redacted.value(address) : shownUrl(address)
  process.stdout.write(`${JSON.stringify({ cloud: "ready", url, mqtt: broker.url, database })}\n`)
})

const running = Effect.gen(function* () {
  yield* sayReady
  const { ended } = yield* DatabaseServer
  return yield* ended
}).pipe(Effect.provide(Cloud))
const migrating = Effect.void.pipe(Effect.provide(Database.pipe(Layer.provide(Logging), Layer.provide(Settings.layer))))

/** Exit codes: 0 done or stopped by a signal, 1 it could not start or failed, 2 a setting can not be used. */
const runToEnd = async <E>(program: Effect.Effect<unknown, E>): Promise<number> => {
  const fiber = Effect.runFork(program)
  const stop = () => fiber.interruptUnsafe()
  process.on("SIGINT", stop)
  process.on("SIGTERM", stop)
  const exit = await Effect.runPromise(Fiber.await(fiber))
  process.off("SIGINT", stop)
  process.off("SIGTERM", stop)
  if (Exit.isSuccess(exit) || Cause.hasInterruptsOnly(exit.cause)) return 0
  const error = Cause.squash(exit.cause)
  const isOurs = error instanceof Error && "_tag" in error
  process.stderr.write(`${isOurs ? error.message : Cause.pretty(exit.cause)}\n`)
  return isOurs && error._tag === "SettingsError" ? 2 : 1
}

/** Runs the cloud until it is told to stop; gives the exit code. */
export const runCloud = (): Promise<number> => runToEnd(running)

/** Brings the database up to date and ends; gives the exit code. */
export const runMigrations = (): Promise<number> => runToEnd(migrating)
