/** Tells a device what it shall be configured to: retained, because it is state and the newest is all that counts. */
import { Context, Effect, Layer } from "effect"
import type { ConfigDesired } from "#core/wire/Config.ts"
import { deviceTopic } from "#core/wire/Topics.ts"
import { type DeviceAddress, Directory } from "../registry/Directory.ts"
import type { DeviceConfigRow } from "../store/DeviceConfigs.ts"
import { MqttClient } from "../sync/MqttClient.ts"

export class ConfigOffers extends Context.Service<
  ConfigOffers,
  {
    /** Publishes a wish that is committed. One that cannot be published is offered again at the device's next boot. */
    readonly offer: (device: DeviceAddress, row: DeviceConfigRow) => Effect.Effect<void>
    readonly offerAll: (rows: ReadonlyArray<DeviceConfigRow>) => Effect.Effect<void>
  }
>()("cartwise/cloud/config/ConfigOffers") {
  static readonly layer = Layer.effect(
    ConfigOffers,
    Effect.gen(function* () {
      const mqtt = yield* MqttClient
      const directory = yield* Directory
      const offer = (device: DeviceAddress, { desired }: DeviceConfigRow) => {
        const { deviceId } = device
        const { version, hash, document } = desired
        const message: ConfigDesired = { v: 1, version, hash, document }
        const topic = deviceTopic(device, deviceId, "config/desired")
        return Effect.catch(mqtt.publish(topic, JSON.stringify(message), { retain: true }), (error) =>
          Effect.logWarning("a configuration could not be offered", { deviceId, error: error.message }),
        )
      }
      return ConfigOffers.of({
        offer,
        offerAll: Effect.fnUntraced(function* (rows) {
          for (const row of rows) {
            const device = directory.find(row.deviceId)
            if (device !== undefined) yield* offer(device, row)
          }
        }),
      })
    }),
  )
}
