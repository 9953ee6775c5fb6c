import { assert, describe, it } from "@effect/vitest"
import { cartMessages, deviceMessages } from "./Messages.ts"
import { cartTopic, cloudSubscriptions, deviceSubscriptions, deviceTopic, kindOf, parseTopic } from "./Topics.ts"

const branch = { chainSlug: "chain", branchCode: "B-1" }
const id = "00000000-0000-4000-8000-000000000001"
const cart = "00000000-0000-4000-8000-000000000002"

/** Whether a subscription hears a topic, as MQTT has it. */
const hears = (subscription: string, topic: string): boolean => {
  const [wanted, parts] = [subscription.split("/"), topic.split("/")]
  return wanted.length === parts.length && wanted.every((part, index) => part === "+" || part === parts[index])
}
const hear = (subscriptions: ReadonlyArray<string>, topic: string) => subscriptions.some((one) => hears(one, topic))

describe("a topic", () => {
  it("is taken apart into what it was made of", () => {
    for (const leaf of Object.keys(deviceMessages) as ReadonlyArray<keyof typeof deviceMessages>) {
      const topic = deviceTopic(branch, id, leaf)
      assert.deepStrictEqual({ ...parseTopic(topic) }, { of: "device", ...branch, deviceId: id, leaf })
    }
    for (const leaf of Object.keys(cartMessages) as ReadonlyArray<keyof typeof cartMessages>) {
      const topic = cartTopic(branch, cart, leaf)
      assert.deepStrictEqual({ ...parseTopic(topic) }, { of: "cart", ...branch, cartId: cart, leaf })
    }
  })

  it("is none of ours if any part of it is not", () => {
    for (const topic of [
      "",
      "cartwise",
      `other/chain/B-1/devices/${id}/status`,
      `cartwise//B-1/devices/${id}/status`,
      `cartwise/chain/B-1/devices/${id}`,
      `cartwise/chain/B-1/devices/${id}/status/more`,
      `cartwise/chain/B-1/devices/${id}/constructor`,
      `cartwise/chain/B-1/devices/${id}/toString`,
      `cartwise/chain/B-1/devices/not-an-id/status`,
      `cartwise/chain/B-1/devices/${id.toUpperCase()}F/status`,
      `cartwise/chain/B-1/carts/${cart}/boot`,
      `cartwise/chain/B-1/carts/${cart}/valueOf`,
      `cartwise/chain/B-1/shops/${cart}/status`,
    ]) {
      assert.isUndefined(parseTopic(topic), topic)
    }
  })

  it("CW-MQTT-607: is heard by the end that does not speak on it, and by no other", () => {
    const device = deviceSubscriptions(branch, id, [cart])
    for (const [leaf, { from }] of Object.entries(deviceMessages)) {
      const topic = `${deviceTopic(branch, id)}/${leaf}`
      assert.deepStrictEqual(
        [hear(cloudSubscriptions, topic), hear(device, topic)],
        [from === "device", from === "cloud"],
      )
    }
    for (const [leaf, { from }] of Object.entries(cartMessages)) {
      const topic = cartTopic(branch, cart, leaf as keyof typeof cartMessages)
      assert.deepStrictEqual(
        [hear(cloudSubscriptions, topic), hear(device, topic)],
        [from === "device", from === "cloud"],
      )
    }
  })

  it("CW-MQTT-607: of another device, branch or cart is not heard by a device", () => {
    const device = deviceSubscriptions(branch, id, [cart])
    assert.isFalse(hear(device, deviceTopic(branch, cart, "commands")))
    assert.isFalse(hear(device, deviceTopic({ ...branch, branchCode: "B-2" }, id, "commands")))
    assert.isFalse(hear(device, cartTopic(branch, id, "unlock")))
  })

  it("CW-MQTT-601: of a command may never be retained, only a status and the desired configuration", () => {
    const kinds = [...Object.entries(deviceMessages), ...Object.entries(cartMessages)]
    assert.deepStrictEqual(
      kinds.filter(([, { retained }]) => retained).map(([leaf]) => leaf),
      ["status", "config/desired", "status"],
    )
    const command = parseTopic(deviceTopic(branch, id, "commands"))
    assert.isFalse(command !== undefined && kindOf(command).retained)
  })
})
