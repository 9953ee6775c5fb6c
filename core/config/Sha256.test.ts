import { createHash } from "node:crypto"

import { assert, describe, it } from "@effect/vitest"
import fc from "fast-check"

import { sha256 } from "./Sha256.ts"

describe("SHA-256", () => {
  const published: ReadonlyArray<readonly [text: string, hash: string]> = [
    ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
    ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
    [
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    ],
  ]
  for (const [text, hash] of published) {
    it(`gives the published hash of "${text}"`, () => assert.strictEqual(sha256(text), hash))
  }

  it("gives what Node's own gives, at every length around a block's end and beyond", () => {
    for (let length = 0; length <= 200; length++) {
      const text = "x".repeat(length)
      assert.strictEqual(sha256(text), createHash("sha256").update(text).digest("hex"))
    }
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 5_000 }), (text) => {
        assert.strictEqual(sha256(text), createHash("sha256").update(text).digest("hex"))
      }),
    )
  })
})
