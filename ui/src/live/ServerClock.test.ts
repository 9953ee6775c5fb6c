import { assert, describe, it } from "vitest"
import { firstHeard, hear, ownTimeOf } from "./ServerClock.ts"

const own = 1_000_000
const ahead = 5_000

describe("the server's clock as a browser hears it", () => {
  it("is believed from the first word, and corrected by one that was faster", () => {
    const slow = firstHeard(own + ahead - 300, own)
    assert.strictEqual(slow.aheadMs, ahead - 300)
    assert.strictEqual(hear(slow, own + 1_000 + ahead - 10, own + 1_000).aheadMs, ahead - 10)
  })

  it("is not set back by words that come late: they are old by as much", () => {
    const clock = firstHeard(own + ahead, own)
    const saidAt = own + 10_000
    const arrivedAt = saidAt + 30_000
    const late = hear(clock, saidAt + ahead, arrivedAt)
    assert.approximately(ownTimeOf(late, saidAt + ahead), saidAt, 20)
  })

  it("follows a browser's clock that runs fast, as clocks do", () => {
    let clock = firstHeard(own + ahead, own)
    const dayMs = 86_400_000
    for (let at = 3_000; at <= dayMs; at += 3_000) clock = hear(clock, own + ahead + at, own + at * (1 + 100e-6))
    const nowOwn = own + dayMs * (1 + 100e-6)
    assert.isBelow(nowOwn - ownTimeOf(clock, own + ahead + dayMs), 50)
  })
})
