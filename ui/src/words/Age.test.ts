import { assert, describe, it } from "vitest"
import { ageText, elapsedText, timeText } from "./Age.ts"
import { wordsOf } from "./Language.ts"

const { age } = wordsOf("en")
const second = 1_000
const minute = 60 * second
const hour = 60 * minute

describe("an age", () => {
  it("is told in its largest unit, rounded down", () => {
    const told = [0, 1_999, 2 * second, minute - 1, minute, hour, 47 * hour, 48 * hour].map((ms) => ageText(age, ms))
    assert.deepStrictEqual(told, ["now", "now", "2s", "59s", "1m", "1h", "47h", "2d"])
  })

  it("is now when the clocks differ a little", () => {
    assert.strictEqual(ageText(age, -500), "now")
  })

  it("follows each language's own counting", () => {
    assert.strictEqual(ageText(wordsOf("he").age, 48 * hour), "יומיים")
    assert.strictEqual(ageText(wordsOf("he").age, 72 * hour), "3 ימים")
  })
})

describe("a time of day", () => {
  const noon = Date.parse("2026-11-22T10:00:00.000Z")

  it("is that of the place that is shown", () => {
    assert.strictEqual(timeText("en", noon, noon, "Asia/Jerusalem"), "12:00:00")
    assert.strictEqual(timeText("en", noon, noon, "UTC"), "10:00:00")
  })

  it("has its date when it is not today's there", () => {
    assert.include(timeText("en", noon - 24 * hour, noon, "UTC"), "21/11")
  })
})

describe("a command's duration", () => {
  it("is in milliseconds below a second, then in seconds", () => {
    assert.deepStrictEqual(
      [84, 1_250, -3].map((ms) => elapsedText("en", ms)),
      ["84ms", "1.3s", "0ms"],
    )
  })
})
