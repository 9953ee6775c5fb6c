import { assert, describe, it } from "vitest"

import { Limits } from "#core/Limits.ts"

import { Reconnect } from "./Reconnect.ts"

const failed = { goodForMs: undefined, refused: false }
const refused = { goodForMs: undefined, refused: true }
const brief = { goodForMs: 1, refused: false }
const steady = { goodForMs: Limits.connectionSteadyMs, refused: false }
const longest = 1

describe("the wait before a device connects again", () => {
  it("is anything from none to a bound, at most half a second after a connection that was good", () => {
    const reconnect = new Reconnect()
    assert.strictEqual(reconnect.after(steady, 0), 0)
    assert.strictEqual(reconnect.after(steady, 0.5), Limits.reconnectFirstMs / 2)
    assert.strictEqual(reconnect.after(steady, longest), Limits.reconnectFirstMs)
  })

  it("has a bound that doubles with each failure up to ten seconds, and begins anew after a success", () => {
    const reconnect = new Reconnect()
    const waits = Array.from({ length: 100 }, () => reconnect.after(failed, longest))
    assert.deepStrictEqual(waits.slice(0, 6), [1_000, 2_000, 4_000, 8_000, 10_000, 10_000])
    assert.strictEqual(waits.at(-1), Limits.reconnectMaxMs)
    assert.strictEqual(reconnect.after(steady, longest), Limits.reconnectFirstMs)
  })

  it("CW-MQTT-812: grows up to a minute, and no further, when the broker does not let the device in", () => {
    const reconnect = new Reconnect()
    const waits = Array.from({ length: 100 }, () => reconnect.after(refused, longest))
    assert.isAbove(waits[6] ?? 0, Limits.reconnectMaxMs)
    assert.strictEqual(waits.at(-1), Limits.reconnectRefusedMaxMs)
    assert.strictEqual(reconnect.after(failed, longest), Limits.reconnectMaxMs)
  })

  it("CW-MQTT-813: grows while one connection after the other ends soon after it was taken", () => {
    const reconnect = new Reconnect()
    const waits = Array.from({ length: 20 }, () => reconnect.after(brief, longest))
    assert.deepStrictEqual(waits.slice(0, 4), [500, 1_000, 2_000, 4_000])
    assert.strictEqual(waits.at(-1), Limits.reconnectMaxMs)
    assert.strictEqual(reconnect.brief, 20)
    // A try that fails in between proves nothing.
    reconnect.after(failed, longest)
    assert.strictEqual(reconnect.after(brief, longest), Limits.reconnectMaxMs)
    reconnect.after(steady, longest)
    assert.strictEqual(reconnect.brief, 0)
    assert.strictEqual(reconnect.after(brief, longest), Limits.reconnectFirstMs)
  })
})
