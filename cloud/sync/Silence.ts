/**
 * Finds the devices that have not been heard of for too long. A device has from the cloud's own start to speak, so a
 * restart of the cloud makes nobody look silent.
 */
import { Clock, Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import { Limits } from "#core/Limits.ts"
import { Connections } from "./Connections.ts"
import { Presence } from "./Presence.ts"

const awake = new Set(["online", "lost", "pending"])

export class Silence extends Context.Service<
  Silence,
  {
    /** Makes silent devices offline and gives their number. */
    readonly sweep: Effect.Effect<number, SqlError.SqlError>
    /** When the next device will be silent if it says nothing more, in milliseconds UTC; infinite if none can be. */
    readonly nextAt: () => number
  }
>()("cartwise/cloud/sync/Silence") {
  static readonly layer = Layer.effect(
    Silence,
    Effect.gen(function* () {
      const connections = yield* Connections
      const presence = yield* Presence
      const sweep = Effect.gen(function* () {
        const now = yield* Clock.currentTimeMillis
        const silent = [...connections.all()].filter(
          ([, { state, lastSeenAt }]) => awake.has(state) && now - lastSeenAt > Limits.offlineAfterMs,
        )
        for (const [deviceId] of silent) yield* presence.silenced(deviceId)
        return silent.length
      })
      const nextAt = () => {
        let next = Infinity
        for (const [, { state, lastSeenAt }] of connections.all()) {
          if (awake.has(state)) next = Math.min(next, lastSeenAt + Limits.offlineAfterMs + 1)
        }
        return next
      }
      return Silence.of({ sweep, nextAt })
    }),
  )
}
