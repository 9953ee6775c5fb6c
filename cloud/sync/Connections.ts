/**
 * What is known of every device's connection, in memory: its current session and epoch, the state of its twin's
 * connection region, and when it was last heard of. Postgres has the same, a little later; every message asks here.
 * Filled from Postgres at the start, where a device that was online stays so until it has had time to speak.
 */
import { Clock, Context, Effect, Layer } from "effect"
import { regionWord } from "#twins/Words.ts"
import { DeviceSessions } from "../store/DeviceSessions.ts"
import { Twins } from "../store/Twins.ts"

export interface Connection {
  readonly session: number
  readonly epoch: number
  /** State of the connection region: online, lost, offline, … */
  readonly state: string
  readonly lastSeenAt: number
  /** The command keys it knows, as its boot said; undefined if nothing was said. */
  readonly commandKeys?: ReadonlyArray<string> | undefined
}

export class Connections extends Context.Service<
  Connections,
  {
    readonly find: (deviceId: string) => Connection | undefined
    readonly all: () => Iterable<readonly [deviceId: string, connection: Connection]>
    /** Takes what was just committed for a device. */
    readonly set: (deviceId: string, connection: Connection) => void
    /** A sign of life of the current session. */
    readonly touch: (deviceId: string, atMs: number) => void
    /** The device has been asked for a snapshot, or owes one after its boot. */
    readonly awaitSnapshot: (deviceId: string) => void
    /** Its snapshot was compared. */
    readonly compared: (deviceId: string) => void
    /** One more heartbeat came: how many have since a snapshot is awaited; 0 if none is. */
    readonly beatsWithoutSnapshot: (deviceId: string) => number
    /** How often, since the start, a device that was online was not any more. */
    readonly flaps: () => number
  }
>()("cartwise/cloud/sync/Connections") {
  static readonly layer = Layer.effect(
    Connections,
    Effect.gen(function* () {
      const sessions = yield* DeviceSessions
      const startedAt = yield* Clock.currentTimeMillis
      const twins = yield* Twins
      const devices = yield* twins.values("device")
      const states = new Map(devices.map(({ id, value }) => [id, regionWord(value, "connection")]))
      const connections = new Map<string, Connection>()
      for (const { deviceId, session, epoch } of yield* sessions.all) {
        const state = states.get(deviceId) ?? "enrolled"
        connections.set(deviceId, { session, epoch, state, lastSeenAt: startedAt })
      }
      /** Devices whose snapshot is awaited, with their heartbeats since. */
      const awaited = new Map<string, number>()
      let flaps = 0
      return Connections.of({
        find: (deviceId) => connections.get(deviceId),
        all: () => connections.entries(),
        set: (deviceId, connection) => {
          if (connections.get(deviceId)?.state === "online" && connection.state !== "online") flaps += 1
          connections.set(deviceId, connection)
        },
        awaitSnapshot: (deviceId) => void awaited.set(deviceId, 0),
        compared: (deviceId) => void awaited.delete(deviceId),
        beatsWithoutSnapshot: (deviceId) => {
          const beats = awaited.get(deviceId)
          if (beats === undefined) return 0
          awaited.set(deviceId, beats + 1)
          return beats + 1
        },
        flaps: () => flaps,
        touch: (deviceId, atMs) => {
          const connection = connections.get(deviceId)
          if (connection !== undefined) connections.set(deviceId, { ...connection, lastSeenAt: atMs })
        },
      })
    }),
  )
}
