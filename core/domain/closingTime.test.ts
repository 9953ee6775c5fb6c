import { assert, describe, it } from "@effect/vitest"
import { closingTime } from "./closingTime.ts"

const zone = "Asia/Jerusalem"
const hours = {
  sunday: [{ opens: "08:00", closes: "21:30" }],
  thursday: [
    { opens: "08:00", closes: "13:00" },
    { opens: "16:00", closes: "22:00" },
  ],
  friday: [{ opens: "18:00", closes: "02:00" }],
}
const closes = (at: string, timezone = zone) => {
  const ms = closingTime(hours, timezone, Date.parse(at))
  return ms === undefined ? undefined : new Date(ms).toISOString()
}

describe("the closing time of a shop", () => {
  it("is the next one of the day, in the shop's own time", () => {
    assert.strictEqual(closes("2026-11-22T10:00:00Z"), "2026-11-22T19:30:00.000Z")
    assert.strictEqual(closes("2026-11-26T06:30:00Z"), "2026-11-26T11:00:00.000Z")
    assert.strictEqual(closes("2026-11-26T11:00:00Z"), "2026-11-26T20:00:00.000Z")
    assert.strictEqual(closes("2026-11-22T10:00:00Z", "America/New_York"), "2026-11-23T02:30:00.000Z")
  })

  it("is the last one when it has closed, and none on a day that it is not open", () => {
    assert.strictEqual(closes("2026-11-22T20:00:00Z"), "2026-11-22T19:30:00.000Z")
    assert.isUndefined(closes("2026-11-24T10:00:00Z"))
  })

  it("is after midnight where the day ends there", () => {
    assert.strictEqual(closes("2026-11-27T18:00:00Z"), "2026-11-28T00:00:00.000Z")
    assert.strictEqual(closes("2026-11-27T23:00:00Z"), "2026-11-28T00:00:00.000Z")
  })

  it("is right on the days on which the clock changes", () => {
    // Summer time begins on Friday 27 March 2026 at 02:00, and ends on Sunday 25 October at 02:00.
    assert.strictEqual(closes("2026-03-26T12:00:00Z"), "2026-03-26T20:00:00.000Z")
    assert.strictEqual(closes("2026-03-29T12:00:00Z"), "2026-03-29T18:30:00.000Z")
    assert.strictEqual(closes("2026-10-25T12:00:00Z"), "2026-10-25T19:30:00.000Z")
  })
})
