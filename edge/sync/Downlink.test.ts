import { assert, describe, it } from "@effect/vitest"

import { Limits } from "#core/Limits.ts"
import { deviceExamples } from "#core/wire/Examples.ts"
import { deviceMessages } from "#core/wire/Messages.ts"
import { cartTopic, deviceTopic } from "#core/wire/Topics.ts"

import { uuidOf } from "../DeviceBench.fixture.ts"
import { readDownlink } from "./Downlink.ts"

const branch = { chainSlug: "chain", branchCode: "BRANCH" }
const device = uuidOf(1)
const topicOf = (leaf: keyof typeof deviceMessages, id = device) => deviceTopic(branch, id, leaf)

const bytesOf = (message: unknown) =>
  new TextEncoder().encode(typeof message === "string" ? message : JSON.stringify(message))
const read = (topic: string, message: unknown, retain = false) =>
  readDownlink(device, { topic, payload: bytesOf(message), retain })._tag

const heardAs = { "boot/reply": "BootReply", "events/ack": "FactsAck", "config/desired": "Config" } as const

describe("what a device hears", () => {
  for (const leaf of ["boot/reply", "events/ack", "config/desired"] as const) {
    const example = deviceExamples[leaf]
    it(`is told by its topic and its schema: ${leaf}`, () => {
      assert.strictEqual(read(topicOf(leaf), example), heardAs[leaf])
      for (const wrong of ["", "{", "null", "[]", { ...(example as object), v: "1" }]) {
        assert.strictEqual(read(topicOf(leaf), wrong), "Malformed", JSON.stringify(wrong))
      }
    })

    it(`CW-MQTT-602: is refused when it is larger than its kind may be: ${leaf}`, () => {
      const padded = (bytes: number) => JSON.stringify(example).padEnd(bytes)
      assert.strictEqual(read(topicOf(leaf), padded(deviceMessages[leaf].maxBytes)), heardAs[leaf])
      assert.strictEqual(read(topicOf(leaf), padded(deviceMessages[leaf].maxBytes + 1)), "Malformed")
    })

    it(`CW-MQTT-609: is refused when it is deeper than anything of ours: ${leaf}`, () => {
      const nested = (levels: number) => ({
        ...(example as object),
        x: JSON.parse("[".repeat(levels) + "]".repeat(levels)),
      })
      assert.strictEqual(read(topicOf(leaf), nested(Limits.jsonDepth - 1)), heardAs[leaf])
      assert.strictEqual(read(topicOf(leaf), nested(Limits.jsonDepth)), "Malformed")
    })

    it(`CW-MQTT-606: may be what the broker has kept, or is refused as such: ${leaf}`, () => {
      const expected = deviceMessages[leaf].retained ? heardAs[leaf] : "Malformed"
      assert.strictEqual(read(topicOf(leaf), example, true), expected)
    })
  }

  it("is a command on its own topic and on those of carts, whatever it holds: the command desk answers it", () => {
    for (const topic of [
      topicOf("commands"),
      cartTopic(branch, uuidOf(1100), "unlock"),
      cartTopic(branch, uuidOf(1100), "lock"),
    ]) {
      assert.strictEqual(read(topic, "{"), "Command")
      assert.strictEqual(read(topic, deviceExamples.commands, true), "Command")
    }
  })

  it("is nothing to it when it is another device's, its own voice, or no topic of ours", () => {
    for (const topic of [
      topicOf("boot/reply", uuidOf(2)),
      topicOf("commands", uuidOf(2)),
      topicOf("boot"),
      topicOf("snapshot"),
      cartTopic(branch, uuidOf(1100), "status"),
      "cartwise/chain/BRANCH/news",
    ]) {
      assert.strictEqual(read(topic, deviceExamples["boot/reply"]), "Ignored", topic)
    }
  })
})
