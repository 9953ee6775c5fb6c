/**
 * Logs: one line each on stderr, so that stdout stays free for what a program answers; JSON, or for people with
 * `LOG_FORMAT=pretty`. `DEBUG` lets the debug level through. No payload is ever logged, and secrets and phone numbers are
 * left out of every line. Spans are not made: nothing collects them yet, and they cost a tenth of the work of a request.
 */
import { Effect, Layer, Logger, References } from "effect"
import { logLine } from "#core/log/LogLine.ts"
import { Settings } from "./Settings.ts"

export const Logging = Layer.unwrap(
  Effect.map(Settings, ({ appVersion: version, debug, logFormat }) =>
    Layer.mergeAll(
      Layer.succeed(References.TracerEnabled, false),
      Logger.layer([Logger.withConsoleError(logLine({ service: "cloud", version }, logFormat))]),
      Layer.succeed(References.MinimumLogLevel, debug ? "Debug" : "Info"),
    ),
  ),
)
