/**
 * The cloud's two connections to the broker, one that listens and one that speaks: a publish awaited on the connection
 * that is handing over a message would wait for itself.
 *
 * Every connection is a new client object with an empty store, because a client that reconnects by itself sends again
 * what was under way when the line broke, and a command must never leave late. Nothing is queued while there is no
 * connection: publishing fails at once and the caller decides. Messages are handed over synchronously and in order;
 * the receiver must not do slow work.
 */
import { Clock, Context, Effect, Layer, Random, Redacted, Schema, Scope } from "effect"
import { connect, type IClientOptions, type MqttClient as Client } from "mqtt"
import { randomUUID } from "node:crypto"
import { Socket } from "node:net"
import { Limits } from "#core/Limits.ts"
import { type MqttCount, MqttTally } from "./MqttTally.ts"
import { Broker, type BrokerAddress } from "../broker/Broker.ts"

/** A message could not be handed to the broker. `certain`: it certainly did not leave. */
export class NotPublished extends Schema.TaggedError<NotPublished>()("NotPublished", {
  certain: Schema.Boolean,
  message: Schema.String,
}) {}

export interface Received {
  readonly topic: string
  readonly payload: Uint8Array
  readonly retained: boolean
  readonly receivedAt: number
}

export interface PublishOptions {
  /** Whether the broker keeps it; false unless said. */
  readonly retain?: boolean
  /** 1 unless said. */
  readonly qos?: 0 | 1
}

interface Line {
  current: Client | undefined
  problem: string | undefined
  /** Called when the line has come up or gone down. */
  readonly changed: () => void
}

const optionsFor = (broker: BrokerAddress, name: string): IClientOptions => ({
  protocolVersion: 4,
  clean: true,
  clientId: `cartwise-cloud-${name}-${randomUUID().slice(0, 8)}`,
  keepalive: Limits.mqttKeepAliveSeconds,
  connectTimeout: Limits.mqttConnectMs,
  reconnectPeriod: 0,
  queueQoSZero: false,
  ...(broker.username === undefined ? {} : { username: broker.username }),
  ...(broker.password === undefined ? {} : { password: Redacted.value(broker.password) }),
})

/** Messages that came together are answered together: one write to the broker, at the end of this turn, instead of one each. */
const gatherAnswers = (client: Client): void => {
  const { stream } = client
  let gathering = false
  client.on("message", () => {
    if (gathering) return
    gathering = true
    stream.cork()
    setImmediate(() => {
      gathering = false
      stream.uncork()
    })
  })
}

/** One connection from its first packet to its end; completes when it is over. */
const connection = (broker: BrokerAddress, name: string, line: Line, onOpen: (client: Client) => Promise<void>) =>
  Effect.callback<void>((resume) => {
    const client = connect(broker.url, optionsFor(broker, name))
    client.on("error", (error) => (line.problem = error.message))
    client.on("connect", () => {
      // Else a command waits for the answer to the packet before it: 40 ms on loopback.
      if (client.stream instanceof Socket) client.stream.setNoDelay(true)
      gatherAnswers(client)
      onOpen(client).then(
        () => {
          line.current = client
          line.problem = undefined
          line.changed()
        },
        (error: unknown) => {
          if (!client.disconnecting) line.problem = String(error)
          client.end(true)
        },
      )
    })
    client.on("close", () => {
      const wasUp = line.current !== undefined
      line.current = undefined
      if (wasUp) line.changed()
      client.end(true)
      resume(Effect.void)
    })
    return Effect.callback<void>((stopped) => {
      // One that waits for an answer that does not come would wait for it before it ends, too.
      const force = line.current === undefined
      line.current = undefined
      client.end(force, {}, () => stopped(Effect.void))
    }).pipe(Effect.timeoutOption(1_000))
  })

/** Completes when a connection has not opened, subscriptions confirmed, after so long: it is given up then. */
const unopened = (line: Line): Effect.Effect<void> =>
  Effect.sleep(Limits.mqttConnectMs + Limits.mqttSubscribeMs).pipe(
    Effect.andThen(() => {
      if (line.current !== undefined) return Effect.never
      line.problem = "the broker does not confirm the subscriptions"
      return Effect.void
    }),
  )

/** Keeps a line open for as long as the scope lives, with longer and longer pauses while the broker is away. */
const keepOpen = Effect.fnUntraced(function* (
  broker: BrokerAddress,
  name: string,
  onOpen: (client: Client) => Promise<void>,
  changed: () => void,
) {
  const line: Line = { current: undefined, problem: "not connected yet", changed }
  let pauseMs: number = Limits.reconnectFirstMs
  const cycle = Effect.gen(function* () {
    const startedAt = yield* Clock.currentTimeMillis
    yield* Effect.raceFirst(connection(broker, name, line, onOpen), unopened(line))
    const lastedMs = (yield* Clock.currentTimeMillis) - startedAt
    pauseMs = lastedMs > Limits.reconnectMaxMs ? Limits.reconnectFirstMs : Math.min(pauseMs * 2, Limits.reconnectMaxMs)
    yield* Effect.logWarning("the connection to the broker is gone", { line: name, problem: line.problem })
    yield* Effect.sleep(pauseMs * (yield* Random.next))
  })
  yield* Effect.forkScoped(Effect.forever(cycle))
  return line
})

const publishOn = (line: Line, topic: string, payload: string, { retain = false, qos = 1 }: PublishOptions) =>
  Effect.callback<void, NotPublished>((resume) => {
    const client = line.current
    if (client === undefined || !client.connected) {
      const message = `there is no connection to the broker: ${line.problem ?? "closed"}`
      return resume(Effect.fail(new NotPublished({ certain: true, message })))
    }
    if (qos === 0) {
      client.publish(topic, payload, { qos, retain })
      return resume(Effect.void)
    }
    const onClose = () =>
      resume(
        Effect.fail(new NotPublished({ certain: false, message: "the connection broke before the broker answered" })),
      )
    client.once("close", onClose)
    client.publish(topic, payload, { qos, retain }, (error) => {
      client.removeListener("close", onClose)
      if (error) resume(Effect.fail(new NotPublished({ certain: false, message: error.message })))
      else resume(Effect.void)
    })
  })

export class MqttClient extends Context.Service<
  MqttClient,
  {
    /** Publishes and completes when the broker has it; with QoS 0 when it was handed to the connection. */
    readonly publish: (topic: string, payload: string, options?: PublishOptions) => Effect.Effect<void, NotPublished>
    /** Subscribes for as long as the program lives; `onMessage` is called in order and must be quick. */
    readonly receive: (topics: ReadonlyArray<string>, onMessage: (message: Received) => void) => Effect.Effect<void>
    /** What keeps either connection away; undefined when both are up. */
    readonly problem: () => string | undefined
    /** Calls back whenever a connection has come up or gone down. */
    readonly watch: (onChange: () => void) => void
    /** Messages since the start, by direction and the last part of their topic. */
    readonly counts: () => ReadonlyArray<MqttCount>
  }
>()("cartwise/cloud/sync/MqttClient") {
  static readonly layer = Layer.effect(
    MqttClient,
    Effect.gen(function* () {
      const broker = yield* Broker
      const clock = yield* Clock.Clock
      const scope = yield* Effect.scope
      const watchers = new Set<() => void>()
      const tally = new MqttTally()
      const changed = () => {
        for (const watcher of watchers) watcher()
      }
      const speaking = yield* keepOpen(broker, "speaks", () => Promise.resolve(), changed)
      let listening: Line | undefined

      const listen = (topics: ReadonlyArray<string>, onMessage: (message: Received) => void) => (client: Client) => {
        client.on("message", (topic, payload, packet) => {
          tally.add("in", topic)
          onMessage({ topic, payload, retained: packet.retain, receivedAt: clock.currentTimeMillisUnsafe() })
        })
        return client.subscribeAsync([...topics], { qos: 1 }).then(() => undefined)
      }

      return MqttClient.of({
        publish: (topic, payload, options) =>
          publishOn(speaking, topic, payload, options ?? {}).pipe(
            Effect.tap(Effect.sync(() => tally.add("out", topic))),
          ),
        counts: () => tally.counts(),
        receive: (topics, onMessage) =>
          keepOpen(broker, "listens", listen(topics, onMessage), changed).pipe(
            Effect.map((line) => void (listening = line)),
            Effect.provideService(Scope.Scope, scope),
          ),
        problem: () => {
          for (const line of [speaking, listening]) {
            if (line === undefined || line.current === undefined) return line?.problem ?? "not subscribed yet"
          }
          return undefined
        },
        watch: (onChange) => void watchers.add(onChange),
      })
    }),
  )
}
