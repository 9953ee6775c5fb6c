/** The proxy does what its faults are called, on a real broker and on plain TCP: chaos proves nothing otherwise. */
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net"
import mqtt, { type MqttClient } from "mqtt"
import { afterAll, afterEach, assert, beforeAll, beforeEach, describe, it } from "vitest"
import { randomOf } from "#core/Random.ts"
import { eventually } from "../support/Eventually.ts"
import { type Mosquitto, startMosquitto } from "../support/Mosquitto.ts"
import { type FaultProxy, type Parcel, startFaultProxy } from "./FaultProxy.ts"
import { cutAfter, deaf, duplicated, holding, isMessage, lossy, messageOn, reordered, slow } from "./LineFaults.ts"

const random = randomOf(1, "proxy")

describe("on a line that speaks MQTT", () => {
  let mosquitto: Mosquitto
  let proxy: FaultProxy
  let speaker: MqttClient
  let listener: MqttClient
  let heard: Array<string>

  const listen = async () => {
    const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${proxy.port}`, {
      clientId: "listener",
      reconnectPeriod: 0,
    })
    client.on("message", (_, payload) => void heard.push(payload.toString()))
    await client.subscribeAsync("a/#", { qos: 1 })
    return client
  }
  const say = (...words: ReadonlyArray<string>) =>
    Promise.all(words.map((word) => speaker.publishAsync("a/word", word, { qos: 1 })))
  const hears = (...words: ReadonlyArray<string>) => eventually(() => assert.deepEqual(heard, [...words]))

  beforeAll(async () => {
    mosquitto = await startMosquitto()
    speaker = await mqtt.connectAsync(`mqtt://127.0.0.1:${mosquitto.port}`)
  })
  afterAll(async () => {
    await speaker.endAsync(true)
    await mosquitto.program.stop()
  })
  beforeEach(async () => {
    heard = []
    proxy = await startFaultProxy({ to: mosquitto.port, speaks: "mqtt" })
    listener = await listen()
  })
  afterEach(async () => {
    await listener.endAsync(true)
    await proxy.stop()
  })

  it("passes everything on in order when no fault is in use, and tells when it arrived", async () => {
    const arrived: Array<string> = []
    proxy.watch(({ packet }) => packet?.cmd === "publish" && void arrived.push(packet.payload.toString()))
    await say("one", "two", "three")
    await hears("one", "two", "three")
    assert.deepEqual(arrived, ["one", "two", "three"])
  })

  it("repeats a message, and keeps the receipts of the copies to itself", async () => {
    const end = proxy.use(duplicated(random, 1, 2, 5))
    await say("one")
    await hears("one", "one", "one")
    end()
    await say("two")
    await hears("one", "one", "one", "two")
  })

  it("passes on the receipts of a client whose own message ids are as high as they go", async () => {
    const high = await mqtt.connectAsync(`mqtt://127.0.0.1:${proxy.port}`, {
      reconnectPeriod: 0,
      messageIdProvider: {
        allocate: () => 65_000,
        getLastAllocated: () => 65_000,
        register: () => true,
        deallocate: () => undefined,
        clear: () => undefined,
      },
    })
    await high.publishAsync("a/word", "high", { qos: 1 })
    await hears("high")
    await high.endAsync(true)
  })

  it("drops messages and leaves the connection alone", async () => {
    const end = proxy.use(lossy(random, 1))
    await say("lost")
    end()
    await say("kept")
    await hears("kept")
    assert.isTrue(listener.connected)
  })

  it("lets messages overtake one another", async () => {
    let first = true
    const end = proxy.use((parcel) => {
      if (!isMessage(parcel) || !first) return undefined
      first = false
      return { fate: "delay", ms: 50, overtake: true }
    })
    await say("one")
    await say("two")
    await hears("two", "one")
    end()
    proxy.use(reordered(randomOf(3, "order"), 40))
    await say("a", "b", "c", "d", "e", "f")
    await eventually(() => assert.lengthOf(heard, 8))
    assert.notDeepEqual(heard.slice(2), ["a", "b", "c", "d", "e", "f"])
  })

  it("delays without changing the order", async () => {
    proxy.use(slow(random, { ms: 5, jitterMs: 40 }))
    await say("one", "two", "three", "four")
    await hears("one", "two", "three", "four")
  })

  it("holds a message back and delivers it on a later connection", async () => {
    const held: Array<Parcel> = []
    const end = proxy.use(holding(held, messageOn("word"), 1))
    await say("held")
    await eventually(() => assert.lengthOf(held, 1))
    end()
    proxy.reset()
    await eventually(() => assert.isFalse(listener.connected))
    listener = await listen()
    await say("meanwhile")
    await hears("meanwhile")
    for (const parcel of held) assert.isTrue(proxy.deliver(parcel))
    await hears("meanwhile", "held")
  })

  it("ends a connection with a reset", async () => {
    const closed = new Promise<void>((resolve) => void listener.once("close", () => resolve()))
    proxy.reset()
    await closed
  })
})

describe("on a line of plain bytes", () => {
  let server: Server
  let proxy: FaultProxy
  let client: Socket
  let heardUp: string
  let heardDown: string

  beforeEach(async () => {
    ;[heardUp, heardDown] = ["", ""]
    server = createServer((socket) => {
      socket.on("error", () => socket.destroy())
      socket.on("data", (bytes: Buffer) => {
        heardUp += bytes.toString()
        socket.write(`<${bytes.toString()}>`)
      })
    })
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", () => resolve()))
    proxy = await startFaultProxy({ to: (server.address() as AddressInfo).port, speaks: "bytes" })
    client = connect(proxy.port, "127.0.0.1")
    client.on("data", (bytes: Buffer) => void (heardDown += bytes.toString()))
    client.on("error", () => client.destroy())
  })
  afterEach(async () => {
    client.destroy()
    await proxy.stop()
    await new Promise<void>((resolve) => void server.close(() => resolve()))
  })

  it("is deaf in one direction only, and the connection stays open", async () => {
    const end = proxy.use(deaf("down"))
    client.write("one")
    await eventually(() => assert.strictEqual(heardUp, "one"))
    end()
    client.write("two")
    await eventually(() => assert.strictEqual(heardDown, "<two>"))
    assert.isFalse(client.destroyed)
  })

  it("cuts the line after a request has gone through and before its answer", async () => {
    let cuts = 0
    proxy.use(
      cutAfter(
        ({ bytes }) => bytes.includes("COMMIT"),
        () => cuts++,
      ),
    )
    client.write("BEGIN")
    await eventually(() => assert.strictEqual(heardDown, "<BEGIN>"))
    const closed = new Promise<void>((resolve) => void client.once("close", () => resolve()))
    client.write("COMMIT")
    await closed
    assert.deepEqual([cuts, heardUp, heardDown], [1, "BEGINCOMMIT", "<BEGIN>"])
  })
})
