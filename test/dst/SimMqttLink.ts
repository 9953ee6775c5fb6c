/** The edge's way to the simulated broker: what `makeMqttLink` is to a real one. */
import { Deferred, Effect, Exit, Queue } from "effect"
import { Limits } from "#core/Limits.ts"
import { type MqttLink, MqttLost, type MqttMessage } from "#edge/sync/MqttLink.ts"
import type { Life } from "./Computer.ts"
import type { Line } from "./Line.ts"
import type { Connection, SimBroker } from "./SimBroker.ts"

const encoder = new TextEncoder()

/** `onDial` is given every connection, so that it can be cut when the life ends. */
export const simMqttLink = (
  life: Life,
  broker: SimBroker,
  line: Line,
  onDial: (connection: Connection) => void,
): MqttLink => ({
  connect: Effect.fnUntraced(function* (options) {
    const messages = yield* Queue.dropping<MqttMessage>(Limits.downlinkMessages)
    const lost = Deferred.makeUnsafe<MqttLost>()
    const opened = Deferred.makeUnsafe<void>()
    let open = false
    let dropped = 0
    let unacknowledged = 0
    const idle = new Set<() => void>()
    const connection = yield* Effect.acquireRelease(
      Effect.sync(() => {
        const connection = broker.dial(line, {
          ...options,
          onOpen: () =>
            life.post(() => {
              open = true
              Deferred.doneUnsafe(opened, Exit.void)
            }),
          onMessage: (message) =>
            life.post(() => {
              if (!Queue.offerUnsafe(messages, message)) dropped += 1
            }),
          onClose: (reason) =>
            life.post(() => {
              open = false
              Deferred.doneUnsafe(lost, Exit.succeed(new MqttLost({ message: `The broker: ${reason}.` })))
            }),
        })
        onDial(connection)
        return connection
      }),
      (connection) =>
        Effect.sync(() => {
          open = false
          connection.hangUp()
        }),
    )
    yield* Effect.raceFirst(Deferred.await(opened), Effect.flatMap(Deferred.await(lost), Effect.fail)).pipe(
      Effect.timeoutOrElse({
        duration: Limits.mqttConnectMs,
        orElse: () => Effect.fail(new MqttLost({ message: "The broker does not answer." })),
      }),
    )
    return {
      isOpen: () => open,
      messages,
      dropped: () => dropped,
      publish: (topic, payload, { qos, retain = false }) => {
        if (!open) return
        if (qos === 1) unacknowledged += 1
        connection.publish(topic, encoder.encode(payload), retain, () =>
          life.post(() => {
            if (qos !== 1) return
            unacknowledged -= 1
            if (unacknowledged === 0) for (const wake of idle) wake()
          }),
        )
      },
      listen: (to, notTo) => connection.listen(to, notTo),
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
