import { assert, it } from "@effect/vitest"
import { Effect, Queue } from "effect"
import { TestClock } from "effect/testing"
import { generate, parser } from "mqtt-packet"
import { createServer, type Socket } from "node:net"
import { Limits } from "#core/Limits.ts"
import { Broker, type BrokerAddress } from "../broker/Broker.ts"
import { MqttClient } from "./MqttClient.ts"

/** A broker that takes every connection and every subscription, and confirms only the connections. */
const silentBroker = Effect.gen(function* () {
  const subscribed = yield* Queue.unbounded<Socket>()
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    const packets = parser()
    packets.on("packet", ({ cmd }) => {
      if (cmd === "connect") socket.write(generate({ cmd: "connack", returnCode: 0, sessionPresent: false }))
      if (cmd === "subscribe") Queue.offerUnsafe(subscribed, socket)
    })
    socket.on("data", (data) => void packets.parse(data))
    socket.on("error", () => {})
  })
  const port = yield* Effect.callback<number>((resume) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      resume(Effect.succeed(typeof address === "object" && address !== null ? address.port : 0))
    })
  })
  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      server.close()
      for (const socket of sockets) socket.destroy()
    }),
  )
  const url = `mqtt://127.0.0.1:${port}`
  const broker: BrokerAddress = {
    url,
    host: "127.0.0.1",
    port,
    embedded: false,
    recheck: () => Effect.void,
    username: undefined,
    password: undefined,
  }
  return { broker, subscribed }
})

it.effect("CW-MQTT-802: a broker that never confirms the subscriptions is left and asked again", () =>
  Effect.gen(function* () {
    const { broker, subscribed } = yield* silentBroker
    yield* Effect.gen(function* () {
      const mqtt = yield* MqttClient
      yield* mqtt.receive(["a/b"], () => {})
      const first = yield* Queue.take(subscribed)
      const left = new Promise((resolve) => first.once("close", resolve))
      yield* TestClock.adjust(Limits.mqttConnectMs + Limits.mqttSubscribeMs)
      yield* Effect.promise(() => left)
      assert.include(mqtt.problem(), "subscriptions")
      yield* TestClock.adjust(Limits.reconnectMaxMs)
      assert.notStrictEqual(yield* Queue.take(subscribed), first)
    }).pipe(Effect.provide(MqttClient.layer), Effect.provideService(Broker, broker))
  }),
)
