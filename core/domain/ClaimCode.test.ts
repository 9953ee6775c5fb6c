import { assert, describe, it } from "@effect/vitest"
import { claimCodeOf, readClaimCode, shownClaimCode } from "./ClaimCode.ts"

describe("a claim code", () => {
  const code = claimCodeOf(Uint8Array.from({ length: 20 }, (_, at) => at * 13))

  it("is read as it is shown, and as people type it", () => {
    assert.match(shownClaimCode(code), /^[0-9A-HJKMNP-TV-Z]{5}(?:-[0-9A-HJKMNP-TV-Z]{5}){3}$/u)
    assert.strictEqual(readClaimCode(shownClaimCode(code)), code)
    assert.strictEqual(readClaimCode(` ${shownClaimCode(code).toLowerCase()} `), code)
    assert.strictEqual(readClaimCode("oOiIl-LLLLL-00000-11111"), "00111111110000011111")
  })

  it("is nothing shorter, longer, or with other letters", () => {
    for (const text of ["", code.slice(1), `${code}0`, `${code.slice(1)}U`, `${code.slice(1)}א`, "-".repeat(60)]) {
      assert.isUndefined(readClaimCode(text), text)
    }
  })
})
