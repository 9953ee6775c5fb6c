import { createServer, type Server, type Socket } from "node:net"

import { assert, describe, it } from "@effect/vitest"
import { Aedes } from "aedes"
import { Effect, Fiber, Queue } from "effect"
import { TestClock } from "effect/testing"

import { Limits } from "#core/Limits.ts"

import { makeMqttLink } from "./MqttLink.ts"

/** A broker in this process, on a port of its own. */
const broker = Effect.acquireRelease(
  Effect.promise(async () => {
    const aedes = await Aedes.createBroker()
    const sockets: Array<Socket> = []
    const server = createServer((socket) => {
      sockets.push(socket)
      aedes.handle(socket)
    })
    const port = await new Promise<number>((resolve) => {
      server.listen(0, "127.0.0.1", () => resolve(portOf(server)))
    })
    return { aedes, server, port, sockets }
  }),
  ({ aedes, server }) =>
    Effect.callback<void>((resume) => {
      aedes.close(() => server.close(() => resume(Effect.void)))
    }),
)

/** Takes a connection and answers nothing else. */
const brokerWithoutSuback = Effect.acquireRelease(
  Effect.promise(async () => {
    const subscribing = Promise.withResolvers<void>()
    const hungUp = Promise.withResolvers<void>()
    const server = createServer((socket) => {
      socket.on("data", (packet) => {
        const type = (packet[0] ?? 0) >> 4
        if (type === 1) socket.write(Uint8Array.of(0x20, 2, 0, 0))
        if (type === 8) subscribing.resolve()
      })
      socket.on("error", () => {})
      socket.on("close", () => hungUp.resolve())
    })
    const port = await new Promise<number>((resolve) => {
      server.listen(0, "127.0.0.1", () => resolve(portOf(server)))
    })
    return { server, port, subscribing: subscribing.promise, hungUp: hungUp.promise }
  }),
  ({ server }) => Effect.sync(() => server.close()),
)

const portOf = (server: Server): number => {
  const address = server.address()
  return typeof address === "object" && address !== null ? address.port : 0
}

const options = (clientId: string) => ({
  clientId,
  will: { topic: `status/${clientId}`, payload: "offline" },
  subscriptions: ["down/#", "status/#"],
})

const text = (payload: Uint8Array) => new TextDecoder().decode(payload)

describe("the MQTT link", () => {
  it.live("carries messages both ways and says which were retained", () =>
    Effect.gen(function* () {
      const { port } = yield* broker
      const link = makeMqttLink({ host: "127.0.0.1", port })
      const a = yield* link.connect(options("a"))
      a.publish("down/x", "kept", { qos: 1, retain: true })
      yield* a.drained
      assert.strictEqual((yield* Queue.take(a.messages)).retain, false)
      const b = yield* link.connect(options("b"))
      const kept = yield* Queue.take(b.messages)
      assert.deepStrictEqual([kept.topic, text(kept.payload), kept.retain], ["down/x", "kept", true])
    }),
  )

  it.live("CW-MQTT-109: leaves the last will when the connection is cut, and none when it says good-bye", () =>
    Effect.gen(function* () {
      const { port, sockets } = yield* broker
      const link = makeMqttLink({ host: "127.0.0.1", port })
      const watcher = yield* link.connect(options("watcher"))
      yield* Effect.scoped(link.connect(options("polite")))
      yield* Effect.scoped(
        Effect.gen(function* () {
          const cut = yield* link.connect(options("cut"))
          sockets.at(-1)?.destroy()
          const lost = yield* cut.closed
          assert.include(lost.message, `127.0.0.1:${port}`)
          assert.isFalse(cut.isOpen())
        }),
      )
      const will = yield* Queue.take(watcher.messages)
      assert.deepStrictEqual([will.topic, text(will.payload)], ["status/cut", "offline"])
    }),
  )

  it.live("says that nobody is there", () =>
    Effect.gen(function* () {
      const port = yield* Effect.scoped(Effect.map(broker, (made) => made.port))
      const refused = yield* Effect.flip(makeMqttLink({ host: "127.0.0.1", port }).connect(options("a")))
      assert.include(refused.message, "ECONNREFUSED")
      assert.isUndefined(refused.refused)
    }),
  )

  it.live("CW-MQTT-812: tells a broker that does not let it in from one that is not there", () =>
    Effect.gen(function* () {
      const { aedes, port } = yield* broker
      const codes = [4, 5]
      aedes.authenticate = (_client, _name, _password, done) => {
        done(Object.assign(new Error("not you"), { returnCode: codes.shift() ?? 5 }), false)
      }
      const link = makeMqttLink({ host: "127.0.0.1", port })
      for (const reason of ["Bad username or password", "Not authorized"]) {
        const lost = yield* Effect.flip(Effect.scoped(link.connect(options("a"))))
        assert.isTrue(lost.refused)
        assert.include(lost.message, reason)
      }
    }),
  )

  it.effect("CW-MQTT-802: gives up a broker that never acknowledges its subscriptions, and hangs up", () =>
    Effect.gen(function* () {
      const { port, subscribing, hungUp } = yield* brokerWithoutSuback
      const link = makeMqttLink({ host: "127.0.0.1", port })
      const refused = yield* Effect.forkChild(Effect.flip(Effect.scoped(link.connect(options("a")))), {
        startImmediately: true,
      })
      yield* Effect.promise(() => subscribing)
      yield* TestClock.adjust(Limits.mqttConnectMs)
      yield* TestClock.adjust(Limits.farewellMs)
      assert.include((yield* Fiber.join(refused)).message, "does not answer")
      yield* Effect.promise(() => hungUp)
    }),
  )

  it.live("CW-MQTT-605: drops messages beyond its queue and counts them", () =>
    Effect.gen(function* () {
      const { port } = yield* broker
      const link = makeMqttLink({ host: "127.0.0.1", port })
      const deaf = yield* link.connect(options("deaf"))
      const loud = yield* link.connect({ ...options("loud"), subscriptions: ["nothing"] })
      for (let n = 0; n < 1_000; n++) loud.publish("down/x", String(n), { qos: 1 })
      yield* loud.drained
      // Its own message is answered behind all the others.
      deaf.publish("nothing", "", { qos: 1 })
      yield* deaf.drained
      assert.isAbove(deaf.dropped(), 0)
      assert.strictEqual(text((yield* Queue.take(deaf.messages)).payload), "0")
    }),
  )
})
