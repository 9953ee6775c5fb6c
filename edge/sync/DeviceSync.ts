/**
 * Keeps a device in touch with the cloud: connects, boots, sends facts up and takes commands down, and starts over whenever
 * the connection is gone, after a pause (`Reconnect.ts`). Everything local goes on without it.
 *
 * Another program may believe to be the same device, and the cloud then answers that this one is of an old session. It leaves
 * the line for as long as the cloud says, so that the two do not drive each other off it, and comes back with a new session.
 *
 * On one connection: last will, retained `online`, boot handshake, then `Uplink`, heartbeats and telemetry.
 */
import { Deferred, Effect, Exit, Queue, Random, Schema, type Scope } from "effect"

import { toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import type { BootReply, HeartbeatMessage, StatusMessage } from "#core/wire/Presence.ts"
import type { TelemetryMessage } from "#core/wire/Telemetry.ts"
import { deviceSubscriptions } from "#core/wire/Topics.ts"

import type { IncomingCommand } from "../commands/Verdict.ts"
import type { Configuration } from "../config/Configuration.ts"
import type { Placement } from "../config/Placement.ts"
import type { Journal } from "../journal/Journal.ts"
import type { Boot } from "./Boot.ts"
import type { DeviceTime } from "./DeviceTime.ts"
import { readDownlink } from "./Downlink.ts"
import type { MqttConnection, MqttLink, MqttLost } from "./MqttLink.ts"
import { Reconnect } from "./Reconnect.ts"
import type { Uplink } from "./Uplink.ts"
import type { Voice } from "./Voice.ts"

export interface SyncParts {
  readonly placement: Placement
  readonly link: MqttLink
  readonly voice: Voice
  readonly boot: Boot
  readonly uplink: Uplink
  readonly journal: Journal
  readonly time: DeviceTime
  /** Begins a session greater than the given one; durable when it ends. */
  readonly renewSession: (above: number) => Effect.Effect<void>
  readonly takeCommand: (command: IncomingCommand) => void
  readonly configuration: Configuration
  readonly health: () => HeartbeatMessage["health"]
  readonly controllers: () => HeartbeatMessage["controllers"]
  readonly telemetry: () => TelemetryMessage
  readonly tally: SyncTally
}

/** What was heard and could not be used. */
export interface SyncTally {
  malformed: number
  unexpected: number
  connections: number
}

export const makeSyncTally = (): SyncTally => ({ malformed: 0, unexpected: 0, connections: 0 })

/** The cloud knows a newer session of this device. */
class Superseded extends Schema.TaggedError<Superseded>()("Superseded", {
  message: Schema.String,
  by: Schema.Number,
  retryMs: Schema.Number,
}) {}

/** Runs until interrupted; says good-bye to the broker then. */
export const runSync = Effect.fnUntraced(function* (parts: SyncParts): Effect.fn.Return<never> {
  const { time, voice } = parts
  const reconnect = new Reconnect()
  let lastReason = ""
  while (true) {
    const accepted: Accepted = { atMs: undefined }
    const lost = yield* Effect.scoped(Effect.catch(session(parts, accepted), Effect.succeed))
    if (lost.message !== lastReason) yield* Effect.logWarning(lost.message)
    lastReason = lost.message
    if (lost._tag === "Superseded") {
      yield* Effect.sleep(lost.retryMs)
      yield* parts.renewSession(lost.by)
    }
    const goodForMs = accepted.atMs === undefined ? undefined : time.monoMs() - accepted.atMs
    const refused = lost._tag === "MqttLost" && lost.refused === true
    const waitMs = reconnect.after({ goodForMs, refused }, yield* Random.next)
    if (goodForMs !== undefined && reconnect.brief > 0 && reconnect.brief % Limits.connectionsUntilFight === 0) {
      yield* Effect.logWarning(
        `${reconnect.brief} connections in a row ended soon after they were taken: does another program run as ${clientIdOf(voice)}?`,
      )
    }
    yield* Effect.sleep(waitMs)
  }
})

/** When the cloud accepted this connection's boot, on the steady clock; undefined while it has not. */
interface Accepted {
  atMs: number | undefined
}

const clientIdOf = ({ device }: Voice): string => `edge-${device.id}`

/** One connection from beginning to end; gives why it ended. */
const session = Effect.fnUntraced(function* (
  parts: SyncParts,
  accepted: Accepted,
): Effect.fn.Return<MqttLost | Superseded, MqttLost, Scope.Scope> {
  const superseded = Deferred.makeUnsafe<Superseded>()
  const { boot, link, placement, tally, uplink, voice } = parts
  const connection = yield* link.connect({
    clientId: clientIdOf(voice),
    will: { topic: voice.topic("status"), payload: JSON.stringify(statusOf(parts, "offline")) },
    subscriptions: deviceSubscriptions(voice.address, voice.device.id, [...placement.bayOfCart.keys()]),
  })
  yield* Effect.acquireRelease(
    Effect.sync(() => {
      tally.connections += 1
      if (tally.connections > 1) boot.again("reconnect")
      voice.connection = connection
      voice.say("status", statusOf(parts, "online"))
    }),
    () => sayGoodbye(parts, connection),
  )
  yield* Effect.logInfo("connected to the broker")
  yield* Effect.forkScoped(uplink.run)
  yield* Effect.forkScoped(boot.run)
  yield* Effect.forkScoped(Effect.forever(hear(parts, connection, accepted, superseded)))
  yield* Effect.forkScoped(beat(parts))
  yield* Effect.forkScoped(sayTelemetry(parts))
  return yield* Effect.raceFirst(connection.closed, Deferred.await(superseded))
})

const sayGoodbye = (parts: SyncParts, connection: MqttConnection) =>
  Effect.gen(function* () {
    if (connection.isOpen()) {
      parts.voice.say("status", statusOf(parts, "offline"))
      yield* Effect.timeoutOption(connection.drained, Limits.farewellMs)
    }
    parts.uplink.stop()
    parts.voice.connection = undefined
    parts.voice.epoch = undefined
  })

const hear = Effect.fnUntraced(function* (
  parts: SyncParts,
  connection: MqttConnection,
  accepted: Accepted,
  superseded: Deferred.Deferred<Superseded>,
) {
  const message = yield* Queue.take(connection.messages)
  const heard = readDownlink(parts.voice.device.id, message)
  switch (heard._tag) {
    case "BootReply": {
      const known = parts.boot.take(heard.reply)
      if (!known) parts.tally.unexpected += 1
      if (known && heard.reply.status !== "accepted") {
        const { status, reason, detail } = heard.reply
        yield* Effect.logWarning(`the cloud answers ${status}: ${reason}${detail === undefined ? "" : ` (${detail})`}`)
        const newer = newerSession(heard.reply)
        if (newer !== undefined) Deferred.doneUnsafe(superseded, Exit.succeed(newer))
      }
      if (parts.voice.epoch !== undefined) accepted.atMs ??= parts.time.monoMs()
      return
    }
    case "FactsAck":
      return parts.uplink.take(heard.ack)
    case "Command":
      return parts.takeCommand(heard.command)
    case "Config":
      return parts.configuration.take(heard.desired, heard.retained)
    case "Malformed":
      parts.tally.malformed += 1
      return yield* Effect.logWarning(`a message on ${heard.topic} can not be read`)
    case "Ignored":
      return
  }
})

/** What an answer says of a newer session; undefined if it says nothing of one. */
const newerSession = (reply: BootReply): Superseded | undefined =>
  reply.status === "accepted" || reply.current_session === undefined || reply.current_session <= reply.session
    ? undefined
    : new Superseded({
        message: `Another program is this device too: session ${reply.current_session} came after ${reply.session}.`,
        by: reply.current_session,
        retryMs: reply.retry_ms,
      })

const statusOf = ({ time, voice }: SyncParts, status: StatusMessage["status"]): StatusMessage => ({
  v: 1,
  session: voice.session,
  status,
  at: toInstant(time.nowMs()),
  simulated: voice.device.simulated,
})

const beat = Effect.fnUntraced(function* (parts: SyncParts): Effect.fn.Return<never> {
  while (true) {
    const { boot, configuration, journal, time, voice } = parts
    yield* Effect.sleep(Math.min(boot.heartbeatMs, configuration.timing.heartbeat_ms))
    if (voice.epoch === undefined) continue
    const message: HeartbeatMessage = {
      v: 1,
      session: voice.session,
      epoch: voice.epoch,
      at: toInstant(time.nowMs()),
      health: parts.health(),
      journal: { id: journal.id(), written: journal.watermarks().written },
      controllers: parts.controllers(),
    }
    voice.say("heartbeat", message)
  }
})

const sayTelemetry = (parts: SyncParts): Effect.Effect<never> =>
  Effect.forever(
    Effect.andThen(
      Effect.suspend(() => Effect.sleep(parts.configuration.timing.telemetry_ms)),
      Effect.sync(() => {
        if (parts.voice.epoch !== undefined) parts.voice.say("telemetry", parts.telemetry())
      }),
    ),
  )
