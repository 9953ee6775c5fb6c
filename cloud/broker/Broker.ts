/**
 * Where the broker is: the one `MQTT_BROKER` names, else the embedded one, which then lives as long as this layer and lets in
 * the cloud and the registered devices. `MQTT_OPEN=true` lets anybody onto it, for laboratories: it is on loopback.
 */
import { Clock, Context, Effect, Layer, Redacted } from "effect"
import { cloudClientPrefix } from "#core/wire/BrokerPolicy.ts"
import { newSecret } from "../devices/DeviceSecrets.ts"
import { DeviceIdentities } from "../store/DeviceIdentities.ts"
import { orUndefined, Settings } from "../Settings.ts"
import { BrokerGuard } from "./BrokerGuard.ts"
import { startEmbeddedBroker } from "./EmbeddedBroker.ts"

export interface BrokerAddress {
  readonly url: string
  readonly host: string
  readonly port: number
  readonly embedded: boolean
  readonly username: string | undefined
  readonly password: Redacted.Redacted | undefined
  /** What a device may do has changed: takes it off the embedded broker if it may not be there. Another looks for itself. */
  readonly recheck: (deviceId: string) => Effect.Effect<void>
}

export class Broker extends Context.Service<Broker, BrokerAddress>()("cartwise/cloud/broker/Broker") {
  static readonly layer = Layer.effect(
    Broker,
    Effect.gen(function* () {
      const settings = yield* Settings
      const identities = yield* DeviceIdentities
      const username = orUndefined(settings.mqttUsername)
      const password = orUndefined(settings.mqttPassword)
      if (settings.mqttBroker._tag === "Some") {
        const host = settings.mqttBroker.value
        const port = settings.mqttPort
        const url = `${settings.mqttUseTls ? "mqtts" : "mqtt"}://${host}:${port}`
        return { url, host, port, embedded: false, username, password, recheck: () => Effect.void }
      }
      const cloud = {
        username: username ?? `${cloudClientPrefix}itself`,
        password: password ?? Redacted.make(newSecret()),
      }
      const guard = settings.mqttOpen
        ? undefined
        : new BrokerGuard(cloud, {
            one: (deviceId) => Effect.flatMap(Clock.currentTimeMillis, (at) => identities.login(deviceId, at)),
            all: Effect.flatMap(Clock.currentTimeMillis, (at) => identities.logins(at)),
          })
      const port = yield* startEmbeddedBroker({ port: settings.mqttPort, guard })
      yield* Effect.logInfo("embedded MQTT broker listens", { host: "127.0.0.1", port, open: settings.mqttOpen })
      const recheck = (deviceId: string) => guard?.recheck(deviceId) ?? Effect.void
      return { url: `mqtt://127.0.0.1:${port}`, host: "127.0.0.1", port, embedded: true, ...cloud, recheck }
    }),
  )
}
