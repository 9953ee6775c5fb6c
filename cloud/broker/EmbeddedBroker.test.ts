import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { connectAsync } from "mqtt"
import { startEmbeddedBroker } from "./EmbeddedBroker.ts"

const connect = (port: number, options: object = {}) =>
  Effect.acquireRelease(
    Effect.promise(() =>
      connectAsync(`mqtt://127.0.0.1:${port}`, { protocolVersion: 4, reconnectPeriod: 0, ...options }),
    ),
    (client) => Effect.promise(() => client.endAsync(true)),
  )

describe("the embedded broker", () => {
  it.effect("says which port is taken and which setting moves it", () =>
    Effect.gen(function* () {
      const port = yield* startEmbeddedBroker({ port: 0, credentials: undefined })
      const { message } = yield* Effect.flip(startEmbeddedBroker({ port, credentials: undefined }))
      assert.include(message, String(port))
      assert.include(message, "MQTT_PORT")
    }),
  )

  it.effect("refuses a shared subscription, which it would never serve", () =>
    Effect.gen(function* () {
      const port = yield* startEmbeddedBroker({ port: 0, credentials: undefined })
      const client = yield* connect(port)
      const refused = yield* Effect.promise(() =>
        client.subscribeAsync("$share/group/topic", { qos: 1 }).then(
          (granted) => granted[0]?.qos,
          () => 128,
        ),
      )
      assert.strictEqual(refused, 128)
    }),
  )

  it.effect("lets nobody in without the name and password it was given", () =>
    Effect.gen(function* () {
      const credentials = { username: "cartwise", password: Redacted.make("secret") }
      const port = yield* startEmbeddedBroker({ port: 0, credentials })
      const refused = yield* Effect.promise(() =>
        connectAsync(`mqtt://127.0.0.1:${port}`, { protocolVersion: 4, reconnectPeriod: 0 }).then(
          () => "let in",
          () => "refused",
        ),
      )
      assert.strictEqual(refused, "refused")
      const client = yield* connect(port, { username: "cartwise", password: "secret" })
      assert.isTrue(client.connected)
    }),
  )
})
