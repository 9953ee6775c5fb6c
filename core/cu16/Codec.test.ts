import * as Result from "effect/Result"
import { assert, describe, it } from "vitest"

import { decode, encode, lengthsOf } from "./Codec.ts"
import { acceptedVectors, rejectedVectors } from "./Cu16.vectors.ts"
import { envelopeBytes, frameTable } from "./FrameTable.ts"
import type { Cu16Frame } from "./Frame.ts"
import { fromHex, toHex } from "./Hex.ts"

const bytesOf = (hex: string) => {
  const bytes = fromHex(hex)
  if (bytes === undefined) throw new Error(`not hex: ${hex}`)
  return bytes
}
const frameOf = (bytes: Uint8Array) => Result.getOrThrow(decode(bytes))
const errorOf = (bytes: Uint8Array) => Result.getOrThrow(Result.flip(decode(bytes)))

const everyUnlock: ReadonlyArray<Cu16Frame> = Array.from({ length: 160 }, (_, lock) => ({
  kind: "unlock",
  board: lock >> 4,
  lockIndex: lock & 15,
}))

for (const [description, { hex, frame }] of Object.entries(acceptedVectors)) {
  describe(description, () => {
    const bytes = bytesOf(hex)
    it("decodes", () => assert.deepStrictEqual(frameOf(bytes), frame))
    it("encodes", () => assert.strictEqual(toHex(encode(frame)), hex))
    it("survives a round trip", () => assert.deepStrictEqual(encode(frameOf(bytes)), bytes))
    it("is no frame when cut anywhere", () => {
      for (let length = 0; length < bytes.length; length++) {
        assert.isTrue(Result.isFailure(decode(bytes.subarray(0, length))), `first ${length} bytes`)
      }
    })
    it("is no frame with any one bit flipped", () => assertNoFlipDecodes(bytes))
    it("is no frame with a byte more", () => assert.strictEqual(errorOf(Uint8Array.of(...bytes, 0))._tag, "BadLength"))
  })
}

const assertNoFlipDecodes = (bytes: Uint8Array) => {
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = Uint8Array.from(bytes)
    flipped[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    assert.isTrue(Result.isFailure(decode(flipped)), toHex(flipped))
  }
}

describe("rejected bytes", () => {
  for (const [description, { hex, rejected }] of Object.entries(rejectedVectors)) {
    it(`${description}: ${rejected}`, () => assert.strictEqual(errorOf(bytesOf(hex))._tag, rejected))
  }
})

it("every unlock frame of a bus is its own, and one flipped bit unlocks nothing", () => {
  const seen = new Set<string>()
  for (const frame of everyUnlock) {
    const bytes = encode(frame)
    seen.add(toHex(bytes))
    assert.deepStrictEqual(frameOf(bytes), frame)
    assertNoFlipDecodes(bytes)
  }
  assert.strictEqual(seen.size, 160)
})

it("checks are made in the order start, address, command, length, end, sum", () => {
  const order = ["FF FF FF FF", "02 FF FF FF", "02 00 FF FF", "02 00 30 FF", "02 00 30 FF FF", "02 00 30 03 FF"]
  assert.deepStrictEqual(
    order.map((hex) => errorOf(bytesOf(hex))._tag),
    ["BadStart", "BadAddress", "UnknownCommand", "BadLength", "BadEnd", "BadSum"],
  )
})

it("a field out of range is refused instead of addressing another lock", () => {
  assert.throws(() => encode({ kind: "unlock", board: 10, lockIndex: 0 }), RangeError)
  assert.throws(() => encode({ kind: "unlock", board: 0, lockIndex: 16 }), RangeError)
  assert.throws(() => encode({ kind: "unlock", board: 0, lockIndex: 1.5 }), RangeError)
  assert.throws(() => encode({ kind: "unlock", board: 0, lockIndex: -1 }), RangeError)
  assert.throws(() => encode({ kind: "unlock", board: Number.NaN, lockIndex: 0 }), RangeError)
  assert.throws(() => encode({ kind: "setUnlockTime", board: 0, unlockTimeMs: 555 }), RangeError)
})

describe("the frame table", () => {
  for (const [kind, row] of Object.entries(frameTable)) {
    it(`${kind} is as long as its data say, and some vector shows it`, () => {
      const dataBytes = row.data.reduce((sum, field) => sum + field.bytes, 0)
      assert.strictEqual(row.length, envelopeBytes + dataBytes)
      assert.include(lengthsOf(row.command), row.length)
      assert.isTrue(Object.values(acceptedVectors).some((vector) => vector.frame.kind === kind))
    })
  }
})
