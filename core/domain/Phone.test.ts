import { Result } from "effect"
import fc from "fast-check"
import { assert, describe, it } from "vitest"
import { lastDigits, maskPhone, Phone, readPhone } from "./Phone.ts"

const israeli = Phone.make("+972501234567")

describe("a phone number", () => {
  it.each([
    "050-1234567",
    "0501234567",
    " 050 123 45 67 ",
    "+972 50-123-4567",
    "972501234567",
    "00972501234567",
    "+972(50)1234567",
    "\u200e+972 50\u2011123\u20114567\u200f",
  ])("is read as people write it: %j", (typed) => {
    assert.deepStrictEqual(readPhone(typed), Result.succeed(israeli))
  })

  it.each([
    ["", "not_a_phone"],
    ["12345", "not_a_phone"],
    ["050123456789012", "not_a_phone"],
    ["+0501234567", "not_a_phone"],
    ["05O1234567", "not_a_phone"],
    ["+97250123456", "not_a_mobile"],
    ["03-1234567", "not_a_mobile"],
    ["0501234567\u0000", "not_a_phone"],
    ["٠٥٠١٢٣٤٥٦٧", "not_a_phone"],
  ])("is refused with a reason: %j", (typed, reason) => {
    const read = readPhone(typed)
    assert.isTrue(Result.isFailure(read) && read.failure === reason, JSON.stringify(read))
  })

  it("of another country keeps its code", () => {
    assert.deepStrictEqual(readPhone("+44 20 7946 0958"), Result.succeed(Phone.make("+442079460958")))
  })

  it("is shown with most of its digits covered", () => {
    assert.strictEqual(maskPhone(israeli), "050-•••-4567")
    assert.strictEqual(maskPhone(Phone.make("+442079460958")), "+44•••0958")
    assert.strictEqual(lastDigits(israeli), "4567")
  })

  it("is either read or refused, whatever is typed, and reads itself", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 30 }), (typed) => {
        const read = readPhone(typed)
        if (Result.isSuccess(read)) assert.deepStrictEqual(readPhone(read.success), read)
      }),
    )
  })
})
