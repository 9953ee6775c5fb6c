import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { BranchId, ChainId, DeviceId } from "#core/domain/Ids.ts"
import { Limits } from "#core/Limits.ts"
import { deviceTopic } from "#core/wire/Topics.ts"
import type { DeviceAddress } from "../registry/Directory.ts"
import { idOf, placesOf } from "../SmallRegistry.fixture.ts"
import { observed } from "./Device.fixture.ts"
import { readInbound } from "./Inbound.ts"

const places = placesOf(1)
const device: DeviceAddress = {
  deviceId: DeviceId.make(places.deviceId),
  branchId: BranchId.make(places.branchId),
  chainId: ChainId.make(places.chainId),
  chainSlug: places.chainSlug,
  branchCode: places.branchCode,
  simulated: false,
}
const find = (id: string) => (id === device.deviceId ? device : undefined)
const events = deviceTopic(device, device.deviceId, "events")

const read = (topic: string, payload: string | Uint8Array, retained = false) =>
  readInbound({ topic, payload: Buffer.from(payload), retained, receivedAt: 0 }, find)

const reasonOf = (topic: string, payload: string | Uint8Array, retained = false): string | undefined => {
  const result = read(topic, payload, retained)
  return Result.isFailure(result) ? result.failure.reason : undefined
}

const facts = (items: ReadonlyArray<unknown>) =>
  JSON.stringify({ v: 1, session: 1, journal_id: idOf(9, 1), replay: false, facts: items })

describe("what a device says", () => {
  it("CW-MQTT-602: is told apart from every kind of garbage by a reason", () => {
    assert.strictEqual(reasonOf("cartwise/a/b/nonsense", "{}"), "not_our_topic")
    assert.strictEqual(reasonOf(`${events}/deeper`, "{}"), "not_our_topic")
    assert.strictEqual(reasonOf(events, "not json"), "not_json")
    assert.strictEqual(reasonOf(events, new Uint8Array([0xff, 0xfe])), "not_json")
    assert.strictEqual(reasonOf(events, "[]"), "wrong_schema")
    assert.strictEqual(reasonOf(events, JSON.stringify({ v: 1 })), "wrong_schema")
    assert.strictEqual(reasonOf(events, JSON.stringify({ v: 2 })), "protocol_version")
    assert.strictEqual(reasonOf(events, Buffer.alloc(Limits.mqttPayloadBytes + 1)), "too_large")
    assert.strictEqual(reasonOf(deviceTopic(device, idOf(3, 9), "events"), "{}"), "unknown_device")
    assert.strictEqual(
      reasonOf(deviceTopic({ ...device, branchCode: "B-2" }, device.deviceId, "events"), "{}"),
      "wrong_branch",
    )
  })

  it("CW-MQTT-609: is refused before it is parsed when no message of ours could be so deep, so long or so wordy", () => {
    const deep = (levels: number) => `{"v":1,"x":${"[".repeat(levels - 1)}${"]".repeat(levels - 1)}}`
    assert.strictEqual(reasonOf(events, deep(Limits.jsonDepth)), "wrong_schema")
    assert.strictEqual(reasonOf(events, deep(Limits.jsonDepth + 1)), "too_complex")
    assert.strictEqual(reasonOf(events, "[".repeat(100_000)), "too_complex")
    assert.strictEqual(reasonOf(events, JSON.stringify(Array(Limits.jsonMessageItems + 1).fill(0))), "too_complex")
    assert.strictEqual(reasonOf(events, JSON.stringify("x".repeat(Limits.journalRecordBytes + 1))), "too_complex")
  })

  it("CW-MQTT-604: may be a cart's status, which is looked at and means nothing", () => {
    const topic = `cartwise/real/B-1/carts/${places.cartIds[0]}/status`
    const status = {
      v: 1,
      session: 1,
      device_id: device.deviceId,
      bay: "A1",
      dock: "away",
      is_locked: false,
      at: "2026-11-22T10:15:00Z",
      simulated: false,
    }
    for (const payload of [JSON.stringify(status), ""]) {
      const result = read(topic, payload, true)
      assert.isTrue(Result.isSuccess(result) && result.success.says === "nothing")
    }
    assert.strictEqual(reasonOf(topic, "locked"), "not_json")
    assert.strictEqual(reasonOf(topic, JSON.stringify({ ...status, dock: "gone" })), "wrong_schema")
  })

  it("CW-MQTT-602: is refused when it is larger than its kind may be, whoever sent it", () => {
    for (const leaf of ["boot", "status", "heartbeat", "telemetry", "commands/ack"] as const) {
      const topic = deviceTopic(device, device.deviceId, leaf)
      const valid = " ".repeat(Limits.smallMessageBytes)
      assert.strictEqual(reasonOf(topic, valid), "not_json", leaf)
      assert.strictEqual(reasonOf(topic, `${valid} `), "too_large", leaf)
    }
  })

  it("CW-MQTT-606: is refused when the broker kept what it may not keep", () => {
    const payload = facts([observed(1, places.bayIds[0], "closed", "present", "secured", 1)])
    assert.isUndefined(reasonOf(events, payload))
    assert.strictEqual(reasonOf(events, payload, true), "retained")
    for (const leaf of ["boot", "snapshot", "heartbeat", "telemetry", "commands/ack"] as const) {
      assert.strictEqual(reasonOf(deviceTopic(device, device.deviceId, leaf), "{}", true), "retained", leaf)
    }
  })

  it("that nothing is kept any more means nothing", () => {
    const cleared = read(deviceTopic(device, device.deviceId, "status"), "", true)
    assert.isTrue(Result.isSuccess(cleared) && cleared.success.says === "nothing")
    assert.strictEqual(reasonOf(events, ""), "not_json")
  })

  it("CW-MQTT-213: keeps the readable facts around an unreadable one", () => {
    const result = read(
      events,
      facts([
        observed(4, places.bayIds[0], "closed", "present", "secured", 1),
        { seq: 5, fact: "twin", rubbish: true },
        { no: "number" },
        observed(7, places.bayIds[0], "open", "absent", "empty", 2),
      ]),
    )
    assert.isTrue(Result.isSuccess(result))
    if (!Result.isSuccess(result) || result.success.says !== "facts") return
    assert.deepStrictEqual(
      result.success.facts.map(({ fact, seq }) => `${seq} ${fact}`),
      ["4 twin", "5 unreadable", "6 unreadable", "7 twin"],
    )
  })

  it("is unreadable only where it cannot be stored, so the facts behind it go on", () => {
    const fact = (seq: number) => observed(seq, places.bayIds[0], "closed", "present", "secured", 1)
    const good = { ...fact(1), traceparent: `00-${"0".repeat(32)}-${"1".repeat(16)}-01`, reason: "wünschenswert 🛒" }
    const bad = [
      { ...fact(2), traceparent: "a\u0000b" },
      { ...fact(3), reason: "\ud800" },
      { ...fact(4), reason: "x".repeat(Limits.textCharacters + 1) },
    ]
    const result = read(events, facts([good, ...bad, fact(5)]))
    assert.isTrue(Result.isSuccess(result))
    if (!Result.isSuccess(result) || result.success.says !== "facts") return
    assert.deepStrictEqual(
      result.success.facts.map((one) => one.fact),
      ["twin", "unreadable", "unreadable", "unreadable", "twin"],
    )
  })

  it("cannot be placed when the first fact has no number", () => {
    assert.strictEqual(reasonOf(events, facts([{ no: "number" }])), "wrong_schema")
  })
})
