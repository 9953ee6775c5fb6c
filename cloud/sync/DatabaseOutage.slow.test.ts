import { assert, it } from "@effect/vitest"
import { NodeServices } from "@effect/platform-node"
import { Effect, Exit, FileSystem, Scope } from "effect"
import { Broker } from "../broker/Broker.ts"
import { testCloud } from "../Cloud.fixture.ts"
import { HttpServer } from "../http/HttpServer.ts"
import { startEmbeddedPostgres } from "../postgres/EmbeddedPostgres.ts"
import { placesOf } from "../SmallRegistry.fixture.ts"
import { observed, TestDevice } from "./Device.fixture.ts"

const places = placesOf(1)

/** A database that can be killed and started again at the same address. */
const database = Effect.gen(function* () {
  const files = yield* FileSystem.FileSystem
  const dataDir = yield* files.makeTempDirectoryScoped({ prefix: "cartwise-outage-" })
  const outer = yield* Effect.scope
  const start = (port?: number) =>
    Effect.gen(function* () {
      const scope = yield* Scope.fork(outer)
      const server = yield* Scope.provide(startEmbeddedPostgres({ dataDir, port }), scope)
      const kill = Effect.gen(function* () {
        process.kill(server.pid, "SIGKILL")
        yield* server.exited
        yield* Scope.close(scope, Exit.void)
      })
      return { server, kill }
    })
  const first = yield* start()
  return { ...first, again: start(first.server.port) }
})

it.live(
  "CW-MQTT-205: a fact that comes while the database is away is kept, stored when it is back, and acknowledged only then",
  () =>
    Effect.gen(function* () {
      const { server, kill, again } = yield* database
      yield* Effect.gen(function* () {
        const broker = yield* Broker
        const { url } = yield* HttpServer
        const device = yield* Effect.acquireRelease(
          Effect.promise(() => TestDevice.connect(broker.url, places)),
          (open) => Effect.promise(() => open.stop()),
        )
        yield* Effect.promise(() => device.boot())
        yield* Effect.promise(() => device.facts([observed(1, places.bayIds[0], "closed", "present", "secured")]))
        yield* kill
        // What was acknowledged before may be said once more when the database is back.
        const acknowledged = device.next("events/ack", ({ seq }) => seq === 2)
        void device.facts([observed(2, places.bayIds[0], "open", "absent", "empty")])
        const ready = yield* Effect.promise(() => fetch(`${url}/health/ready`))
        assert.strictEqual(ready.status, 503)
        const isAcknowledged = () =>
          device.heard.some(({ leaf, message }) => leaf === "events/ack" && message["seq"] === 2)
        assert.isFalse(isAcknowledged())
        yield* again
        yield* Effect.promise(() => acknowledged)
      }).pipe(Effect.scoped, Effect.provide(testCloud({ DATABASE_URL: server.url })))
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
  60_000,
)
