/**
 * A whole cloud for tests: real Postgres and broker, embedded, in a folder of their own; the small registry; ports the
 * system chose. Every service is there beside what listens.
 */
import { Clock, ConfigProvider, Effect, FileSystem, Layer, References } from "effect"
import { NodeServices } from "@effect/platform-node"
import { CloudServices } from "./main.ts"
import { Settings } from "./Settings.ts"
import { smallRegistry } from "./SmallRegistry.fixture.ts"

const quiet: Layer.Layer<never> = Layer.succeed(References.MinimumLogLevel, "None")

/** The cloud with the given settings on top of those every test needs; it logs nothing unless told where to. */
export const testCloud = (settings: Readonly<Record<string, string>> = {}, log: Layer.Layer<never> = quiet) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const files = yield* FileSystem.FileSystem
      const dataDir = yield* files.makeTempDirectoryScoped({ prefix: "cartwise-cloud-" })
      const registryFile = `${dataDir}/registry.json`
      yield* files.writeFileString(registryFile, JSON.stringify(smallRegistry))
      const env = {
        API_PORT: "0",
        MQTT_PORT: "0",
        // Most tests are about what is said and not about who may say it.
        MQTT_OPEN: "true",
        CARTWISE_DATA_DIR: dataDir,
        REGISTRY_FILE: registryFile,
        ...settings,
      }
      return CloudServices.pipe(
        Layer.provideMerge(log),
        Layer.provideMerge(Settings.layer),
        Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env }))),
      )
    }),
  ).pipe(Layer.provide(NodeServices.layer))

/** Runs with a clock that is so many milliseconds ahead. */
export const later = <A, E, R>(ms: number, effect: Effect.Effect<A, E, R>) =>
  Effect.flatMap(Clock.Clock, (clock) => {
    const ahead: Clock.Clock = Object.create(clock, {
      currentTimeMillisUnsafe: { value: () => clock.currentTimeMillisUnsafe() + ms },
      currentTimeMillis: { value: Effect.map(clock.currentTimeMillis, (now) => now + ms) },
    })
    return Effect.provideService(effect, Clock.Clock, ahead)
  })
