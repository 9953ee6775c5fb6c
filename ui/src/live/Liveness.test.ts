import { assert, describe, it } from "vitest"
import { Limits } from "#core/Limits.ts"
import { closed, heard, isDead, livenessOf, reconnectDelayMs, unheard } from "./Liveness.ts"

const at = 1_000_000
const after = (ms: number) => livenessOf(heard(at), at + ms).state

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
    assert.deepStrictEqual(livenessOf(closed(heard(at)), at + 1), { state: "stale", sinceMs: at })
  })

  it("gives an open but silent socket up", () => {
    assert.isFalse(isDead(heard(at), at + Limits.liveSilentAfterMs - 1))
    assert.isTrue(isDead(heard(at), at + Limits.liveSilentAfterMs))
    assert.isFalse(isDead(closed(heard(at)), at + Limits.liveSilentAfterMs))
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
