import { assert, describe, it } from "@effect/vitest"

import { ClockSync } from "./ClockSync.ts"

const hourMs = 3_600_000

describe("the synced clock", () => {
  it("CW-MQTT-803: knows nothing before the first exchange", () => {
    const clock = new ClockSync()
    assert.isFalse(clock.isSynced)
    assert.isUndefined(clock.latest(0))
    assert.isUndefined(clock.remainingMs(1, 0))
  })

  it("guesses the middle of the exchange and judges by its beginning", () => {
    const clock = new ClockSync()
    clock.synchronise({ sentAt: 1_000, receivedAt: 1_400, serverTimeMs: 50_000 })
    assert.strictEqual(clock.estimate(1_400), 50_200)
    assert.approximately(clock.latest(1_400) ?? 0, 50_400, 1)
    assert.approximately(clock.uncertaintyMs(1_400) ?? 0, 200, 1)
  })

  it("CW-MQTT-803: holds the true time between earliest and latest wherever in the exchange the cloud answered", () => {
    for (const answeredAfter of [0, 1, 150, 399, 400]) {
      const clock = new ClockSync()
      const trueOffset = 7_000_000
      clock.synchronise({ sentAt: 0, receivedAt: 400, serverTimeMs: trueOffset + answeredAfter })
      for (const now of [400, 5_000, hourMs]) {
        const truth = trueOffset + now
        assert.isAtMost(truth, clock.latest(now) ?? 0)
        assert.isAtMost(Math.abs((clock.estimate(now) ?? 0) - truth), clock.uncertaintyMs(now) ?? 0)
      }
    }
  })

  it("calls an instant over as soon as it may be, and sooner the longer ago the exchange was", () => {
    const clock = new ClockSync()
    clock.synchronise({ sentAt: 0, receivedAt: 100, serverTimeMs: 0 })
    assert.isAbove(clock.remainingMs(hourMs + 1_000, hourMs) ?? 0, 0)
    assert.isBelow(clock.remainingMs(hourMs + 300, hourMs) ?? 0, 0)
  })

  it("keeps the more exact of two exchanges that agree: an answer that was long on its way spoils nothing", () => {
    const clock = new ClockSync()
    clock.synchronise({ sentAt: 10_000, receivedAt: 10_050, serverTimeMs: 60_025 })
    clock.synchronise({ sentAt: 1_000, receivedAt: 21_000, serverTimeMs: 70_500 })
    assert.approximately(clock.estimate(21_000) ?? 0, 71_000, 1)
    assert.isBelow(clock.uncertaintyMs(21_000) ?? Infinity, 30)
  })

  it("believes a newer exchange that contradicts: the cloud's clock was set", () => {
    const clock = new ClockSync()
    clock.synchronise({ sentAt: 0, receivedAt: 50, serverTimeMs: 1_000_000 })
    clock.synchronise({ sentAt: 5_000, receivedAt: 5_200, serverTimeMs: 2_000_000 })
    assert.approximately(clock.estimate(5_200) ?? 0, 2_000_100, 1)
  })

  it("takes a slower exchange in the end, when the old one has drifted further than that", () => {
    const clock = new ClockSync()
    clock.synchronise({ sentAt: 0, receivedAt: 50, serverTimeMs: 1_000_000 })
    clock.synchronise({ sentAt: 2 * hourMs, receivedAt: 2 * hourMs + 500, serverTimeMs: 1_000_000 + 2 * hourMs + 300 })
    assert.approximately(clock.estimate(2 * hourMs + 500) ?? 0, 1_000_000 + 2 * hourMs + 550, 1)
  })

  it("ignores an exchange that ended before it began", () => {
    const clock = new ClockSync()
    clock.synchronise({ sentAt: 500, receivedAt: 400, serverTimeMs: 9 })
    assert.isFalse(clock.isSynced)
  })
})
