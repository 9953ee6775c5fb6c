/**
 * The cloud as a program: runs until it is interrupted, then stops in order: no more requests, the live stream closed, what is
 * under way finished, the broker and the database last. Standard output carries one JSON line when everything is
 * ready; the log goes to standard error. What keeps it from starting is said in one sentence that names the setting.
 */
import { Effect, Layer, Redacted } from "effect"
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

/** Runs the cloud until it is interrupted. */
export const runningCloud = Effect.gen(function* () {
  yield* sayReady
  const { ended } = yield* DatabaseServer
  return yield* ended
}).pipe(Effect.provide(Cloud))

/** Brings the database up to date and ends. */
export const migration = Effect.void.pipe(
  Effect.provide(Database.pipe(Layer.provide(Logging), Layer.provide(Settings.layer))),
)
