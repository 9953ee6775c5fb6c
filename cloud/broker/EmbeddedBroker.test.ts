import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Redacted, Scope } from "effect"
import { brokerContract, brokerDevices, type BrokerUnderTest, passwordOf } from "./Broker.contract.ts"
import { BrokerGuard } from "./BrokerGuard.ts"
import { connectAsync } from "mqtt"
import { brokerHash } from "../devices/BrokerHash.ts"
import type { BrokerLogin } from "../store/DeviceIdentities.ts"
import { startEmbeddedBroker } from "./EmbeddedBroker.ts"

const connect = (port: number, options: object = {}) =>
  Effect.acquireRelease(
    Effect.promise(() =>
      connectAsync(`mqtt://127.0.0.1:${port}`, { protocolVersion: 4, reconnectPeriod: 0, ...options }),
    ),
    (client) => Effect.promise(() => client.endAsync(true)),
  )

describe("the embedded broker", () => {
  it.effect("says which port is taken and which setting moves it", () =>
    Effect.gen(function* () {
      const port = yield* startEmbeddedBroker({ port: 0, guard: undefined })
      const { message } = yield* Effect.flip(startEmbeddedBroker({ port, guard: undefined }))
      assert.include(message, String(port))
      assert.include(message, "MQTT_PORT")
    }),
  )

  it.effect("refuses a shared subscription, which it would never serve", () =>
    Effect.gen(function* () {
      const port = yield* startEmbeddedBroker({ port: 0, guard: undefined })
      const client = yield* connect(port)
      const refused = yield* Effect.promise(() =>
        client.subscribeAsync("$share/group/topic", { qos: 1 }).then(
          (granted) => granted[0]?.qos,
          () => 128,
        ),
      )
      assert.strictEqual(refused, 128)
    }),
  )
})

brokerContract("the embedded broker", true, async () => {
  const scope = Scope.makeUnsafe()
  const logins = new Map<string, BrokerLogin>(
    brokerDevices.map((device) => [
      device.deviceId,
      { ...device, brokerHash: brokerHash(passwordOf(device.deviceId)) },
    ]),
  )
  const cloud = { username: "cartwise-cloud-itself", password: Redacted.make(passwordOf("cloud")) }
  const guard = new BrokerGuard(cloud, {
    one: (deviceId) => Effect.sync(() => logins.get(deviceId)),
    all: Effect.sync(() => [...logins.values()]),
  })
  const port = await Effect.runPromise(Scope.provide(startEmbeddedBroker({ port: 0, guard }), scope))
  return {
    options: { host: "127.0.0.1", port, protocol: "mqtt" },
    cloudName: cloud.username,
    revoke: async (deviceId) => {
      logins.delete(deviceId)
      await Effect.runPromise(guard.recheck(deviceId))
    },
    stop: () => Effect.runPromise(Scope.close(scope, Exit.void)),
  } satisfies BrokerUnderTest
})
