/**
 * Heartbeats over HTTP, written together: what came while the last ones were written is one statement, the newest of each
 * device, and each is answered when it is committed. A device that speaks MQTT is online by its session there; this one only
 * says when it was last heard of, and where.
 */
import { Clock, Context, Effect, Exit, Layer } from "effect"
import type { SqlError } from "effect/sql"
import { Limits } from "#core/Limits.ts"
import { type BeatRow, DeviceTokenRows } from "../store/DeviceTokenRows.ts"
import { together } from "../Together.ts"

export class DeviceBeats extends Context.Service<
  DeviceBeats,
  {
    /** Writes a heartbeat; false if too many wait. */
    readonly beat: (deviceId: string, ipAddress: string | null) => Effect.Effect<boolean, SqlError.SqlError>
  }
>()("cartwise/cloud/devices/DeviceBeats") {
  static readonly layer = Layer.effect(
    DeviceBeats,
    Effect.gen(function* () {
      const rows = yield* DeviceTokenRows
      const write = Effect.fnUntraced(function* (beats: ReadonlyArray<BeatRow>) {
        const newest = new Map(beats.map((beat) => [beat.deviceId, beat]))
        // In one order, so that two writers never wait for each other in a circle.
        yield* rows.beat([...newest.values()].sort((one, other) => (one.deviceId < other.deviceId ? -1 : 1)))
        return beats.map(() => Exit.succeed(true))
      })
      const ask = yield* together({ atOnce: Limits.beatsAtOnce, waiting: Limits.beatsWaiting, lots: 1 }, write)
      return DeviceBeats.of({
        beat: (deviceId, ipAddress) =>
          Effect.flatMap(Clock.currentTimeMillis, (at) =>
            Effect.catchTag(ask({ deviceId, ipAddress, at }), "TooManyWait", () => Effect.succeed(false)),
          ),
      })
    }),
  )
}
