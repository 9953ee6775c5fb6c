/**
 * Runs the edge program of one config file until SIGINT or SIGTERM, then says good-bye to the broker and flushes the
 * journals. Standard output carries one JSON line when it is ready; the log goes to standard error, a JSON line each.
 */
import { Cause, Effect, Exit, Fiber, Logger, type Scope } from "effect"

import { type ConfigError, readConfigFile } from "./config/ConfigFile.ts"
import { type EdgeStartError, startEdge } from "./EdgeProgram.ts"

/** Exit codes: 0 stopped by a signal, 1 it could not start, 2 the config can not be used. */
export const runEdge = async (configFile: string): Promise<number> => {
  const logged = Effect.provide(Effect.scoped(edge(configFile)), logToStandardError)
  const fiber = Effect.runFork(logged)
  const stop = () => fiber.interruptUnsafe()
  process.on("SIGINT", stop)
  process.on("SIGTERM", stop)
  const exit = await Effect.runPromise(Fiber.await(fiber))
  process.off("SIGINT", stop)
  process.off("SIGTERM", stop)
  if (Exit.isSuccess(exit) || Cause.hasInterruptsOnly(exit.cause)) return 0
  const error = Cause.squash(exit.cause)
  const isOurs = error instanceof Error && "_tag" in error
  process.stderr.write(`${isOurs ? error.message : Cause.pretty(exit.cause)}\n`)
  return isOurs && error._tag === "ConfigError" ? 2 : 1
}

const edge = Effect.fnUntraced(function* (
  configFile: string,
): Effect.fn.Return<never, ConfigError | EdgeStartError, Scope.Scope> {
  const config = yield* readConfigFile(configFile)
  const { control, buses } = yield* startEdge(config)
  process.stdout.write(`${JSON.stringify({ edge: "ready", control: control ?? null, buses })}\n`)
  return yield* Effect.never
})

const logToStandardError = Logger.layer([Logger.withConsoleError(Logger.formatJson)])
