import { assert, it } from "@effect/vitest"
import { Effect, Exit, Scope } from "effect"
import { startEmbeddedBroker } from "../broker/EmbeddedBroker.ts"
import { testCloud } from "../Cloud.fixture.ts"
import { HttpServer } from "../http/HttpServer.ts"
import { placesOf } from "../SmallRegistry.fixture.ts"
import { TestDevice } from "./Device.fixture.ts"
import { MqttClient } from "./MqttClient.ts"

const places = placesOf(1)

/** A broker that can be stopped and started again on the same port. */
const startBroker = (port: number) =>
  Effect.gen(function* () {
    const scope = yield* Scope.fork(yield* Effect.scope)
    const listening = yield* Scope.provide(startEmbeddedBroker({ port, guard: undefined }), scope)
    return { port: listening, stop: Scope.close(scope, Exit.void) }
  })

const boot = (port: number, session: number) =>
  Effect.acquireUseRelease(
    Effect.promise(() => TestDevice.connect(`mqtt://127.0.0.1:${port}`, places)),
    (device) =>
      Effect.promise(async () => {
        device.session = session
        return await device.boot()
      }),
    (device) => Effect.promise(() => device.stop()),
  )

it.live(
  "CW-MQTT-801: a broker that went away is found again, nothing is queued for it meanwhile, and health says so",
  () =>
    Effect.gen(function* () {
      const { port, stop } = yield* startBroker(0)
      yield* Effect.gen(function* () {
        const mqtt = yield* MqttClient
        const { url } = yield* HttpServer
        const status = Effect.promise(() => fetch(`${url}/health/ready`)).pipe(Effect.map((answer) => answer.status))
        yield* Effect.repeat(status, { until: (code) => code === 200 })
        assert.deepInclude(yield* boot(port, 1), { status: "accepted" })
        yield* stop
        yield* Effect.repeat(status, { until: (code) => code === 503 })
        const refused = yield* Effect.flip(mqtt.publish("cartwise/x", "late"))
        assert.isTrue(refused.certain)
        yield* startBroker(port)
        yield* Effect.repeat(status, { until: (code) => code === 200 })
        assert.deepInclude(yield* boot(port, 2), { status: "accepted" })
      }).pipe(Effect.provide(testCloud({ MQTT_BROKER: "127.0.0.1", MQTT_PORT: String(port) })))
    }).pipe(Effect.scoped),
  60_000,
)
