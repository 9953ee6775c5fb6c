/** How long telemetry is kept: what the environment says (TELEMETRY_RETENTION_DAYS). */
import { Context, Effect, Layer } from "effect"
import { Settings } from "../Settings.ts"

const dayMs = 24 * 60 * 60_000

export class TelemetryRetention extends Context.Service<
  TelemetryRetention,
  { readonly days: number; readonly keptForMs: number }
>()("cartwise/cloud/telemetry/TelemetryRetention") {
  static readonly layer = Layer.effect(
    TelemetryRetention,
    Effect.map(Settings, ({ telemetryRetentionDays: days }) =>
      TelemetryRetention.of({ days, keptForMs: days * dayMs }),
    ),
  )
}
