import { assert, describe, it } from "@effect/vitest"
import fc from "fast-check"

import { Limits } from "#core/Limits.ts"

import { UplinkWindow } from "./UplinkWindow.ts"

describe("the uplink window", () => {
  it("CW-MQTT-204: goes on behind what was sent and has room for a fixed number of messages", () => {
    const window = new UplinkWindow(10)
    for (let message = 1; message <= Limits.factMessagesInFlight; message++) {
      assert.isTrue(window.hasRoom)
      window.leave(10 + message, 0)
    }
    assert.isFalse(window.hasRoom)
    assert.strictEqual(window.sent, 10 + Limits.factMessagesInFlight)
    window.acknowledge(12)
    assert.isTrue(window.hasRoom)
  })

  it("CW-MQTT-204: gives up the oldest message after the resend time and starts over behind the acknowledgement", () => {
    const window = new UplinkWindow(0)
    window.leave(5, 100)
    window.leave(9, 200)
    assert.strictEqual(window.overdueAt, 100 + Limits.factResendMs)
    window.acknowledge(5)
    assert.strictEqual(window.overdueAt, 200 + Limits.factResendMs)
    window.rewind()
    assert.strictEqual(window.sent, 5)
    assert.isUndefined(window.overdueAt)
  })

  it("CW-MQTT-209: ignores an acknowledgement older than the last", () => {
    const window = new UplinkWindow(0)
    window.leave(9, 0)
    window.acknowledge(9)
    window.acknowledge(3)
    window.rewind()
    assert.strictEqual(window.sent, 9)
  })

  it("counts rewinds until the cloud answers again", () => {
    const window = new UplinkWindow(0)
    window.leave(1, 0)
    window.rewind()
    window.rewind()
    assert.strictEqual(window.rewinds, 2)
    window.acknowledge(1)
    assert.strictEqual(window.rewinds, 0)
  })

  it("never skips a fact, whatever is lost, late or repeated", () => {
    const act = fc.oneof(
      fc.record({ act: fc.constant("send" as const), count: fc.integer({ min: 1, max: 5 }), lost: fc.boolean() }),
      fc.record({ act: fc.constant("acknowledge" as const), back: fc.integer({ min: 0, max: 3 }) }),
      fc.record({ act: fc.constant("rewind" as const) }),
    )
    fc.assert(
      fc.property(fc.array(act, { maxLength: 100 }), (acts) => {
        const window = new UplinkWindow(0)
        let cloudHas = 0
        const acknowledgements = [0]
        for (const step of acts) {
          if (step.act === "rewind") window.rewind()
          if (step.act === "acknowledge") window.acknowledge(acknowledgements.at(-1 - step.back) ?? 0)
          if (step.act !== "send" || !window.hasRoom) continue
          const first = window.sent + 1
          const last = window.sent + step.count
          window.leave(last, 0)
          // The cloud takes what continues its watermark.
          if (!step.lost && first <= cloudHas + 1) cloudHas = Math.max(cloudHas, last)
          acknowledgements.push(cloudHas)
        }
        window.acknowledge(cloudHas)
        window.rewind()
        assert.strictEqual(window.sent, cloudHas)
      }),
    )
  })
})
