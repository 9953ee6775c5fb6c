/**
 * The edge program of one config file: runs until it is interrupted, then says good-bye to the broker and flushes the
 * journals. Standard output carries one JSON line when it is ready; the log goes to standard error, a line each.
 */
import { Effect, Layer, Logger, References, type Scope } from "effect"

import { logLine } from "#core/log/LogLine.ts"

import { type ConfigError, readConfigFile } from "./config/ConfigFile.ts"
import type { EdgeConfig } from "./config/EdgeConfig.ts"
import { type EdgeStartError, startEdge } from "./EdgeProgram.ts"

const edge = Effect.fnUntraced(function* (config: EdgeConfig): Effect.fn.Return<never, EdgeStartError, Scope.Scope> {
  const { control, buses, metrics } = yield* startEdge(config)
  process.stdout.write(
    `${JSON.stringify({ edge: "ready", control: control ?? null, buses, metrics: metrics ?? null })}\n`,
  )
  return yield* Effect.never
})

const logToStandardError = (format: EdgeConfig["log_format"]) =>
  Layer.merge(
    Logger.layer([Logger.withConsoleError(logLine({ service: "edge" }, format))]),
    // Nobody collects spans here; making them costs time on the way to the wire.
    Layer.succeed(References.TracerEnabled, false),
  )

/** Runs the devices of a config file until it is interrupted. */
export const runningEdge = (configFile: string): Effect.Effect<never, ConfigError | EdgeStartError> =>
  Effect.flatMap(readConfigFile(configFile), (config) =>
    Effect.provide(Effect.scoped(edge(config)), logToStandardError(config.log_format)),
  )
