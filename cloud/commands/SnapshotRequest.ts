/**
 * Asks a device for a full snapshot, as a command like any other: when it is back after having been thought gone, and
 * when a fact showed that the mirror was wrong. Not more often than a device says that it is alive.
 */
import { Clock, Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import { Limits } from "#core/Limits.ts"
import type { DeviceAddress } from "../registry/Directory.ts"
import { Families } from "../metrics/Families.ts"
import { Meters } from "../metrics/Meters.ts"
import { Dispatch } from "./Dispatch.ts"

export class SnapshotRequest extends Context.Service<
  SnapshotRequest,
  { readonly ask: (device: DeviceAddress, epoch: number, why: string) => Effect.Effect<void, SqlError.SqlError> }
>()("cartwise/cloud/commands/SnapshotRequest") {
  static readonly layer = Layer.effect(
    SnapshotRequest,
    Effect.gen(function* () {
      const dispatch = yield* Dispatch
      const meters = yield* Meters
      const lastAsked = new Map<string, number>()

      const ask = Effect.fn("SnapshotRequest.ask")(function* (device: DeviceAddress, epoch: number, why: string) {
        const { deviceId } = device
        const now = yield* Clock.currentTimeMillis
        if (now - (lastAsked.get(deviceId) ?? 0) < Limits.heartbeatMs) return
        lastAsked.set(deviceId, now)
        meters.count(Families.resyncs, { cause: why.replaceAll(" ", "_") })
        const target = { kind: "device", id: deviceId } as const
        const asked = { order: { kind: "snapshot" }, target, cartId: null, device, epoch } as const
        yield* dispatch.send({ ...asked, by: "cloud", reason: why, concerns: [] })
      })
      return SnapshotRequest.of({ ask })
    }),
  )
}
