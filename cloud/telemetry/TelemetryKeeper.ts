/**
 * The scheduled job of the telemetry table: partitions of the coming months exist before they are needed, and months that
 * nobody may ask for any more are dropped whole. It may wait a moment for a lock, so it has a fibre of its own: no deadline
 * waits with it. A failed look is logged and made good by the next; until then rows are kept without a partition.
 */
import { Clock, Context, Effect, Layer } from "effect"
import { Limits } from "#core/Limits.ts"
import { Telemetry } from "../store/Telemetry.ts"
import { TelemetryRetention } from "./TelemetryRetention.ts"

export class TelemetryKeeper extends Context.Service<
  TelemetryKeeper,
  {
    /** Looks now. Never fails. */
    readonly look: Effect.Effect<void>
  }
>()("cartwise/cloud/telemetry/TelemetryKeeper") {
  static readonly layer = Layer.effect(
    TelemetryKeeper,
    Effect.gen(function* () {
      const store = yield* Telemetry
      const { days } = yield* TelemetryRetention
      const look = Effect.gen(function* () {
        const { made, dropped } = yield* store.tidy(yield* Clock.currentTimeMillis, Limits.telemetryMonthsAhead, days)
        if (made + dropped > 0) yield* Effect.logInfo("months of telemetry were made and dropped", { made, dropped })
      }).pipe(Effect.catchCause((cause) => Effect.logWarning("the months of telemetry were not looked after", cause)))
      // Before the first row comes.
      yield* look
      yield* Effect.forkScoped(Effect.forever(Effect.delay(look, Limits.telemetryKeepEveryMs)))
      return TelemetryKeeper.of({ look })
    }),
  )
}
