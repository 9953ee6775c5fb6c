/**
 * Logs: one JSON object a line on stderr, so that stdout stays free for what a program answers. `DEBUG` lets the debug
 * level through. No secret and no payload is ever logged. Spans are not made: nothing collects them yet, and they cost
 * a tenth of the work of a request.
 */
import { Effect, Layer, Logger, References } from "effect"
import { Settings } from "./Settings.ts"

export const Logging = Layer.unwrap(
  Effect.map(Settings, (settings) =>
    Layer.mergeAll(
      Layer.succeed(References.TracerEnabled, false),
      Logger.layer([Logger.withConsoleError(Logger.formatJson)]),
      Layer.succeed(References.MinimumLogLevel, settings.debug ? "Debug" : "Info"),
    ),
  ),
)
