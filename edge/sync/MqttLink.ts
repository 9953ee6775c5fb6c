/**
 * One MQTT connection at a time, as a port: connect, publish, hear, notice the end. `DeviceSync` decides when to connect
 * again; the client library never does it by itself, and stores nothing for later.
 *
 * MQTT 3.1.1 with a clean session: every property that safety needs is in the payload. Incoming messages wait in a
 * bounded queue; a flood beyond it is dropped and counted.
 */
import { Socket } from "node:net"

import { Deferred, Effect, Exit, Queue, Schema, type Scope } from "effect"
import mqtt from "mqtt"

import { Limits } from "#core/Limits.ts"

/** There is no connection: it could not be made, was refused, or has ended. */
export class MqttLost extends Schema.TaggedError<MqttLost>()("MqttLost", {
  message: Schema.String,
  /** The broker was there and did not let this device in. */
  refused: Schema.optionalKey(Schema.Boolean),
}) {}

export interface MqttMessage {
  readonly topic: string
  readonly payload: Uint8Array
  readonly retain: boolean
}

export interface PublishOptions {
  readonly qos: 0 | 1
  readonly retain?: boolean
}

export interface MqttConnection {
  readonly isOpen: () => boolean
  readonly messages: Queue.Dequeue<MqttMessage>
  /** Messages dropped because too many waited. */
  readonly dropped: () => number
  /** Hands a message to the connection and does not wait. On one that has ended it does nothing. */
  readonly publish: (topic: string, payload: string, options: PublishOptions) => void
  /** Hears these topics as well, and those no more. A broker that refuses ends the connection. */
  readonly listen: (to: ReadonlyArray<string>, notTo: ReadonlyArray<string>) => void
  /** Ends when the broker has taken all QoS 1 messages published so far, or never if the connection is gone. */
  readonly drained: Effect.Effect<void>
  /** Waits until the connection is gone and says why. */
  readonly closed: Effect.Effect<MqttLost>
}

export interface MqttOptions {
  readonly clientId: string
  readonly will: { readonly topic: string; readonly payload: string }
  readonly subscriptions: ReadonlyArray<string>
}

export interface MqttLink {
  /** Connects and subscribes; the connection lives as long as the scope and says good-bye when it closes. */
  readonly connect: (options: MqttOptions) => Effect.Effect<MqttConnection, MqttLost, Scope.Scope>
}

export interface BrokerAddress {
  readonly host: string
  readonly port: number
  readonly username?: string
  readonly password?: string
  readonly tls?: boolean
}

/** A link to a broker on the network. */
export const makeMqttLink = (broker: BrokerAddress): MqttLink => ({
  connect: Effect.fnUntraced(function* (options) {
    const address = `${broker.host}:${broker.port}`
    const messages = yield* Queue.dropping<MqttMessage>(Limits.downlinkMessages)
    const lost = Deferred.makeUnsafe<MqttLost>()
    const lose = (cause: string, refused = false) => {
      const message = `The broker ${address}: ${cause}.`
      Deferred.doneUnsafe(lost, Exit.succeed(new MqttLost({ message, ...(refused ? { refused } : {}) })))
    }
    let dropped = 0
    const client = yield* Effect.acquireRelease(
      Effect.sync(() => {
        const client = mqtt.connect(clientOptions(broker, options))
        // A small message that follows another must not wait for the other's acknowledgement (Nagle): that takes 40 ms.
        if (client.stream instanceof Socket) client.stream.setNoDelay(true)
        client.on("error", (error) => lose(wordsOf(error), isRefusal(error)))
        client.on("close", () => lose("the connection ended"))
        client.on("message", (topic, payload, packet) => {
          if (!Queue.offerUnsafe(messages, { topic, payload, retain: packet.retain })) dropped += 1
        })
        return client
      }),
      // A connection that is gone is dropped at once: waiting for its answers would hold up the next one.
      (client) =>
        Effect.callback<void>((resume) => {
          client.end(!client.connected, () => resume(Effect.void))
          // It waits for every answer it is still owed: one that never comes must not keep the socket open.
          return Effect.sync(() => client.stream.destroy())
        }).pipe(Effect.timeoutOption(Limits.farewellMs)),
    )
    const failed = Effect.flatMap(Deferred.await(lost), Effect.fail)
    const ready = Effect.andThen(connected(client), subscribed(client, options.subscriptions))
    yield* Effect.raceFirst(ready, failed).pipe(
      Effect.timeoutOrElse({
        duration: Limits.mqttConnectMs,
        orElse: () => Effect.fail(new MqttLost({ message: `The broker ${address} does not answer.` })),
      }),
    )
    let unacknowledged = 0
    const idle = new Set<() => void>()
    const taken = () => {
      unacknowledged -= 1
      if (unacknowledged === 0) for (const wake of idle) wake()
    }
    return {
      isOpen: () => client.connected && !Deferred.isDoneUnsafe(lost),
      messages,
      dropped: () => dropped,
      publish: (topic, payload, { qos, retain = false }) => {
        if (!client.connected) return
        if (qos === 1) unacknowledged += 1
        client.publish(topic, payload, { qos, retain }, (error) => {
          if (qos === 1 && !error) taken()
        })
      },
      listen: (to, notTo) => {
        if (!client.connected) return
        if (notTo.length > 0) client.unsubscribe([...notTo])
        if (to.length === 0) return
        client.subscribe([...to], { qos: 1 }, (error, granted = []) => {
          if (error !== null) lose(`subscribing failed: ${wordsOf(error)}`)
          else if (granted.some(({ qos }) => qos === 128)) lose(`it refuses the topics ${to.join(", ")}`)
        })
      },
      drained: Effect.callback((resume) => {
        const wake = () => resume(Effect.void)
        if (unacknowledged === 0) return wake()
        idle.add(wake)
        return Effect.sync(() => idle.delete(wake))
      }),
      closed: Deferred.await(lost),
    }
  }),
})

const clientOptions = (broker: BrokerAddress, options: MqttOptions): mqtt.IClientOptions => ({
  protocol: broker.tls === true ? "mqtts" : "mqtt",
  host: broker.host,
  port: broker.port,
  ...(broker.username === undefined ? {} : { username: broker.username }),
  ...(broker.password === undefined ? {} : { password: broker.password }),
  clientId: options.clientId,
  clean: true,
  protocolVersion: 4,
  keepalive: Limits.mqttKeepAliveSeconds,
  connectTimeout: Limits.mqttConnectMs,
  reconnectPeriod: 0,
  resubscribe: false,
  queueQoSZero: false,
  will: { topic: options.will.topic, payload: Buffer.from(options.will.payload), qos: 1, retain: true },
})

const connected = (client: mqtt.MqttClient): Effect.Effect<void> =>
  Effect.callback((resume) => {
    client.once("connect", () => resume(Effect.void))
  })

const subscribed = (client: mqtt.MqttClient, topics: ReadonlyArray<string>): Effect.Effect<void, MqttLost> =>
  Effect.callback((resume) => {
    client.subscribe([...topics], { qos: 1 }, (error, granted = []) => {
      const refused = granted.filter(({ qos }) => qos === 128).map(({ topic }) => topic)
      if (error !== null) resume(Effect.fail(new MqttLost({ message: `Subscribing failed: ${wordsOf(error)}.` })))
      else if (refused.length > 0) {
        resume(Effect.fail(new MqttLost({ message: `The broker refuses the topics ${refused.join(", ")}.` })))
      } else resume(Effect.void)
    })
  })

/** A return code of CONNACK: the identifier, the name and password, or the device itself is not welcome. */
const isRefusal = (error: Error): boolean =>
  "code" in error && (error.code === 2 || error.code === 4 || error.code === 5)

const wordsOf = (error: Error): string => {
  if (error.message !== "") return error.message
  return "code" in error && typeof error.code === "string" ? error.code : error.name
}
