/**
 * Where the broker is: the one `MQTT_BROKER` names, else the embedded one, which then lives as long as this layer.
 */
import { Context, Effect, Layer, Redacted } from "effect"
import { orUndefined, Settings } from "../Settings.ts"
import { startEmbeddedBroker } from "./EmbeddedBroker.ts"

export interface BrokerAddress {
  readonly url: string
  readonly host: string
  readonly port: number
  readonly embedded: boolean
  readonly username: string | undefined
  readonly password: Redacted.Redacted | undefined
}

export class Broker extends Context.Service<Broker, BrokerAddress>()("cartwise/cloud/broker/Broker") {
  static readonly layer = Layer.effect(
    Broker,
    Effect.gen(function* () {
      const settings = yield* Settings
      const username = orUndefined(settings.mqttUsername)
      const password = orUndefined(settings.mqttPassword)
      if (settings.mqttBroker._tag === "Some") {
        const host = settings.mqttBroker.value
        const port = settings.mqttPort
        const url = `${settings.mqttUseTls ? "mqtts" : "mqtt"}://${host}:${port}`
        return { url, host, port, embedded: false, username, password }
      }
      const credentials = username === undefined ? undefined : { username, password: password ?? Redacted.make("") }
      const port = yield* startEmbeddedBroker({ port: settings.mqttPort, credentials })
      yield* Effect.logInfo("embedded MQTT broker listens", { host: "127.0.0.1", port })
      return { url: `mqtt://127.0.0.1:${port}`, host: "127.0.0.1", port, embedded: true, username, password }
    }),
  )
}
