import { assert, describe, it } from "vitest"
import { Limits } from "#core/Limits.ts"
import { closed, heard, isDead, livenessOf, reconnectDelayMs, unheard, vouched } from "./Liveness.ts"

const at = 1_000_000
const fresh = vouched(heard(unheard, at), at)
const after = (ms: number) => livenessOf(fresh, at + ms).state

describe("whether the page is live", () => {
  it("is open until the first word", () => {
    assert.strictEqual(livenessOf(unheard, at).state, "connecting")
    assert.strictEqual(livenessOf(closed(unheard), at).state, "connecting")
  })

  it("goes from live to delayed to stale as the silence grows", () => {
    assert.strictEqual(after(0), "live")
    assert.strictEqual(after(Limits.liveDelayedAfterMs - 1), "live")
    assert.strictEqual(after(Limits.liveDelayedAfterMs), "delayed")
    assert.strictEqual(after(Limits.liveSilentAfterMs), "stale")
  })

  it("is stale at once when the socket closes, since the last word", () => {
    assert.deepStrictEqual(livenessOf(closed(fresh), at + 1), { state: "stale", sinceMs: at })
  })

  it("stays stale while it hears again but has not got everything yet", () => {
    const again = heard(closed(fresh), at + 3_000)
    assert.deepStrictEqual(livenessOf(again, at + 3_001), { state: "stale", sinceMs: at })
    assert.strictEqual(livenessOf(vouched(again, at + 3_001), at + 3_002).state, "live")
  })

  it("is as old as what it hears, however much it hears", () => {
    const late = Limits.liveDelayedAfterMs
    const flooded = vouched(heard(fresh, at + late), at + 1)
    assert.deepStrictEqual(livenessOf(flooded, at + 1 + late), { state: "delayed", forMs: late })
    assert.isFalse(isDead(flooded, at + late + 1))
  })

  it("gives an open but silent socket up", () => {
    assert.isFalse(isDead(fresh, at + Limits.liveSilentAfterMs - 1))
    assert.isTrue(isDead(fresh, at + Limits.liveSilentAfterMs))
    assert.isFalse(isDead(closed(fresh), at + Limits.liveSilentAfterMs))
  })
})

describe("the wait before connecting again", () => {
  it("doubles, is bounded, and is spread", () => {
    assert.strictEqual(reconnectDelayMs(0, 1), Limits.liveReconnectFirstMs)
    assert.strictEqual(reconnectDelayMs(1, 1), 2 * Limits.liveReconnectFirstMs)
    assert.strictEqual(reconnectDelayMs(1_000, 1), Limits.liveReconnectMaxMs)
    assert.strictEqual(reconnectDelayMs(0, 0), Limits.liveReconnectFirstMs / 2)
  })
})
