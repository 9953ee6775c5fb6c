/**
 * Is a device there? The boot handshake binds its session to a fresh epoch; a last will of the current session makes it
 * lost; a sign of life brings it back; silence makes it offline. Every change is an event of the device's twin, stepped
 * and stored like any other. An older session than the current one is never listened to.
 *
 * It does not decide what follows from a state (the machine does), and it keeps no timers: `Sweeps` asks.
 */
import { Clock, Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import type { DeviceEvent } from "#core/domain/Device.ts"
import type { TwinRef } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import type { BootMessage, BootReply, StatusMessage } from "#core/wire/Presence.ts"
import { type BranchAddress, deviceTopic } from "#core/wire/Topics.ts"
import { whyIncompatible } from "#twins/Compatibility.ts"
import { whyNot } from "#twins/Twin.ts"
import { regionWord } from "#twins/Words.ts"
import { SnapshotRequest } from "../commands/SnapshotRequest.ts"
import { ConfigOffers } from "../config/ConfigOffers.ts"
import { Configs } from "../config/Configs.ts"
import { Commits } from "../live/Commits.ts"
import type { DeviceAddress } from "../registry/Directory.ts"
import type { TwinBatch } from "../registry/TwinBatch.ts"
import type { DeviceConfigRow } from "../store/DeviceConfigs.ts"
import { DeviceSessions } from "../store/DeviceSessions.ts"
import { Transaction } from "../store/Transaction.ts"
import { Twins } from "../store/Twins.ts"
import { Connections } from "./Connections.ts"
import { MqttClient } from "./MqttClient.ts"

const deviceRef = (deviceId: string): TwinRef => ({ kind: "device", id: deviceId })
const cause = { actor: "cloud" } as const

/** Why a device is not let in: a stable code, and what exactly if that helps. */
interface Refusal {
  readonly reason: string
  readonly detail?: string
}

const refusal = (session: number, status: "pending" | "rejected", { reason, detail }: Refusal): BootReply => ({
  v: 1,
  status,
  session,
  reason,
  ...(detail === undefined ? {} : { detail }),
  retry_ms: status === "pending" ? Limits.bootRetryMs : Limits.bootRejectedRetryMs,
})

/** What a boot came to: the reply, and the connection if it was accepted. */
interface Booted {
  readonly reply: BootReply
  readonly epoch: number
  readonly noted: BootNote | undefined
  /** What the device shall be configured to and is not. */
  readonly offer?: DeviceConfigRow | undefined
  readonly alarms?: ReadonlyArray<number>
}

/** What is remarkable about a boot: it is of an earlier start, or its journal ends before what is safe of it here. */
export type BootNote = "old_session" | "journal_behind"

export class Presence extends Context.Service<
  Presence,
  {
    /** Answers a boot, after the commit. */
    readonly boot: (
      device: DeviceAddress,
      message: BootMessage,
    ) => Effect.Effect<BootNote | undefined, SqlError.SqlError>
    /** Rejects a device whose boot cannot be read further than its session. */
    readonly turnAway: (device: DeviceAddress, session: number, why: Refusal) => Effect.Effect<void, SqlError.SqlError>
    /** Answers a device nobody knows. */
    readonly reject: (at: BranchAddress, deviceId: string, message: BootMessage) => Effect.Effect<void>
    readonly status: (device: DeviceAddress, message: StatusMessage) => Effect.Effect<void, SqlError.SqlError>
    /** A message of this session arrived: the device is there. */
    readonly seen: (device: DeviceAddress, session: number) => Effect.Effect<void, SqlError.SqlError>
    /** Tells a device whose epoch or journal is not known here to boot again; not more often than it may ask. */
    readonly askToBoot: (device: DeviceAddress, session: number, reason: string) => Effect.Effect<void>
    /** No sign of life for too long. */
    readonly silenced: (deviceId: string) => Effect.Effect<void, SqlError.SqlError>
  }
>()("cartwise/cloud/sync/Presence") {
  static readonly layer = Layer.effect(
    Presence,
    Effect.gen(function* () {
      const transaction = yield* Transaction
      const mqtt = yield* MqttClient
      const sessions = yield* DeviceSessions
      const twins = yield* Twins
      const connections = yield* Connections
      const commits = yield* Commits
      const snapshots = yield* SnapshotRequest
      const configs = yield* Configs
      const offers = yield* ConfigOffers
      const lastAsked = new Map<string, number>()

      const say = (at: BranchAddress, deviceId: string, reply: BootReply) =>
        Effect.catch(mqtt.publish(deviceTopic(at, deviceId, "boot/reply"), JSON.stringify(reply)), (error) =>
          Effect.logWarning("a boot could not be answered", { deviceId, error: error.message }),
        )

      /** Steps one event of the device's own twin and tells everybody once it is committed. */
      const step = Effect.fnUntraced(function* (deviceId: string, eventAt: (atMs: number) => DeviceEvent) {
        const at = yield* Clock.currentTimeMillis
        const { batch, stepped } = yield* Effect.gen(function* () {
          const batch = yield* twins.hold([deviceRef(deviceId)])
          const stepped = batch.apply(deviceRef(deviceId), eventAt(at), cause)
          yield* twins.save(batch)
          return { batch, stepped }
        }).pipe(transaction.run)
        const connection = connections.find(deviceId)
        if (connection !== undefined) connections.set(deviceId, { ...connection, state: stateOf(batch, deviceId) })
        yield* commits.publish({ devices: [deviceId] })
        const wanted = stepped?.intents.some(({ type }) => type === "requestSnapshot") === true
        // Refused because it is so already: kept by a commit whose answer was lost, and the snapshot never asked for.
        return wanted || (stepped?.accepted === false && regionOf(batch, deviceId, "sync") === "comparing")
      })

      const accept = Effect.fnUntraced(function* (device: DeviceAddress, message: BootMessage, at: number) {
        const { deviceId } = device
        const current = yield* sessions.hold(deviceId)
        if (current !== undefined && message.session < current.session) {
          const reply = refusal(message.session, "rejected", { reason: "old_session" })
          return { reply: { ...reply, current_session: current.session }, epoch: 0, noted: "old_session" } as const
        }
        // A start is repeated until it is answered: its repeats get the answer of the first.
        const isRepeat = message.reason === "start" && current?.session === message.session
        const batch = yield* twins.hold([deviceRef(deviceId)])
        const refused = refusalOf(device, message, batch, at)
        if (refused !== undefined) {
          reject(batch, deviceId, message.session, refused, at)
          yield* twins.save(batch)
          return { reply: refusal(message.session, "rejected", refused), epoch: 0, noted: undefined }
        }
        const journal = { deviceId, journalId: message.journal.id }
        const { watermark, lost } = yield* sessions.announce(journal, message.journal.acknowledged)
        if (lost > 0 && current !== undefined) noteLost(batch, device, message, lost)
        const epoch = isRepeat ? current.epoch : yield* sessions.open(deviceId, message, at)
        if (!isRepeat || stateOf(batch, deviceId) !== "online") {
          batch.apply(deviceRef(deviceId), { type: "device.bootAccepted", session: message.session, epoch, at }, cause)
        }
        yield* twins.save(batch)
        const { config, offer, alarms } = yield* configs.agree(deviceId, message)
        const reply: BootReply = {
          v: 1,
          status: "accepted",
          session: message.session,
          epoch,
          server_time: toInstant(at),
          mono_ms: message.mono_ms,
          heartbeat_ms: Limits.heartbeatMs,
          journal: { id: message.journal.id, acknowledged: watermark },
          ...(config === undefined ? {} : { config }),
        }
        const noted = watermark > message.journal.written ? ("journal_behind" as const) : undefined
        return { reply, epoch, noted, offer, alarms }
      }, transaction.run)

      const boot = Effect.fn("Presence.boot")(function* (device: DeviceAddress, message: BootMessage) {
        const { deviceId } = device
        const at = yield* Clock.currentTimeMillis
        const { reply, epoch, noted, offer, alarms = [] }: Booted = yield* accept(device, message, at)
        const state = reply.status === "accepted" ? "online" : "quarantined"
        if (noted !== "old_session") {
          const { session, command_keys: commandKeys } = message
          connections.set(deviceId, { session, epoch, state, lastSeenAt: at, commandKeys })
          if (reply.status === "accepted") connections.awaitSnapshot(deviceId)
        }
        const now = yield* Clock.currentTimeMillis
        yield* say(device, deviceId, reply.status === "accepted" ? { ...reply, server_time: toInstant(now) } : reply)
        if (offer !== undefined) yield* offers.offer(device, offer)
        yield* commits.publish({ devices: [deviceId], alarms })
        yield* Effect.logInfo("a device has booted", {
          deviceId,
          status: reply.status,
          session: message.session,
          epoch,
        })
        return noted
      })

      const turnedAway = Effect.fnUntraced(function* (deviceId: string, session: number, why: Refusal, at: number) {
        const current = yield* sessions.hold(deviceId)
        if (current !== undefined && session < current.session) return false
        const batch = yield* twins.hold([deviceRef(deviceId)])
        reject(batch, deviceId, session, why, at)
        yield* twins.save(batch)
        return true
      }, transaction.run)

      const turnAway = Effect.fn("Presence.turnAway")(function* (device: DeviceAddress, session: number, why: Refusal) {
        const { deviceId } = device
        const at = yield* Clock.currentTimeMillis
        if (!(yield* turnedAway(deviceId, session, why, at))) return
        connections.set(deviceId, { session, epoch: 0, state: "quarantined", lastSeenAt: at })
        yield* say(device, deviceId, refusal(session, "rejected", why))
        yield* commits.publish({ devices: [deviceId] })
        yield* Effect.logWarning("a device was turned away", { deviceId, session, ...why })
      })

      return Presence.of({
        boot,
        turnAway,
        reject: (at, deviceId, message) =>
          say(at, deviceId, refusal(message.session, "rejected", { reason: "unknown_device" })),
        status: Effect.fnUntraced(function* ({ deviceId }, { session, status }) {
          const connection = connections.find(deviceId)
          if (connection?.session !== session || connection.state !== "online" || status !== "offline") return
          yield* step(deviceId, (at) => ({ type: "device.willReceived", session, at }))
        }),
        seen: Effect.fnUntraced(function* (device, session) {
          const { deviceId } = device
          const connection = connections.find(deviceId)
          if (connection?.session !== session) return
          connections.touch(deviceId, yield* Clock.currentTimeMillis)
          if (connection.state !== "lost" && connection.state !== "offline") return
          const wanted = yield* step(deviceId, (at) => ({ type: "device.seen", session, at }))
          // After a boot a device sends its snapshot unasked; now nothing else makes it.
          if (!wanted) return
          connections.awaitSnapshot(deviceId)
          yield* snapshots.ask(device, connection.epoch, "the device is back")
        }),
        askToBoot: Effect.fnUntraced(function* (device, session, reason) {
          const now = yield* Clock.currentTimeMillis
          if (now - (lastAsked.get(device.deviceId) ?? 0) < Limits.bootRetryMs) return
          lastAsked.set(device.deviceId, now)
          yield* say(device, device.deviceId, {
            v: 1,
            status: "pending",
            session,
            reason,
            retry_ms: Limits.bootRetryMs,
          })
        }),
        silenced: (deviceId) => Effect.asVoid(step(deviceId, (at) => ({ type: "device.silenced", at }))),
      })
    }),
  )
}

const stateOf = (batch: TwinBatch, deviceId: string): string => regionOf(batch, deviceId, "connection")

const regionOf = (batch: TwinBatch, deviceId: string, region: string): string =>
  regionWord(batch.get(deviceRef(deviceId))?.stored.value ?? null, region)

const reject = (batch: TwinBatch, deviceId: string, session: number, { reason, detail }: Refusal, at: number): void => {
  const why = detail === undefined ? reason : `${reason}: ${detail}`
  batch.apply(deviceRef(deviceId), { type: "device.bootRejected", session, reason: why, at }, cause)
}

/** Why a known device may not come in; undefined if it may. */
const refusalOf = (device: DeviceAddress, message: BootMessage, batch: TwinBatch, at: number): Refusal | undefined => {
  // A simulator that speaks for a real branch would open real rentals on imaginary carts.
  if (message.simulated && !device.simulated) return { reason: "simulated_on_real_branch" }
  const incompatible = whyIncompatible(message.machines)
  if (incompatible !== undefined) return incompatible
  const twin = batch.get(deviceRef(device.deviceId))
  if (twin === undefined) return { reason: "unknown_device" }
  const why = whyNot(twin.stored, { type: "device.bootAccepted", session: message.session, epoch: 1, at })
  return why === undefined ? undefined : { reason: why }
}

/** Facts were acknowledged once and are not here: a database was restored from before. */
const noteLost = (batch: TwinBatch, device: DeviceAddress, message: BootMessage, lost: number): void => {
  batch.divergences.push({
    ref: deviceRef(device.deviceId),
    deviceId: device.deviceId,
    journalId: message.journal.id,
    seq: message.journal.acknowledged,
    rule: "facts_lost",
    event: null,
    expected: null,
    reported: lost,
  })
}
