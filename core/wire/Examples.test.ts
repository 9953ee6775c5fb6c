import { createPublicKey, verify } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import { Result, Schema } from "effect"
import { ConfigDocument } from "../config/ConfigDocument.ts"
import { fromInstant } from "../domain/Instant.ts"
import { CommandEnvelope } from "./Commands.ts"
import { cartExamples, configExample, deviceExamples, envelopeExample, exampleKey } from "./Examples.ts"
import { cartMessages, deviceMessages, type MessageKind } from "./Messages.ts"
import { readSignedCommand } from "./SignedCommand.ts"

const all: ReadonlyArray<readonly [topic: string, kind: MessageKind, example: unknown]> = [
  ...Object.entries(deviceMessages).map(
    ([leaf, kind]) => [`devices/{id}/${leaf}`, kind, Reflect.get(deviceExamples, leaf)] as const,
  ),
  ...Object.entries(cartMessages).map(
    ([leaf, kind]) => [`carts/{id}/${leaf}`, kind, Reflect.get(cartExamples, leaf)] as const,
  ),
]

const reads = ({ schema }: MessageKind, json: unknown): boolean =>
  Result.isSuccess(Schema.decodeUnknownResult(schema as Schema.Codec<unknown>)(json))

describe("the example of", () => {
  for (const [topic, kind, example] of all) {
    it(`${topic} is read by its schema, fits its size, and is of version 1 only`, () => {
      assert.isTrue(reads(kind, example))
      const text = JSON.stringify(example)
      assert.isAtMost(text.length, kind.maxBytes)
      assert.deepStrictEqual(JSON.parse(text), example)
      const { v = 1, ...unversioned } = { ...(example as Readonly<Record<string, unknown>>) }
      assert.strictEqual(v, 1)
      assert.strictEqual(reads(kind, { ...unversioned, v: 2 }), kind.name === "SignedCommand")
    })
  }

  for (const [topic, , example] of all.filter(([, { name }]) => name === "SignedCommand")) {
    it(`${topic} is signed by the key of RFC 8037, over an envelope that its schema reads`, () => {
      const bytes = new TextEncoder().encode(JSON.stringify(example))
      const { kid, envelope, input, signature } = Result.getOrThrow(readSignedCommand(bytes))
      assert.strictEqual(kid, exampleKey.kid)
      const key = createPublicKey({ format: "jwk", key: { kty: "OKP", crv: "Ed25519", x: exampleKey.public } })
      assert.isTrue(verify(null, new TextEncoder().encode(input), key, signature))
      assert.isTrue(Schema.is(CommandEnvelope)(JSON.parse(envelope)))
    })
  }

  it("a configuration is one that a device takes", () => {
    assert.isTrue(Schema.is(ConfigDocument)(configExample))
  })

  it("a snapshot and a command name the same instant in both ways to write it", () => {
    const { at } = deviceExamples.snapshot as { at: number }
    assert.strictEqual(fromInstant(envelopeExample.issued_at), at)
  })
})
