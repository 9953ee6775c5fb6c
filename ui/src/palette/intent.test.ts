import { assert, describe, it } from "vitest"
import { intentOf, matches } from "./intent.ts"

describe("what is typed into the palette", () => {
  it("asks to unlock something, in either language", () => {
    assert.deepStrictEqual(intentOf("unlock bay 7"), { isUnlock: true, searched: "7" })
    assert.deepStrictEqual(intentOf("  Open  TLV-01/A3 "), { isUnlock: true, searched: "tlv-01/a3" })
    assert.deepStrictEqual(intentOf("פתיחת תא 7"), { isUnlock: true, searched: "7" })
  })

  it("names a thing, with or without saying what it is", () => {
    assert.deepStrictEqual(intentOf("bay A7"), { isUnlock: false, searched: "a7" })
    assert.deepStrictEqual(intentOf("dizengoff a7"), { isUnlock: false, searched: "dizengoff a7" })
    assert.deepStrictEqual(intentOf("unlocked"), { isUnlock: false, searched: "unlocked" })
    assert.deepStrictEqual(intentOf("bay"), { isUnlock: false, searched: "" })
  })

  it("fits a title when all of its words are in it", () => {
    assert.isTrue(matches("Alarm rules", "rul AL"))
    assert.isFalse(matches("Alarm rules", "alarm tunes"))
    assert.isTrue(matches("Anything", ""))
  })
})
