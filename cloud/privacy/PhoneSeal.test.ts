import { Result } from "effect"
import { assert, describe, it } from "vitest"
import { Phone } from "#core/domain/Phone.ts"
import { phoneKeysOf, keyedName, sealPhone, unsealPhone } from "./PhoneSeal.ts"

const phone = Phone.make("+972501234567")
const keys = phoneKeysOf("a secret of at least thirty-two characters")
const others = phoneKeysOf("another secret of at least thirty-two chars")

describe("a sealed phone number", () => {
  it("opens in its own place with its own key, and shows nothing of the number", () => {
    const sealed = sealPhone(keys, phone, "rental/1")
    assert.deepStrictEqual(unsealPhone([others, keys], sealed, "rental/1"), Result.succeed(phone))
    assert.notInclude(sealed, "501234567")
    assert.notInclude(Buffer.from(sealed.split(".")[2] ?? "", "base64url").toString("latin1"), "501234567")
  })

  it("is another text each time, so that equal numbers cannot be told", () => {
    assert.notStrictEqual(sealPhone(keys, phone, "rental/1"), sealPhone(keys, phone, "rental/1"))
  })

  it("does not open in another place, nor with another key", () => {
    const sealed = sealPhone(keys, phone, "rental/1")
    assert.deepStrictEqual(unsealPhone([keys], sealed, "rental/2"), Result.fail("broken"))
    assert.deepStrictEqual(unsealPhone([others], sealed, "rental/1"), Result.fail("unknown_key"))
  })

  it("does not open when any bit of it was changed, or it was cut", () => {
    const [form, id, body = ""] = sealPhone(keys, phone, "rental/1").split(".")
    const bytes = Buffer.from(body, "base64url")
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Buffer.from(bytes)
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      const opened = unsealPhone([keys], `${form}.${id}.${flipped.toString("base64url")}`, "rental/1")
      assert.deepStrictEqual(opened, Result.fail("broken"), `bit ${bit}`)
    }
    for (let length = 0; length < bytes.length; length++) {
      const cut = `${form}.${id}.${bytes.subarray(0, length).toString("base64url")}`
      assert.deepStrictEqual(unsealPhone([keys], cut, "rental/1"), Result.fail("broken"), `${length} bytes`)
    }
    for (const garbage of ["", "p1", "p2.x.y", `p1.${id}`]) {
      assert.isTrue(Result.isFailure(unsealPhone([keys], garbage, "rental/1")), garbage)
    }
  })
})

describe("the name of a phone number", () => {
  it("is the same for the same number in the same realm, and another in every other case", () => {
    const name = keyedName(keys, phone, "chain/1")
    assert.strictEqual(keyedName(keys, phone, "chain/1"), name)
    const different = [
      keyedName(keys, phone, "chain/2"),
      keyedName(keys, Phone.make("+972501234568"), "chain/1"),
      keyedName(others, phone, "chain/1"),
    ]
    assert.strictEqual(new Set([name, ...different]).size, 4)
  })
})
