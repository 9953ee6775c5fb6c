/**
 * Telemetry on its way into the store, beside facts and never before them: a queue of its own, one writer, many messages in
 * one statement. While the database is away the queue fills; what does not fit is dropped and counted, because the next
 * message says how the device is by then.
 */
import { Clock, Context, Effect, Layer, Queue } from "effect"
import { Limits } from "#core/Limits.ts"
import type { PlainTelemetry } from "#core/wire/PlainTelemetry.ts"
import type { TelemetryMessage } from "#core/wire/Telemetry.ts"
import { Families } from "../metrics/Families.ts"
import { Meters } from "../metrics/Meters.ts"
import type { DeviceAddress } from "../registry/Directory.ts"
import { Telemetry, type TelemetryRow } from "../store/Telemetry.ts"
import { untilItPasses } from "../store/TransientFailure.ts"
import { Connections } from "../sync/Connections.ts"
import { Presence } from "../sync/Presence.ts"
import { TelemetryRetention } from "./TelemetryRetention.ts"
import { reportRow } from "./reportRow.ts"
import { telemetryRows } from "./telemetryRows.ts"

interface Said {
  readonly device: DeviceAddress
  /** Undefined for a program that knows none. */
  readonly session: number | undefined
  readonly rows: ReadonlyArray<TelemetryRow>
}

export class TelemetryIntake extends Context.Service<
  TelemetryIntake,
  {
    /** Takes a message, which is a sign of life too; one too many is counted and forgotten. */
    readonly offer: (device: DeviceAddress, message: TelemetryMessage, receivedMs: number) => void
    /** Takes what a program says that knows no sessions; it is no sign of life of one. */
    readonly keep: (device: DeviceAddress, report: PlainTelemetry, receivedMs: number) => void
    /** Completes when everything taken so far is written, or could not be. */
    readonly settled: Effect.Effect<void>
  }
>()("cartwise/cloud/telemetry/TelemetryIntake") {
  static readonly layer = Layer.effect(
    TelemetryIntake,
    Effect.gen(function* () {
      const store = yield* Telemetry
      const meters = yield* Meters
      const connections = yield* Connections
      const presence = yield* Presence
      const clock = yield* Clock.Clock
      const { keptForMs } = yield* TelemetryRetention
      const queue = yield* Queue.dropping<Said | (() => void)>(Limits.telemetryQueueMessages)
      const count = (result: "kept" | "repeated" | "dropped", rows: number) => {
        if (rows > 0) meters.count(Families.telemetryRows, { result }, rows)
      }

      const write = Effect.fnUntraced(function* (messages: ReadonlyArray<Said>) {
        const rows = messages.flatMap((said) => said.rows)
        if (rows.length === 0) return
        for (const { device, session } of messages) if (session !== undefined) yield* presence.seen(device, session)
        yield* untilItPasses(store.keep(rows)).pipe(
          Effect.map((kept) => {
            count("kept", kept)
            count("repeated", rows.length - kept)
          }),
          Effect.catch((error) => {
            count("dropped", rows.length)
            return Effect.logWarning("telemetry could not be written", { error: error.message, rows: rows.length })
          }),
        )
      })

      const drain = Effect.gen(function* () {
        const taken = yield* Queue.takeBetween(queue, 1, Limits.telemetryBatchMessages)
        yield* write(taken.filter((item) => typeof item !== "function"))
        for (const done of taken) if (typeof done === "function") done()
      }).pipe(Effect.catchCause((cause) => Effect.logWarning("telemetry was not taken", cause)))
      yield* Effect.forkScoped(Effect.forever(drain))

      const put = (said: Said): void => {
        if (!Queue.offerUnsafe(queue, said)) count("dropped", 1)
      }
      return TelemetryIntake.of({
        offer: (device, message, receivedMs) => {
          const { deviceId } = device
          // Noted before it is written: a device that speaks is not gone because the database is.
          if (connections.find(deviceId)?.session === message.session) {
            connections.touch(deviceId, clock.currentTimeMillisUnsafe())
          }
          const rows = telemetryRows(device, message, receivedMs, keptForMs)
          put({ device, session: message.session, rows })
        },
        keep: (device, report, receivedMs) =>
          put({ device, session: undefined, rows: [reportRow(device, report, receivedMs, keptForMs)] }),
        settled: Effect.callback<void>((resume) => {
          if (!Queue.offerUnsafe(queue, () => resume(Effect.void))) resume(Effect.void)
        }),
      })
    }),
  )
}
