import { assert, describe, it } from "@effect/vitest"
import { Limits } from "#core/Limits.ts"
import { believedAt, isDated } from "./BelievedTime.ts"

const now = Date.UTC(2026, 10, 22)

describe("a time that a device tells", () => {
  it("is taken as it is while it can be, however long ago", () => {
    for (const at of [now, now - 1, now - 30 * 86_400_000, Limits.clockEarliestMs]) {
      assert.deepStrictEqual([isDated(at, now), believedAt(at, now)], [true, at])
    }
  })

  it("is now when it is a little ahead, as clocks are", () => {
    assert.deepStrictEqual([isDated(now + 200, now), believedAt(now + 200, now)], [true, now])
  })

  it("is not judged by somebody who is in 1970 himself", () => {
    assert.deepStrictEqual([isDated(5, 100), believedAt(5, 100)], [true, 5])
  })

  it("is now, and noted, when no clock that is right could tell it", () => {
    for (const at of [0, Limits.clockEarliestMs - 1, now + Limits.clockAheadMs + 1, Date.UTC(2099, 0)]) {
      assert.deepStrictEqual([isDated(at, now), believedAt(at, now)], [false, now])
    }
  })
})
