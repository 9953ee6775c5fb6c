/**
 * Heartbeats over HTTP, written together: what came within some milliseconds is one statement, the newest of each device,
 * and each is answered when it is committed. A device that speaks MQTT is online by its session there; this one only says
 * when it was last heard of, and where.
 */
import { Clock, Context, Deferred, Effect, Layer, Queue } from "effect"
import { SqlError } from "effect/sql"
import { Limits } from "#core/Limits.ts"
import { type BeatRow, DeviceTokenRows } from "../store/DeviceTokenRows.ts"

interface Waiting extends BeatRow {
  readonly written: Deferred.Deferred<void, SqlError.SqlError>
}

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
      const queue = yield* Queue.dropping<Waiting>(Limits.beatsWaiting)
      const write = Effect.gen(function* () {
        const first = yield* Queue.take(queue)
        yield* Effect.sleep(Limits.beatsGatherMs)
        const beats = [first, ...(yield* Queue.clear(queue))]
        const newest = new Map(beats.map((beat) => [beat.deviceId, beat]))
        // In one order, so that two writers never wait for each other in a circle.
        const ordered = [...newest.values()].sort((one, other) => (one.deviceId < other.deviceId ? -1 : 1))
        const exit = yield* Effect.exit(rows.beat(ordered))
        for (const { written } of beats) Deferred.doneUnsafe(written, exit)
      })
      yield* Effect.forkScoped(Effect.forever(write))
      return DeviceBeats.of({
        beat: Effect.fnUntraced(function* (deviceId, ipAddress) {
          const written = Deferred.makeUnsafe<void, SqlError.SqlError>()
          const at = yield* Clock.currentTimeMillis
          if (!Queue.offerUnsafe(queue, { deviceId, ipAddress, at, written })) return false
          yield* Deferred.await(written)
          return true
        }),
      })
    }),
  )
}
