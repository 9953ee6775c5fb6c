/**
 * What a cloud that starts may believe of devices that were online when it stopped: nothing. It did not hear their last
 * wills, and with the embedded broker every connection is gone. So each is lost until it speaks, and is asked to boot
 * again; one that is there answers within milliseconds, the others become offline when the machine says so.
 *
 * Runs after the subscriptions stand and before anybody can ask for anything.
 */
import { Clock, Effect, Layer } from "effect"
import { toInstant } from "#core/domain/Instant.ts"
import { Directory } from "../registry/Directory.ts"
import { Connections } from "./Connections.ts"
import { Presence } from "./Presence.ts"

/** Doubts every device that seems to be online; gives how many. */
export const doubtEveryone = Effect.gen(function* () {
  const connections = yield* Connections
  const directory = yield* Directory
  const presence = yield* Presence
  const at = toInstant(yield* Clock.currentTimeMillis)
  const online = [...connections.all()].filter(([, { state }]) => state === "online")
  for (const [deviceId, { session }] of online) {
    const device = directory.find(deviceId)
    if (device === undefined) continue
    yield* presence.status(device, {
      v: 1,
      session,
      status: "offline",
      at,
      simulated: device.simulated,
    })
    yield* presence.askToBoot(device, session, "cloud_restarted")
  }
  return online.length
})

export const Restart = Layer.effectDiscard(doubtEveryone)
