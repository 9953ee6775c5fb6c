import { assert, describe, it } from "@effect/vitest"
import fc from "fast-check"

import { canonicalJson } from "./CanonicalJson.ts"

const shuffled = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(shuffled)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, shuffled(inner)]),
  )
}

describe("canonical JSON", () => {
  it("writes keys in order, without space, and leaves lists alone", () => {
    assert.strictEqual(canonicalJson({ b: [2, 1], a: { d: null, c: "é" } }), '{"a":{"c":"é","d":null},"b":[2,1]}')
  })

  it("is the same whatever the order of keys, and says the same when read back", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const json = JSON.parse(JSON.stringify(value))
        const text = canonicalJson(json)
        assert.strictEqual(canonicalJson(JSON.parse(JSON.stringify(shuffled(json)))), text)
        assert.deepStrictEqual(JSON.parse(text), json)
      }),
    )
  })
})
