import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { TokenBuckets } from "./TokenBuckets.ts"

const rate = { perSecond: 2, burst: 3 }

describe("token buckets", () => {
  it("give a burst at once, then one as often as the rate says", () => {
    const buckets = new TokenBuckets(rate, 10)
    assert.deepStrictEqual(
      [0, 0, 0, 0].map((at) => buckets.take("a", at)),
      [0, 0, 0, 500],
    )
    assert.strictEqual(buckets.take("a", 250), 250)
    assert.strictEqual(buckets.take("a", 500), 0)
    assert.strictEqual(buckets.take("a", 500), 500)
  })

  it("cost a neighbour nothing", () => {
    const buckets = new TokenBuckets(rate, 10)
    for (let n = 0; n < 100; n += 1) buckets.take("hasty", 0)
    assert.strictEqual(buckets.take("neighbour", 0), 0)
  })

  it("say how long to wait without taking anything", () => {
    const buckets = new TokenBuckets(rate, 10)
    for (let n = 0; n < 100; n += 1) assert.strictEqual(buckets.waitMs("a", 0), 0)
    for (let n = 0; n < 3; n += 1) buckets.take("a", 0)
    assert.strictEqual(buckets.waitMs("a", 100), 400)
  })

  it("never give more in any time than the burst and what the rate allows, whatever the clock does", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -50, max: 900 }), { maxLength: 200 }), (pauses) => {
        const buckets = new TokenBuckets(rate, 10)
        let now = 1_000
        let newest = now
        let taken = 0
        for (const pause of pauses) {
          now += pause
          newest = Math.max(newest, now)
          if (buckets.take("a", now) === 0) taken += 1
        }
        // A clock that went back and on again gives that time twice.
        const back = pauses.filter((pause) => pause < 0).reduce((sum, pause) => sum - pause, 0)
        assert.isAtMost(taken, rate.burst + (rate.perSecond * (newest - 1_000 + back)) / 1_000 + 1)
      }),
    )
  })

  it("keep as many keys as they may; the one that took nothing for the longest time goes", () => {
    const buckets = new TokenBuckets(rate, 3)
    for (let n = 0; n < 3; n += 1) buckets.take("a", 0)
    buckets.take("b", 1)
    buckets.take("c", 2)
    assert.isAbove(buckets.take("a", 3), 0)
    buckets.take("a", 600)
    buckets.take("d", 601)
    assert.strictEqual(buckets.size, 3)
    assert.isAbove(buckets.take("a", 602), 0, "b went, not a")
  })
})
