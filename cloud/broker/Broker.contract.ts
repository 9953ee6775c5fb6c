/**
 * Who may say and hear what, and be there at all: one table for every broker that enforces `core/wire/BrokerPolicy.ts`. What
 * counts is what arrives: one broker refuses a message, another a subscription, a third only delivers nothing.
 */
import { connectAsync, type IClientOptions, type MqttClient } from "mqtt"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import type { BrokerPrincipal } from "#core/wire/BrokerPolicy.ts"

/** How to reach a broker under test. */
export interface BrokerUnderTest {
  readonly options: IClientOptions
  /** The same for the cloud, if it has a door of its own. */
  readonly cloudOptions?: IClientOptions
  readonly cloudName: string
  /** Takes a device's credentials away. */
  readonly revoke: (deviceId: string) => Promise<void>
  readonly stop: () => Promise<void>
}

type BrokerDevice = Extract<BrokerPrincipal, { readonly kind: "device" }>

const device = (n: number, chainSlug: string, branchCode: string): BrokerDevice => ({
  kind: "device",
  deviceId: `0000000d-0000-4000-8000-00000000000${n}`,
  chainSlug,
  branchCode,
})

const ours = device(1, "one-chain", "B-1")
const neighbour = device(2, "one-chain", "B-1")
const stranger = device(3, "other-chain", "B-1")
const spare = device(4, "one-chain", "B-1")

/** The devices that the broker lets in, each with `passwordOf` its id. */
export const brokerDevices: ReadonlyArray<BrokerDevice> = [ours, neighbour, stranger, spare]

/** 43 characters, as ours have. */
export const passwordOf = (name: string): string => `password-of-${name}`.padEnd(43, "x").slice(-43)

const at = ({ chainSlug, branchCode, deviceId }: BrokerDevice, leaf: string) =>
  `cartwise/${chainSlug}/${branchCode}/devices/${deviceId}/${leaf}`
const cart = ({ chainSlug, branchCode }: BrokerDevice, leaf: string) =>
  `cartwise/${chainSlug}/${branchCode}/carts/0000000f-0000-4000-8000-000000000001/${leaf}`

const cloud = "cloud" as const
type Who = BrokerDevice | typeof cloud

interface Row {
  readonly what: string
  readonly from: Who
  readonly topic: string
  readonly to: Who
  /** What the hearer subscribes to; left out: the topic. */
  readonly filter?: string
  readonly arrives: boolean
}

const up = ["status", "boot", "heartbeat", "telemetry", "events", "snapshot", "commands/ack", "config/reported"]
const down = ["boot/reply", "events/ack", "commands", "config/desired"]
const all = "cartwise/+/+/devices/+/"

const rows: ReadonlyArray<Row> = [
  ...up.map((leaf) => ({
    what: `a device says ${leaf} on its own topic`,
    from: ours,
    topic: at(ours, leaf),
    to: cloud,
    filter: all + leaf,
    arrives: true,
  })),
  ...up.map((leaf) => ({
    what: `a device says ${leaf} in another's name`,
    from: ours,
    topic: at(neighbour, leaf),
    to: cloud,
    filter: all + leaf,
    arrives: false,
  })),
  {
    what: "a device says its status under another chain",
    from: ours,
    topic: at({ ...ours, chainSlug: "other-chain" }, "status"),
    to: cloud,
    filter: `${all}status`,
    arrives: false,
  },
  {
    what: "a device speaks on a leaf that there is not",
    from: ours,
    topic: at(ours, "status/more"),
    to: ours,
    arrives: false,
  },
  ...down.map((leaf) => ({
    what: `the cloud says ${leaf} to a device`,
    from: cloud,
    topic: at(ours, leaf),
    to: ours,
    arrives: true,
  })),
  ...down.map((leaf) => ({
    what: `a device hears what the cloud says to another on ${leaf}`,
    from: cloud,
    topic: at(neighbour, leaf),
    to: ours,
    arrives: false,
  })),
  ...down.map((leaf) => ({
    what: `a device hears everybody's ${leaf} by a wildcard`,
    from: cloud,
    topic: at(neighbour, leaf),
    to: ours,
    filter: `cartwise/+/+/devices/+/${leaf}`,
    arrives: false,
  })),
  ...down.map((leaf) => ({
    what: `a device says ${leaf} to another, as only the cloud may`,
    from: neighbour,
    topic: at(ours, leaf),
    to: ours,
    arrives: false,
  })),
  { what: "a device commands itself", from: ours, topic: at(ours, "commands"), to: ours, arrives: false },
  {
    what: "a device hears another's status",
    from: neighbour,
    topic: at(neighbour, "status"),
    to: ours,
    arrives: false,
  },
  {
    what: "a device hears everything",
    from: cloud,
    topic: at(neighbour, "commands"),
    to: ours,
    filter: "#",
    arrives: false,
  },
  {
    what: "a device says the status of a cart of its branch",
    from: ours,
    topic: cart(ours, "status"),
    to: cloud,
    filter: "cartwise/+/+/carts/+/status",
    arrives: true,
  },
  {
    what: "a device says the status of a cart of another chain",
    from: ours,
    topic: cart(stranger, "status"),
    to: cloud,
    filter: "cartwise/+/+/carts/+/status",
    arrives: false,
  },
  { what: "the cloud unlocks a cart of the branch", from: cloud, topic: cart(ours, "unlock"), to: ours, arrives: true },
  { what: "a device unlocks a cart", from: neighbour, topic: cart(ours, "unlock"), to: ours, arrives: false },
  {
    what: "a device hears unlocks of another chain",
    from: cloud,
    topic: cart(stranger, "unlock"),
    to: ours,
    arrives: false,
  },
  {
    what: "the cloud speaks in a device's name",
    from: cloud,
    topic: at(ours, "status"),
    to: cloud,
    filter: `${all}status`,
    arrives: false,
  },
]

/** Runs the table against a broker; `refusesToKeep`: it can tell where nothing may be kept. */
export const brokerContract = (name: string, refusesToKeep: boolean, start: () => Promise<BrokerUnderTest>): void => {
  describe(`${name}, by the table of who may say and hear what`, () => {
    let broker: BrokerUnderTest
    const open = new Set<MqttClient>()
    beforeAll(async () => {
      broker = await start()
    }, 30_000)
    afterAll(async () => {
      for (const client of open) client.end(true)
      await broker.stop()
    })

    const connect = async (who: Who, more: IClientOptions = {}): Promise<MqttClient> => {
      const username = who === cloud ? broker.cloudName : who.deviceId
      const client = await connectAsync({
        ...(who === cloud ? (broker.cloudOptions ?? broker.options) : broker.options),
        protocolVersion: 4,
        clean: true,
        reconnectPeriod: 0,
        connectTimeout: 5_000,
        username,
        password: passwordOf(who === cloud ? cloud : username),
        ...more,
      })
      client.on("error", () => undefined)
      open.add(client)
      return client
    }

    const refusal = (who: Who, more: IClientOptions) =>
      connect(who, more).then(
        () => "let in",
        () => "refused",
      )

    /** Whether a message is heard; a second one that is surely heard comes after it. */
    const isHeard = async ({ from, topic, to, filter = topic }: Row): Promise<boolean> => {
      const hearer = await connect(to)
      // A broker may know a device by its name alone, and then it has one line.
      const speaker = from === to && from !== cloud ? hearer : await connect(from)
      const sayer = await connect(to === cloud ? neighbour : cloud)
      const mark = to === cloud ? at(neighbour, "heartbeat") : at(to, "boot/reply")
      const heard: Array<string> = []
      const marked = new Promise<void>((done) => {
        hearer.on("message", (_topic, payload) => {
          heard.push(payload.toString())
          if (payload.toString() === "mark") done()
        })
        hearer.once("close", () => done())
      })
      for (const wanted of new Set([to === cloud ? `${all}heartbeat` : mark, filter])) {
        await hearer.subscribeAsync(wanted, { qos: 1 }).catch(() => undefined)
      }
      await new Promise<void>((done) => {
        speaker.once("close", () => done())
        speaker.publish(topic, "said", { qos: 1 }, () => done())
      })
      await sayer.publishAsync(mark, "mark", { qos: 1 })
      await marked
      for (const client of [hearer, speaker, sayer]) client.end(true)
      return heard.includes("said")
    }

    for (const row of rows) {
      it(`CW-MQTT-137: ${row.what}: ${row.arrives ? "it arrives" : "it does not"}`, async () => {
        assert.strictEqual(await isHeard(row), row.arrives)
      })
    }

    it("CW-MQTT-137: delivers a last will on the device's own status and none elsewhere", async () => {
      const watcher = await connect(cloud)
      const wills: Array<string> = []
      const own = new Promise<void>((done) => {
        watcher.on("message", (topic, payload) => {
          wills.push(`${topic} ${payload.toString()}`)
          if (payload.toString() === "own will") done()
        })
      })
      await watcher.subscribeAsync([`${all}status`], { qos: 1 })
      const willOf = (topic: string, payload: string) => ({
        will: { topic, payload: Buffer.from(payload), qos: 1 as const, retain: true },
      })
      const foreign = await connect(spare, willOf(at(neighbour, "status"), "foreign will"))
      foreign.stream.destroy()
      const honest = await connect(ours, willOf(at(ours, "status"), "own will"))
      honest.stream.destroy()
      await own
      assert.isFalse(wills.some((will) => will.endsWith("foreign will")))
    })

    const ifItTells = refusesToKeep ? it : () => undefined
    ifItTells("keeps nothing where nothing may be kept", async () => {
      const speaker = await connect(spare)
      await new Promise<void>((done) => {
        speaker.once("close", () => done())
        speaker.publish(at(spare, "boot"), "kept", { qos: 1, retain: true }, () => done())
      })
      const late = await connect(cloud)
      const heard: Array<string> = []
      const marked = new Promise<void>((done) => {
        late.on("message", (_topic, payload) => {
          heard.push(payload.toString())
          if (payload.toString() === "mark") done()
        })
      })
      await late.subscribeAsync([`${all}boot`, `${all}heartbeat`], { qos: 1 })
      await (await connect(ours)).publishAsync(at(ours, "heartbeat"), "mark", { qos: 1 })
      await marked
      assert.notInclude(heard, "kept")
    })

    it("CW-MQTT-136: lets nobody in without a name, with a wrong password, or with another's", async () => {
      assert.strictEqual(await refusal(ours, { password: "wrong" }), "refused")
      assert.strictEqual(await refusal(ours, { password: passwordOf(neighbour.deviceId) }), "refused")
      assert.strictEqual(await refusal(ours, { username: "0000000d-0000-4000-8000-000000000099" }), "refused")
      assert.strictEqual(await refusal(ours, { username: "#" }), "refused")
      assert.strictEqual(await refusal(cloud, { password: passwordOf(ours.deviceId) }), "refused")
      const { username: _, password: __, ...nobody } = broker.options
      const anonymous = connectAsync({ ...nobody, protocolVersion: 4, reconnectPeriod: 0 })
      assert.strictEqual(
        await anonymous.then(
          () => "let in",
          () => "refused",
        ),
        "refused",
      )
    })

    it("CW-MQTT-136: lets nobody drive a device off the line by its client identifier", async () => {
      const victim = await connect(ours, { clientId: `edge-${ours.deviceId}` })
      const attacker = await connect(neighbour, { clientId: `edge-${ours.deviceId}` }).catch(() => undefined)
      const sayer = await connect(cloud)
      await victim.subscribeAsync([at(ours, "boot/reply")], { qos: 1 })
      const heard = new Promise<string>((done) => {
        victim.once("message", (_topic, payload) => done(payload.toString()))
        victim.once("close", () => done("driven off"))
      })
      await sayer.publishAsync(at(ours, "boot/reply"), "still there", { qos: 1 })
      assert.strictEqual(await heard, "still there")
      attacker?.end(true)
    })

    it("CW-MQTT-138: takes a device that was put out off the line within five seconds, and lets it in no more", async () => {
      const device = await connect(spare)
      const gone = new Promise<void>((done) => void device.once("close", () => done()))
      const startedAt = performance.now()
      await broker.revoke(spare.deviceId)
      await gone
      assert.isBelow(performance.now() - startedAt, 5_000)
      assert.strictEqual(await refusal(spare, {}), "refused")
    })
  })
}
