/**
 * Heartbeats: a device is alive, and so old are the readings of each of its boards. They change columns, never a
 * state: the newest of each device counts, all that have gathered are written together.
 */
import { PgClient } from "@effect/sql-pg"
import { Clock, Context, Effect, Layer, Queue } from "effect"
import { toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import type { HeartbeatMessage } from "#core/wire/Presence.ts"
import { Commits } from "../live/Commits.ts"
import type { DeviceAddress } from "../registry/Directory.ts"
import { DeviceSessions } from "../store/DeviceSessions.ts"
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
      const sql = yield* PgClient.PgClient
      const sessions = yield* DeviceSessions
      const connections = yield* Connections
      const presence = yield* Presence
      const commits = yield* Commits
      const clock = yield* Clock.Clock
      const queue = yield* Queue.dropping<Beat>(Limits.ingestQueueMessages)

      /** Rows are locked in the order everybody locks them in, so nobody waits in a circle. */
      const freshen = (
        rows: ReadonlyArray<{ readonly device_id: string; readonly controller_id: string; readonly fresh_at: string }>,
      ) =>
        sql`
          with held as (
            select t.kind, t.id, r.fresh_at
            from twins t
            join jsonb_to_recordset(${sql.json(rows)}) as r (device_id uuid, controller_id uuid, fresh_at timestamptz)
              on t.controller_id = r.controller_id and t.device_id = r.device_id
            order by t.kind, t.id
            for no key update of t
          )
          update twins t set fresh_at = greatest(t.fresh_at, held.fresh_at)
          from held where t.kind = held.kind and t.id = held.id`

      const write = Effect.fnUntraced(function* (beats: ReadonlyArray<Beat>, atMs: number) {
        yield* sessions.seen(beats.map(({ device }) => ({ deviceId: device.deviceId, atMs })))
        const ids = beats.map(({ device }) => device.deviceId)
        yield* sql`
          update devices set last_heartbeat = ${toInstant(atMs)}::timestamptz
          where id in (select e::uuid from jsonb_array_elements_text(${sql.json(ids)}) as e)`
        const rows = beats.flatMap(({ device, message }) =>
          message.controllers.flatMap(({ id, fresh_at }) =>
            fresh_at === null
              ? []
              : [{ device_id: device.deviceId, controller_id: id, fresh_at: toInstant(Math.min(fresh_at, atMs)) }],
          ),
        )
        if (rows.length > 0) yield* freshen(rows)
      }, sql.withTransaction)

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
        for (const { device, message } of current) yield* presence.seen(device, message.session)
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
