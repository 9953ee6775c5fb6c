/**
 * Bad input at every border of the running system: the MQTT topics, the API, the serial line, the config. Each is
 * answered or counted, nothing stops, and afterwards an unlock still works.
 */
import { randomUUID } from "node:crypto"
import { writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { connectAsync, type MqttClient } from "mqtt"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import type { CommandAck, CommandEnvelope } from "#core/wire/Commands.ts"
import type { DeviceLeaf } from "#core/wire/Messages.ts"
import { deviceTopic } from "#core/wire/Topics.ts"
import { eventually } from "./support/Eventually.ts"
import { oneBoard } from "./support/OneBoard.ts"
import { runToEnd, startCartwise } from "./support/Program.ts"
import { queryOnce } from "./support/Sql.ts"
import { startTtyStack, type TtyStack } from "./support/TtyStack.ts"

let stack: TtyStack
let mqtt: MqttClient
const heard: Array<{ readonly topic: string; readonly text: string }> = []

const branch = { chainSlug: "test-chain", branchCode: "TST-01" }
const topic = (leaf: DeviceLeaf) => deviceTopic(branch, oneBoard.device, leaf)

beforeAll(async () => {
  stack = await startTtyStack()
  mqtt = await connectAsync({ host: "127.0.0.1", port: stack.mosquitto().port, protocolVersion: 4, reconnectPeriod: 0 })
  mqtt.on("message", (at, payload) => void heard.push({ topic: at, text: payload.toString() }))
  await mqtt.subscribeAsync([topic("commands/ack"), topic("events")], { qos: 1 })
})

afterAll(async () => {
  await mqtt?.endAsync()
  await stack?.stop()
})

const send = (leaf: DeviceLeaf, payload: string | Buffer, retain = false) =>
  mqtt.publishAsync(topic(leaf), payload, { qos: 1, retain })

const currentEpoch = async (): Promise<number> => {
  const device = await stack.rest.twin("device", oneBoard.device)
  return (device.context as { epoch: number }).epoch
}

/** An unlock of bay A10 that is in order, but for what is changed. */
const envelope = async (change: Partial<Record<Exclude<keyof CommandEnvelope, "command_id">, unknown>> = {}) => ({
  v: 1,
  command_id: randomUUID() as string,
  kind: "unlock",
  tenant: oneBoard.chain,
  branch: oneBoard.branch,
  device: oneBoard.device,
  target: { kind: "bay", id: oneBoard.bay(9) },
  epoch: await currentEpoch(),
  issued_at: new Date().toISOString(),
  expires_at: new Date(Date.now() + 8_000).toISOString(),
  ...change,
})

/** What the edge said about a command id, as an acknowledgement or as a fact. */
const answerTo = (id: string | null) =>
  eventually(() => {
    for (const { topic: at, text } of heard) {
      if (at === topic("commands/ack")) {
        const ack = JSON.parse(text) as CommandAck
        if (ack.command_id === id) return { stage: ack.stage, reason: ack.reason }
      }
      if (at === topic("events")) {
        const { facts } = JSON.parse(text) as {
          facts: ReadonlyArray<{ fact: string; command_id?: string; stage?: string; reason?: string }>
        }
        const fact = facts.find((candidate) => candidate.fact === "command" && candidate.command_id === id)
        if (fact !== undefined) return { stage: fact.stage, reason: fact.reason }
      }
    }
    throw new Error(`nothing was said about ${String(id)}`)
  })

const pulses = () => stack.board().pulses().length

describe("the edge refuses, without a pulse,", () => {
  it("a command that has expired", async () => {
    const before = pulses()
    const late = await envelope({
      issued_at: new Date(Date.now() - 20_000).toISOString(),
      expires_at: new Date(Date.now() - 1_000).toISOString(),
    })
    await send("commands", stack.sign(late))
    assert.deepEqual(await answerTo(late.command_id), { stage: "expired", reason: "expired" })
    assert.strictEqual(pulses(), before)
  })

  it("a command that was retained by the broker", async () => {
    const before = pulses()
    const kept = await envelope()
    await send("commands", stack.sign(kept), true)
    // Delivered live it is not marked retained; a new subscription gets it marked.
    await stack.edge().stop("SIGKILL")
    heard.length = 0
    const afterLive = pulses()
    await stack.startEdge()
    const answer = await answerTo(kept.command_id)
    assert.include(["retained", "repeated", "wrong_epoch"], answer.reason)
    assert.strictEqual(pulses(), afterLive)
    assert.isAtMost(afterLive - before, 1)
    await send("commands", "", true)
  })

  it("a command of another epoch", async () => {
    const old = await envelope({ epoch: (await currentEpoch()) + 7, target: { kind: "bay", id: oneBoard.bay(10) } })
    const before = pulses()
    await send("commands", stack.sign(old))
    assert.deepEqual(await answerTo(old.command_id), { stage: "rejected", reason: "wrong_epoch" })
    assert.strictEqual(pulses(), before)
  })

  it("a command for another device", async () => {
    const before = pulses()
    const strange = await envelope({ device: randomUUID() })
    await send("commands", stack.sign(strange))
    assert.strictEqual((await answerTo(strange.command_id)).reason, "wrong_device")
    assert.strictEqual(pulses(), before)
  })

  it("a command that the cloud has not signed, or that was changed after it had", async () => {
    const before = pulses()
    const { payload, ...signature } = JSON.parse(stack.sign(await envelope())) as Record<string, string>
    const other = JSON.parse(stack.sign(await envelope())) as Record<string, string>
    heard.length = 0
    await send("commands", JSON.stringify({ ...signature, payload: other["payload"] }))
    assert.strictEqual((await answerTo(null)).reason, "not_authorised")
    heard.length = 0
    await send("commands", JSON.stringify(await envelope()))
    assert.strictEqual((await answerTo(null)).reason, "schema_invalid")
    assert.isDefined(payload)
    assert.strictEqual(pulses(), before)
  })

  it("what is no command at all, and says so", async () => {
    const before = pulses()
    heard.length = 0
    await send("commands", "this is not JSON")
    assert.strictEqual((await answerTo(null)).reason, "schema_invalid")
    for (const payload of ["", "null", "[]", '{"v":2}', Buffer.from([0xff, 0xfe, 0x00])])
      await send("commands", payload)
    await send("commands", Buffer.alloc(1024 * 1024, 0x7b))
    assert.strictEqual(pulses(), before)
  })

  it("a command id that it has seen before", async () => {
    const once = await envelope({ target: { kind: "bay", id: oneBoard.bay(10) } })
    const before = pulses()
    await send("commands", stack.sign(once))
    await eventually(() => assert.strictEqual(pulses(), before + 1))
    heard.length = 0
    await send("commands", stack.sign(once))
    await eventually(() =>
      assert.isTrue(heard.some(({ text }) => text.includes(once.command_id) && text.includes("repeated"))),
    )
    assert.strictEqual(pulses(), before + 1)
  })

  it("10,000 copies of one command but for one, and takes the next at once", async () => {
    const flood = await envelope({ target: { kind: "bay", id: oneBoard.bay(8) } })
    const before = pulses()
    const signed = stack.sign(flood)
    await Promise.all(Array.from({ length: 10_000 }, () => send("commands", signed)))
    const next = await envelope({ target: { kind: "bay", id: oneBoard.bay(7) } })
    await send("commands", stack.sign(next))
    await eventually(() => assert.strictEqual(pulses(), before + 2), { timeoutMs: 10_000, everyMs: 50 })
    await stack.rest.cartIs(oneBoard.branch, oneBoard.cart(7), "released")
    assert.strictEqual(pulses(), before + 2)
  })
})

describe("the cloud puts aside, and goes on after,", () => {
  it("what is not JSON, not of the schema, of another device, or a megabyte, on every topic", async () => {
    const leaves: ReadonlyArray<DeviceLeaf> = [
      "status",
      "boot",
      "heartbeat",
      "events",
      "snapshot",
      "commands/ack",
      "telemetry",
    ]
    const count = async () =>
      Number((await queryOnce(stack.databaseUrl, "select count(*) as n from quarantine"))[0]?.["n"])
    const before = await count()
    for (const leaf of leaves) {
      await send(leaf, "not JSON")
      await send(leaf, JSON.stringify({ v: 99 }))
      await send(leaf, Buffer.alloc(1024 * 1024, 0x20))
      await mqtt.publishAsync(deviceTopic(branch, randomUUID(), leaf), JSON.stringify({ v: 1 }), { qos: 1 })
    }
    await eventually(async () => assert.isAbove(await count(), before))
    const device = (await stack.rest.devices())[0]
    assert.strictEqual(device?.status, "online")
  })

  it("bodies that are no JSON, too long, of the wrong type or full of nonsense, with a problem document", async () => {
    const headers = { authorization: `Bearer ${stack.rest.token}`, "content-type": "application/json" }
    const path = `${stack.url}/api/carts/${oneBoard.cart(0)}/unlock`
    const bodies = [
      "",
      "{",
      "[]",
      '"text"',
      "{}",
      '{"reason":""}',
      '{"reason":5}',
      JSON.stringify({ reason: "x".repeat(100_000) }),
    ]
    for (const body of bodies) {
      const answer = await fetch(path, { method: "POST", headers, body })
      assert.isTrue(answer.status >= 400 && answer.status < 500, `${body.slice(0, 20)} → ${answer.status}`)
      assert.include(answer.headers.get("content-type"), "application/problem+json")
    }
    for (const id of ["1", "x'; drop table carts; --", randomUUID()]) {
      const answer = await fetch(`${stack.url}/api/carts/${encodeURIComponent(id)}/unlock`, {
        method: "POST",
        headers,
        body: '{"reason":"x"}',
      })
      assert.include([400, 404], answer.status)
    }
  })
})

describe("the edge program", () => {
  const config = async (text: string) => {
    const path = join(tmpdir(), `cartwise-config-${randomUUID()}.json`)
    await writeFile(path, text)
    return path
  }

  it("says what is wrong with its config and where, and starts nothing", async () => {
    const good = stack.edgeConfig
    const bad = { ...good, devices: [{ ...good.devices[0], id: "not an id" }] }
    for (const [text, word] of [
      ["{", "JSON"],
      [JSON.stringify(bad), "devices[0].id"],
    ] as const) {
      const { code, err } = await runToEnd(startCartwise("edge", ["--config", await config(text)]))
      assert.strictEqual(code, 2)
      assert.include(err, word)
    }
    const { code, err } = await runToEnd(startCartwise("edge", ["--config", "/no/such/file.json"]))
    assert.strictEqual(code, 2)
    assert.include(err, "/no/such/file.json")
  })

  it("says that another program holds its port, and goes on trying", async () => {
    const folder = join(tmpdir(), `cartwise-edge-${randomUUID()}`)
    const second = startCartwise("edge", [
      "--config",
      await config(JSON.stringify({ ...stack.edgeConfig, data_dir: folder }).replaceAll(oneBoard.device, randomUUID())),
    ])
    await eventually(() => assert.match(second.errors(), /another program|holds|lock/iu))
    await second.stop()
  })
})

describe("after all of that", () => {
  it("an unlock still opens its bay", async () => {
    const command = await stack.rest.commandAt(await stack.rest.unlock(oneBoard.cart(2)), ["confirmed"])
    assert.strictEqual(command.pulses, 1)
  })
})
