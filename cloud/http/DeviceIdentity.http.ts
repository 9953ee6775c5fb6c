/** What devices say over HTTP: registering, a fresh token, heartbeats. */
import { isIP } from "node:net"
import { Effect, Layer, Option, Redacted } from "effect"
import { HttpServerRequest } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { Api } from "#core/api/Api.ts"
import { CurrentDevice, DeviceAuthorization } from "#core/api/DeviceIdentity.ts"
import { NotFound, Unauthorized } from "#core/api/Problems.ts"
import { DeviceBeats } from "../devices/DeviceBeats.ts"
import { DeviceTokens } from "../devices/DeviceTokens.ts"
import { Enrolment } from "../devices/Enrolment.ts"
import { Directory } from "../registry/Directory.ts"
import { RequestRates } from "./RequestRates.ts"

export const DeviceAuthorizationHttp = Layer.effect(
  DeviceAuthorization,
  Effect.gen(function* () {
    const tokens = yield* DeviceTokens
    const rates = yield* RequestRates
    return DeviceAuthorization.of({
      bearer: Effect.fnUntraced(function* (handler, { credential }) {
        const id = yield* Effect.orDie(tokens.deviceOf(Redacted.value(credential)))
        if (id === undefined) return yield* new Unauthorized({})
        yield* rates.admit("device", id)
        return yield* Effect.provideService(handler, CurrentDevice, { id })
      }),
    })
  }),
)

const addressOf = (said: string | null | undefined): string | null => (said && isIP(said) !== 0 ? said : null)

const bearerOf = (authorization: string | undefined): string | undefined =>
  /^Bearer (?<token>\S+)$/iu.exec(authorization ?? "")?.groups?.["token"]

export const DeviceIdentityHttp = HttpApiBuilder.group(
  Api,
  "deviceIdentity",
  Effect.fn(function* (handlers) {
    const enrolment = yield* Enrolment
    return handlers.handleAll({
      register: Effect.fnUntraced(function* ({ headers, payload }) {
        const { remoteAddress } = yield* HttpServerRequest.HttpServerRequest
        return yield* Effect.catchTag(
          enrolment.register({
            body: payload,
            provisioningToken: headers["x-provisioning-token"],
            bearer: bearerOf(headers.authorization),
            client: Option.getOrElse(remoteAddress, () => "unknown"),
          }),
          "SqlError",
          Effect.die,
        )
      }),
      token: Effect.fnUntraced(function* ({ params, payload }) {
        return yield* Effect.catchTag(enrolment.renew(params.id, payload), "SqlError", Effect.die)
      }),
      changeKey: Effect.fnUntraced(function* ({ params, payload }) {
        return yield* Effect.catchTag(enrolment.changeKey(params.id, payload), "SqlError", Effect.die)
      }),
    })
  }),
)

export const DeviceBeatHttp = HttpApiBuilder.group(
  Api,
  "deviceBeat",
  Effect.fn(function* (handlers) {
    const beats = yield* DeviceBeats
    const directory = yield* Directory
    return handlers.handleAll({
      heartbeat: Effect.fnUntraced(function* ({ params, payload }) {
        const device = yield* CurrentDevice
        if (device.id !== params.id) {
          // Only somebody who is a device learns which others there are.
          return yield* directory.find(params.id) === undefined ? new NotFound({}) : new Unauthorized({})
        }
        const written = yield* Effect.orDie(beats.beat(device.id, addressOf(payload.ip_address)))
        if (!written) yield* Effect.logWarning("a heartbeat was not written: too many wait", { deviceId: device.id })
        return { status: "ok" as const, message: "Heartbeat received" as const }
      }),
    })
  }),
)
