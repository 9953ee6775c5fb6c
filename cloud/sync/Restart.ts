/**
 * What the cloud may believe of devices that were online when it stopped, or when its line to the broker broke: nothing.
 * It did not hear their last wills, and a broker that died has none to send. So each is lost until it speaks, and once the
 * line stands it is asked to boot again: one that is there answers within milliseconds, the others become offline when the
 * machine says so.
 *
 * The first time it runs after the subscriptions stand and before anybody can ask for anything.
 */
import { Clock, Effect, Layer, Queue } from "effect"
import { toInstant } from "#core/domain/Instant.ts"
import { Directory } from "../registry/Directory.ts"
import { Connections } from "./Connections.ts"
import { MqttClient } from "./MqttClient.ts"
import { Presence } from "./Presence.ts"

/** The devices in one of these states, with where they stand and their session. */
const devicesThatAre = Effect.fnUntraced(function* (...states: ReadonlyArray<string>) {
  const connections = yield* Connections
  const directory = yield* Directory
  return [...connections.all()].flatMap(([deviceId, { state, session }]) => {
    const device = directory.find(deviceId)
    return device === undefined || !states.includes(state) ? [] : [{ device, session }]
  })
})

/** Takes every device that seems to be online for lost. */
export const doubtEveryone = Effect.gen(function* () {
  const presence = yield* Presence
  const at = toInstant(yield* Clock.currentTimeMillis)
  for (const { device, session } of yield* devicesThatAre("online")) {
    yield* presence.status(device, { v: 1, session, status: "offline", at, simulated: device.simulated })
  }
})

/** Asks every lost device to boot again. */
const askEveryone = Effect.gen(function* () {
  const presence = yield* Presence
  for (const { device, session } of yield* devicesThatAre("lost")) {
    yield* presence.askToBoot(device, session, "cloud_restarted")
  }
})

export const Restart = Layer.effectDiscard(
  Effect.gen(function* () {
    const mqtt = yield* MqttClient
    yield* doubtEveryone
    yield* askEveryone
    const changes = yield* Queue.sliding<void>(1)
    mqtt.watch(() => void Queue.offerUnsafe(changes, undefined))
    const follow = Effect.gen(function* () {
      yield* Queue.take(changes)
      if (mqtt.problem() !== undefined) return yield* doubtEveryone
      yield* askEveryone
    })
    yield* Effect.forkScoped(
      Effect.forever(Effect.catchCause(follow, (cause) => Effect.logWarning("devices could not be doubted", cause))),
    )
  }),
)
