/**
 * The edge program of one config file: runs until it is interrupted, then says good-bye to the broker and flushes the
 * journals. Standard output carries one JSON line when it is ready; the log goes to standard error, a line each.
 */
import { Effect, Layer, Logger, References, type Scope } from "effect"

import { logLine } from "#core/log/LogLine.ts"

import { type ConfigError, parseConfig, readConfigFile } from "./config/ConfigFile.ts"
import type { EdgeConfig } from "./config/EdgeConfig.ts"
import type { JoiningConfig } from "./config/JoiningConfig.ts"
import { type EdgeStartError, startEdge } from "./EdgeProgram.ts"
import type { IdentityUnusable } from "./identity/Enrolment.ts"
import { joinAll } from "./identity/JoinAll.ts"

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

/** The devices of a config, each as who it is: those that must join first do so, as long as it takes. */
const known = Effect.fnUntraced(function* (
  config: EdgeConfig | JoiningConfig,
): Effect.fn.Return<EdgeConfig, ConfigError | IdentityUnusable, Scope.Scope> {
  if (!("cloud" in config)) return config
  const joined = yield* joinAll(config)
  return yield* Effect.fromResult(parseConfig("that the cloud gives", JSON.stringify(joined)))
})

/** Runs the devices of a config file until it is interrupted. */
export const runningEdge = (
  configFile: string,
): Effect.Effect<never, ConfigError | EdgeStartError | IdentityUnusable> =>
  Effect.flatMap(readConfigFile(configFile), (config) =>
    Effect.provide(Effect.scoped(Effect.flatMap(known(config), edge)), logToStandardError(config.log_format)),
  )
