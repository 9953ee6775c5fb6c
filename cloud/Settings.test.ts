import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect, Layer, Option, Redacted } from "effect"
import { Settings } from "./Settings.ts"

const read = (env: Record<string, string>) =>
  Effect.provide(
    Effect.gen(function* () {
      return yield* Settings
    }),
    Layer.provide(Settings.layer, ConfigProvider.layer(ConfigProvider.fromEnv({ env }))),
  )

describe("settings", () => {
  it.effect("have defaults for everything", () =>
    Effect.gen(function* () {
      const settings = yield* read({})
      assert.deepInclude(settings, { apiHost: "127.0.0.1", apiPort: 8000, mqttPort: 1883, apiPrefix: "/api" })
      assert.isTrue(Option.isNone(settings.databaseUrl))
    }),
  )

  it.effect("count as not set when they are empty", () =>
    Effect.gen(function* () {
      const settings = yield* read({ MQTT_BROKER: "", API_PORT: "", SECRET_KEY: "" })
      assert.isTrue(Option.isNone(settings.mqttBroker))
      assert.strictEqual(settings.apiPort, 8000)
    }),
  )

  for (const [name, value] of Object.entries({
    API_PORT: "70000",
    MQTT_PORT: "seven",
    SECRET_KEY: "short",
    DATABASE_URL: "mysql://root:hunter2@db",
    API_PREFIX: "api",
    DEBUG: "perhaps",
    LOG_FORMAT: "xml",
    SIMULATOR_CONTROL: "localhost",
  })) {
    it.effect(`say that ${name} is wrong by its name, and never repeat its value`, () =>
      Effect.gen(function* () {
        const { message } = yield* Effect.flip(read({ [name]: value }))
        assert.include(message, name)
        assert.notInclude(message, value)
      }),
    )
  }

  it.effect("do not show secrets when they are printed", () =>
    Effect.gen(function* () {
      const { secretKey, databaseUrl } = yield* read({
        SECRET_KEY: "a-secret-key-of-more-than-32-characters",
        DATABASE_URL: "postgres://u:hunter2@db/x",
      })
      assert.notInclude(JSON.stringify({ secretKey, databaseUrl }), "hunter2")
      assert.notInclude(JSON.stringify({ secretKey, databaseUrl }), "a-secret")
      assert.isTrue(Option.exists(databaseUrl, (url) => Redacted.value(url).includes("hunter2")))
    }),
  )
})
