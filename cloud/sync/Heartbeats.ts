/**
 * Heartbeats: a device is alive, and so old are the readings of each of its boards. They change columns, never a
 * state: the newest of each device counts, all that have gathered are written together. What a device has not written down
 * by then it never heard of (`UnheardCommands`).
 */
import { Clock, Context, Effect, Layer, Queue } from "effect"
import { Limits } from "#core/Limits.ts"
import type { HeartbeatMessage } from "#core/wire/Presence.ts"
import { SnapshotRequest } from "../commands/SnapshotRequest.ts"
import { UnheardCommands } from "../commands/UnheardCommands.ts"
import { Commits } from "../live/Commits.ts"
import type { DeviceAddress } from "../registry/Directory.ts"
import { DeviceSessions } from "../store/DeviceSessions.ts"
import { Transaction } from "../store/Transaction.ts"
import { Twins } from "../store/Twins.ts"
import { type Connection, Connections } from "./Connections.ts"
import { Presence } from "./Presence.ts"

interface Beat {
  readonly device: DeviceAddress
  readonly message: HeartbeatMessage
}

const isCurrent = (connection: Connection | undefined, { session, epoch }: HeartbeatMessage): boolean =>
  connection?.session === session && connection.epoch === epoch

export class Heartbeats extends Context.Service<
  Heartbeats,
  {
    /** Takes a heartbeat; false if too many wait, which costs nothing: the next one says the same. */
    readonly offer: (device: DeviceAddress, message: HeartbeatMessage) => boolean
  }
>()("cartwise/cloud/sync/Heartbeats") {
  static readonly layer = Layer.effect(
    Heartbeats,
    Effect.gen(function* () {
      const transaction = yield* Transaction
      const twins = yield* Twins
      const sessions = yield* DeviceSessions
      const connections = yield* Connections
      const presence = yield* Presence
      const snapshots = yield* SnapshotRequest
      const commits = yield* Commits
      const unheard = yield* UnheardCommands
      const clock = yield* Clock.Clock
      const queue = yield* Queue.dropping<Beat>(Limits.ingestQueueMessages)

      const write = Effect.fnUntraced(function* (beats: ReadonlyArray<Beat>, atMs: number) {
        yield* sessions.seen(beats.map(({ device }) => ({ deviceId: device.deviceId, atMs })))
        const readings = beats.flatMap(({ device, message }) =>
          message.controllers.flatMap(({ id, fresh_at }) =>
            fresh_at === null
              ? []
              : [{ deviceId: device.deviceId, controllerId: id, freshAt: Math.min(fresh_at, atMs) }],
          ),
        )
        yield* twins.freshen(readings)
      }, transaction.run)

      const take = Effect.fnUntraced(function* (beats: ReadonlyArray<Beat>) {
        const atMs = yield* Clock.currentTimeMillis
        const current: Array<Beat> = []
        for (const beat of beats) {
          const { device, message } = beat
          const connection = connections.find(device.deviceId)
          if (isCurrent(connection, message)) current.push(beat)
          else if (connection === undefined || message.session >= connection.session) {
            yield* presence.askToBoot(device, message.session, "epoch_lost")
          }
        }
        if (current.length === 0) return
        yield* write(current, atMs)
        for (const { device, message } of current) {
          yield* presence.seen(device, message.session)
          // The one it sent was lost on the way: nothing else would ever bring another.
          if (connections.beatsWithoutSnapshot(device.deviceId) >= Limits.beatsUntilSnapshotAgain) {
            yield* snapshots.ask(device, message.epoch, "no snapshot came")
          }
          yield* unheard.end(device.deviceId, message)
        }
        yield* commits.publish({ devices: current.map(({ device }) => device.deviceId) })
      })

      const drain = Effect.gen(function* () {
        const beats = yield* Queue.takeBetween(queue, 1, Limits.ingestQueueMessages)
        const newest = new Map(beats.map((beat) => [beat.device.deviceId, beat]))
        yield* take([...newest.values()])
      }).pipe(Effect.catchCause((cause) => Effect.logWarning("heartbeats could not be written", cause)))
      yield* Effect.forkScoped(Effect.forever(drain))

      return Heartbeats.of({
        offer: (device, message) => {
          const { deviceId } = device
          // Noted before it is written: a device that speaks is not gone because the database is.
          if (isCurrent(connections.find(deviceId), message))
            connections.touch(deviceId, clock.currentTimeMillisUnsafe())
          return Queue.offerUnsafe(queue, { device, message })
        },
      })
    }),
  )
}
