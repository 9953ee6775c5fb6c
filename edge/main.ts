/**
 * The edge program of one config file: runs until it is interrupted, then says good-bye to the broker and flushes the
 * journals. Standard output carries one JSON line when it is ready; the log goes to standard error, a JSON line each.
 */
import { Effect, Layer, Logger, References, type Scope } from "effect"

import { type ConfigError, readConfigFile } from "./config/ConfigFile.ts"
import { type EdgeStartError, startEdge } from "./EdgeProgram.ts"

const edge = Effect.fnUntraced(function* (
  configFile: string,
): Effect.fn.Return<never, ConfigError | EdgeStartError, Scope.Scope> {
  const config = yield* readConfigFile(configFile)
  const { control, buses } = yield* startEdge(config)
  process.stdout.write(`${JSON.stringify({ edge: "ready", control: control ?? null, buses })}\n`)
  return yield* Effect.never
})

const logToStandardError = Layer.merge(
  Logger.layer([Logger.withConsoleError(Logger.formatJson)]),
  // Nobody collects spans here; making them costs time on the way to the wire.
  Layer.succeed(References.TracerEnabled, false),
)

/** Runs the devices of a config file until it is interrupted. */
export const runningEdge = (configFile: string): Effect.Effect<never, ConfigError | EdgeStartError> =>
  Effect.provide(Effect.scoped(edge(configFile)), logToStandardError)
