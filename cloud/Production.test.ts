import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect, Layer } from "effect"
import { CheckedSettings, productionProblems } from "./Production.ts"
import { Settings } from "./Settings.ts"

const real = {
  NODE_ENV: "production",
  SECRET_KEY: "Zq8mT1xWv4Lr7KpC2sNd9HfJ6bYg3aEu5oQi",
  PHONE_KEY: "pR5uV9tXe2WcB8nMkA4zL7jS1hD6gF3yQ0oI",
  PUBLIC_URL: "https://carts.example",
  TRUSTED_PROXIES: "10.0.0.1, ::1",
  DATABASE_URL: "postgres://cartwise:x@db.internal/cartwise",
  MQTT_BROKER: "mqtt.internal",
  MQTT_USERNAME: "cloud",
  MQTT_PASSWORD: "of the broker",
  MQTT_USE_TLS: "true",
  INFORU_USERNAME: "shop",
  INFORU_PASSWORD: "of inforu",
}

const problemsOf = (change: Readonly<Record<string, string>>) =>
  Effect.map(Settings, productionProblems).pipe(
    Effect.provide(Settings.layer),
    Effect.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env: { ...real, ...change } }))),
  )

/** One change to a real installation's settings, and the setting that the refusal names. */
const refused: ReadonlyArray<readonly [what: string, change: Readonly<Record<string, string>>, names: RegExp]> = [
  ["no SECRET_KEY", { SECRET_KEY: "" }, /^SECRET_KEY is not set/u],
  ["a SECRET_KEY of one letter", { SECRET_KEY: "a".repeat(48) }, /^SECRET_KEY can be guessed/u],
  [
    "the SECRET_KEY of an example",
    { SECRET_KEY: "change-me-0123456789-abcdefghijklmnop" },
    /^SECRET_KEY can be guessed/u,
  ],
  ["no PHONE_KEY", { PHONE_KEY: "" }, /^PHONE_KEY is not set/u],
  ["one key for both", { PHONE_KEY: real.SECRET_KEY }, /^SECRET_KEY and PHONE_KEY are the same/u],
  ["no PUBLIC_URL", { PUBLIC_URL: "" }, /^PUBLIC_URL/u],
  ["a PUBLIC_URL in clear", { PUBLIC_URL: "http://carts.example" }, /^PUBLIC_URL/u],
  ["no proxy that is known", { TRUSTED_PROXIES: "" }, /^TRUSTED_PROXIES/u],
  ["the embedded Postgres", { DATABASE_URL: "" }, /^DATABASE_URL/u],
  ["the embedded broker", { MQTT_BROKER: "" }, /^MQTT_BROKER/u],
  ["an open broker", { MQTT_OPEN: "true" }, /^MQTT_OPEN/u],
  ["nobody's name on the broker", { MQTT_USERNAME: "" }, /^MQTT_USERNAME/u],
  ["a broker elsewhere without TLS", { MQTT_USE_TLS: "false" }, /^MQTT_USE_TLS/u],
  ["open registration", { REGISTRATION_OPEN: "true" }, /^REGISTRATION_OPEN/u],
  ["a simulator", { SIMULATOR_CONTROL: "http://127.0.0.1:9000" }, /^SIMULATOR_CONTROL/u],
  ["debugging", { DEBUG: "true" }, /^DEBUG/u],
]

describe("in production", () => {
  it.effect("what a real installation is given is enough", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* problemsOf({}), [])
      assert.deepStrictEqual(yield* problemsOf({ MQTT_BROKER: "127.0.0.1", MQTT_USE_TLS: "false" }), [])
    }),
  )

  for (const [what, change, names] of refused) {
    it.effect(`the program does not start with ${what}`, () =>
      Effect.gen(function* () {
        const problems = yield* problemsOf(change)
        assert.lengthOf(problems, 1, problems.join("; "))
        assert.match(problems[0] ?? "", names)
        const started = Layer.build(CheckedSettings).pipe(
          Effect.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env: { ...real, ...change } }))),
          Effect.scoped,
        )
        const { message } = yield* Effect.flip(started)
        assert.include(message, problems[0] ?? "nothing was said")
      }),
    )

    it.effect(`elsewhere it does, with ${what}`, () =>
      Effect.map(problemsOf({ ...change, NODE_ENV: "development" }), (problems) =>
        assert.deepStrictEqual(problems, []),
      ),
    )
  }
})
