import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { beyondBounds, messageBounds, requestBounds } from "./JsonBounds.ts"
import { Limits } from "./Limits.ts"

const encoder = new TextEncoder()
const small = { depth: 3, items: 4, textBytes: 5 }
const beyond = (json: string, bounds = small) => beyondBounds(encoder.encode(json), bounds)

/** The same, from the parsed value; bytes of a text are those it is written with. */
const byValue = (value: unknown, depth = 1): boolean => {
  if (typeof value === "string") return encoder.encode(JSON.stringify(value)).length - 2 > small.textBytes
  if (typeof value !== "object" || value === null) return false
  const members = Array.isArray(value) ? value : [...Object.keys(value), ...Object.values(value)]
  const count = Array.isArray(value) ? value.length : Object.keys(value).length
  return depth > small.depth || count > small.items || members.some((one) => byValue(one, depth + 1))
}

describe("the bounds of JSON", () => {
  it("let through what is just within them", () => {
    for (const json of ["", "null", '"12345"', "[[[]]]", '{"a":[{}]}', "[1,2,3,4]", '{"a":1,"b":2,"c":3,"d":4}']) {
      assert.isUndefined(beyond(json), json)
    }
  })

  it("name what goes beyond them", () => {
    assert.strictEqual(beyond("[[[[]]]]"), "depth")
    assert.strictEqual(beyond('{"a":[[{}]]}'), "depth")
    assert.strictEqual(beyond("[1,2,3,4,5]"), "items")
    assert.strictEqual(beyond('{"a":1,"b":2,"c":3,"d":4,"e":5}'), "items")
    assert.strictEqual(beyond('"123456"'), "textBytes")
    assert.strictEqual(beyond('{"123456":1}'), "textBytes")
  })

  it("count each list for itself, and nothing that stands in a text", () => {
    assert.isUndefined(beyond("[[1,2,3],[1,2,3],[1,2,3]]"))
    assert.isUndefined(beyond('["[[[[","[,,,,"]'))
    assert.isUndefined(beyond(String.raw`["\"[[","a"]`))
    assert.strictEqual(beyond(String.raw`["\\",[[[]]]]`), "depth")
  })

  it("see in the bytes what parsing would show, whatever the JSON is", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        assert.strictEqual(beyond(JSON.stringify(value)) !== undefined, byValue(value))
      }),
      { numRuns: 2_000 },
    )
  })

  it("are told in one walk, however broken or deep the bytes are", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void beyondBounds(bytes, small)))
    assert.strictEqual(beyond("[".repeat(200_000), requestBounds), "depth")
    assert.strictEqual(beyond(`"${"\\".repeat(200_000)}`, requestBounds), "textBytes")
    assert.isUndefined(beyond("]}],".repeat(10), requestBounds))
  })

  it("leave room for a snapshot of every twin that a device can have", () => {
    assert.isAbove(messageBounds.items, Limits.twinsPerDevice)
  })
})
