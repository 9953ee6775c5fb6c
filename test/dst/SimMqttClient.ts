/** The cloud's way to the simulated broker: what `MqttClient.layer` is to a real one, on one connection for both ways. */
import { Effect, Layer } from "effect"
import type { Random } from "#core/Random.ts"
import { Limits } from "#core/Limits.ts"
import { MqttClient, NotPublished, type Received } from "#cloud/sync/MqttClient.ts"
import type { Life } from "./Computer.ts"
import type { Line } from "./Line.ts"
import type { Connection, SimBroker } from "./SimBroker.ts"

const encoder = new TextEncoder()

/** What passes the cloud's own end of its connection. */
export interface CloudEar {
  readonly said: (topic: string, payload: Uint8Array) => void
  readonly heard: (payload: Uint8Array) => void
}

/** As the host of the cloud listens: also whether the line came or went. */
interface HostEar extends CloudEar {
  readonly changed: () => void
}

export const simMqttClient = (
  life: Life,
  broker: SimBroker,
  line: Line,
  random: Random,
  onDial: (connection: Connection) => void,
  ear: HostEar,
) => {
  let connection: Connection | undefined
  let subscriptions: ReadonlyArray<string> = []
  let receive: (received: Received) => void = () => {}
  let dials = 0
  const watchers = new Set<() => void>()
  const unanswered = new Set<() => void>()
  const changed = () => {
    ear.changed()
    for (const watcher of watchers) watcher()
  }
  const connect = (pauseMs: number): void => {
    const dialled = broker.dial(line, {
      clientId: `cloud-${++dials}`,
      subscriptions,
      onOpen: () =>
        life.post(() => {
          connection = dialled
          changed()
        }),
      onMessage: ({ topic, payload, retain }) =>
        life.post(() => {
          ear.heard(payload)
          receive({ topic, payload, retained: retain, receivedAt: life.wallMs() })
        }),
      onClose: () =>
        life.post(() => {
          const wasUp = connection === dialled
          if (wasUp) connection = undefined
          if (wasUp) changed()
          for (const fail of unanswered) fail()
          unanswered.clear()
          life.after(pauseMs * (0.5 + 0.5 * random.next()), () =>
            connect(wasUp ? Limits.reconnectFirstMs : Math.min(pauseMs * 2, Limits.reconnectMaxMs)),
          )
        }),
    })
    onDial(dialled)
  }
  const publish = (topic: string, payload: string, options?: { readonly retain?: boolean }) =>
    Effect.callback<void, NotPublished>((resume) => {
      const current = connection
      if (current === undefined) {
        return resume(Effect.fail(new NotPublished({ certain: true, message: "there is no connection" })))
      }
      const fail = () => resume(Effect.fail(new NotPublished({ certain: false, message: "the connection broke" })))
      unanswered.add(fail)
      const bytes = encoder.encode(payload)
      ear.said(topic, bytes)
      current.publish(topic, bytes, options?.retain ?? false, () =>
        life.post(() => {
          unanswered.delete(fail)
          resume(Effect.void)
        }),
      )
    })
  return Layer.succeed(
    MqttClient,
    MqttClient.of({
      publish,
      receive: (topics, onMessage) =>
        Effect.sync(() => {
          subscriptions = topics
          receive = onMessage
          connect(Limits.reconnectFirstMs)
        }),
      problem: () => (connection === undefined ? "not connected" : undefined),
      watch: (onChange) => void watchers.add(onChange),
      counts: () => [],
    }),
  )
}
