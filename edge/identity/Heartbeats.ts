/**
 * Says over HTTP that the device is there, every half minute, with a token that is renewed in time. It is heard of this way
 * also while the broker is away. Nothing local waits for it.
 */
import { Clock, Effect, Result } from "effect"
import { networkInterfaces } from "node:os"

import { canonicalJson } from "#core/config/CanonicalJson.ts"
import type { DeviceLayout, RegisteredDevice } from "#core/api/DeviceIdentity.ts"
import { Limits } from "#core/Limits.ts"

import type { CloudDoor } from "./CloudDoor.ts"
import type { Enrolment } from "./Enrolment.ts"

interface Token {
  readonly value: string
  readonly renewAt: number
}

/** Runs until interrupted. */
export const runHeartbeats = Effect.fnUntraced(function* (
  enrolment: Enrolment,
  door: CloudDoor,
  ran: RegisteredDevice,
) {
  // The one that was kept may be from long ago.
  let token: Token = { value: ran.device_token, renewAt: 0 }
  let said = ""
  const beat = Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    if (now >= token.renewAt) {
      const renewed = yield* enrolment.renew
      // A key that can not be changed now is changed with the next token.
      const asked = enrolment.isKeyOld(now) ? yield* Effect.result(enrolment.changeKey) : Result.succeed(renewed)
      if (Result.isFailure(asked)) yield* Effect.logWarning(`its key was not changed: ${asked.failure.message}`)
      const { device_token, expires_in, layout } = Result.getOrElse(asked, () => renewed)
      token = { value: device_token, renewAt: now + expires_in * 1_000 - Limits.deviceTokenRenewMs }
      if (installed(layout) !== installed(ran.layout)) {
        yield* Effect.logWarning(
          "what is installed with the device has changed: it counts from the program's next start",
        )
      }
    }
    const address = ownAddress()
    const body = { status: "online", ...(address === undefined ? {} : { ip_address: address }) }
    const { status } = yield* door.post(`/devices/${ran.device_id}/heartbeat`, body, token.value)
    if (status === 401) token = { ...token, renewAt: 0 }
    said = ""
  }).pipe(
    Effect.catch(({ message }) => {
      const isNews = message !== said
      said = message
      return isNews ? Effect.logWarning(message) : Effect.void
    }),
  )
  return yield* Effect.forever(Effect.andThen(beat, Effect.sleep(Limits.heartbeatMs)))
})

/** What the boards and their bays are; which carts are in them and what is printed on them is configuration. */
const installed = ({ controllers }: DeviceLayout): string =>
  canonicalJson(
    controllers.map(({ id, controller_address, port, bays }) => ({
      id,
      controller_address,
      port,
      bays: bays.map(({ id, lock_index }) => ({ id, lock_index })),
    })),
  )

const ownAddress = (): string | undefined =>
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ internal, family }) => !internal && family === "IPv4")?.address
