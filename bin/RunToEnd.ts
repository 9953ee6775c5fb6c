/**
 * Runs an Effect program until it ends or SIGINT or SIGTERM asks it to, and gives the exit code: 0 done or stopped by a
 * signal, 1 it could not start or failed, 2 what the user gave it (a setting, a config) can not be used. An error of ours
 * is said in its own sentence on standard error, a defect with all that is known of it.
 */
import { Cause, Effect, Exit, Fiber } from "effect"

const misuse = new Set(["SettingsError", "CommandKeyError", "ConfigError"])

export const runToEnd = async <E>(program: Effect.Effect<unknown, E>): Promise<number> => {
  const fiber = Effect.runFork(program)
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
  return isOurs && typeof error._tag === "string" && misuse.has(error._tag) ? 2 : 1
}
