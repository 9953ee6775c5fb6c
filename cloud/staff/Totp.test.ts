import { assert, describe, it } from "@effect/vitest"
import { base32, otpauthUrl, totpCode, totpStepOf, totpStepOfCode } from "./Totp.ts"

const secret = new TextEncoder().encode("12345678901234567890")

/** RFC 6238, appendix B, the rows of SHA-1. */
const vectors: Readonly<Record<number, string>> = {
  59: "94287082",
  1111111109: "07081804",
  1111111111: "14050471",
  1234567890: "89005924",
  2000000000: "69279037",
  20000000000: "65353130",
}

describe("one-time codes by time", () => {
  for (const [seconds, code] of Object.entries(vectors)) {
    it(`at ${seconds} s are as RFC 6238 says`, () =>
      assert.strictEqual(totpCode(secret, totpStepOf(Number(seconds) * 1_000), 8), code))
  }

  it("are taken half a minute early or late, not more", () => {
    const at = 1_000_000_000_000
    const code = totpCode(secret, totpStepOf(at))
    for (const off of [-30_000, 0, 30_000]) assert.isDefined(totpStepOfCode(secret, code, at + off, 0), `${off}`)
    for (const off of [-90_000, -60_000, 60_000, 90_000]) assert.isUndefined(totpStepOfCode(secret, code, at + off, 0))
  })

  it("are taken once, and none older than the one that was taken", () => {
    const at = 1_000_000_000_000
    const step = totpStepOf(at)
    assert.isUndefined(totpStepOfCode(secret, totpCode(secret, step), at, step))
    assert.isUndefined(totpStepOfCode(secret, totpCode(secret, step - 1), at, step))
    assert.strictEqual(totpStepOfCode(secret, totpCode(secret, step + 1), at, step), step + 1)
  })

  it("have secrets in base 32 without padding (RFC 4648, section 10)", () => {
    const text = (plain: string) => base32(new TextEncoder().encode(plain))
    assert.deepStrictEqual(["f", "fo", "foo", "foob", "fooba", "foobar"].map(text), [
      "MY",
      "MZXQ",
      "MZXW6",
      "MZXW6YQ",
      "MZXW6YTB",
      "MZXW6YTBOI",
    ])
  })

  it("are offered to an app by an address with everything in it", () => {
    const url = new URL(otpauthUrl(secret, "a b@c.example"))
    assert.strictEqual(url.protocol, "otpauth:")
    assert.strictEqual(url.searchParams.get("secret"), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
    assert.include(url.href, "CartWise%3Aa%20b%40c.example")
  })
})
