import { createHmac } from "node:crypto"

import { assert, describe, it } from "@effect/vitest"
import { Effect, Result, Schema } from "effect"

import { type ClaimedCommand, readSignedCommand, SignedCommand } from "#core/wire/SignedCommand.ts"

import { benchSigner, makeBench, uuidOf } from "../DeviceBench.fixture.ts"
import { verifyWith } from "./CommandKeys.ts"
import { testSigner } from "./CommandSigner.fixture.ts"

const [current, next, stranger] = [testSigner(1), testSigner(2), testSigner(3)]
const bytesOf = (text: string) => new TextEncoder().encode(text)
const claimed = (text: string): ClaimedCommand => Result.getOrThrow(readSignedCommand(bytesOf(text)))
const decodeSigned = Schema.decodeUnknownSync(Schema.fromJsonString(SignedCommand))

/** A header of somebody's own, over an envelope, with whatever signature. */
const withHeader = (header: object, signature: (input: string) => Buffer, envelope: object) => {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url")
  const [head, payload] = [encode(header), encode(envelope)]
  return JSON.stringify({
    protected: head,
    payload,
    signature: signature(`${head}.${payload}`).toString("base64url"),
  })
}

describe("the command keys of an edge", () => {
  it("CW-MQTT-321: verify what any one of them has signed, and nothing signed by another or under another's name", () => {
    const verify = verifyWith([current.key, next.key])
    assert.strictEqual(verify(claimed(current.sign({ a: 1 }))), "genuine")
    assert.strictEqual(verify(claimed(next.sign({ a: 1 }))), "genuine")
    assert.strictEqual(verify(claimed(stranger.sign({ a: 1 }))), "unknown_key")
    assert.strictEqual(verify({ ...claimed(stranger.sign({ a: 1 })), kid: current.key.kid }), "forged")
  })

  it("CW-MQTT-319: refuse a signature in which any one of its 512 bits is turned", () => {
    const verify = verifyWith([current.key])
    const genuine = claimed(current.sign({ a: 1 }))
    for (let bit = 0; bit < genuine.signature.length * 8; bit++) {
      const signature = Uint8Array.from(genuine.signature)
      signature[bit >> 3] = (signature[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      assert.strictEqual(verify({ ...genuine, signature }), "forged", `bit ${bit}`)
    }
  })
})

describe("a device", () => {
  it.effect("CW-MQTT-319: carries out no command of which a single bit was turned on the way", () =>
    Effect.gen(function* () {
      const { advance, cloud, command, send, program, stages, world } = yield* makeBench()
      yield* advance(500)
      const unlock = command()
      const signed = decodeSigned(benchSigner.sign(unlock))
      let sent = 0
      for (const part of ["protected", "payload", "signature"] as const) {
        const bytes = Buffer.from(signed[part], "base64url")
        for (let bit = 0; bit < bytes.length * 8; bit += part === "signature" ? 1 : 7) {
          const turned = Buffer.from(bytes)
          turned[bit >> 3] = (turned[bit >> 3] ?? 0) ^ (1 << (bit & 7))
          cloud.deliver("commands", JSON.stringify({ ...signed, [part]: turned.toString("base64url") }))
          sent += 1
          yield* advance(5)
        }
      }
      yield* advance(1_000)
      assert.isAbove(sent, 900)
      assert.strictEqual(program()?.desk.counts()["not_authorised"], sent)
      assert.lengthOf(cloud.acks, sent)
      for (const { command_id, stage, reason } of cloud.acks) {
        assert.deepStrictEqual([command_id, stage, reason], [null, "rejected", "not_authorised"])
      }
      assert.isEmpty(stages(unlock.command_id))
      assert.strictEqual(world.pulses(uuidOf(100)), 0)
      // Nothing of them is remembered: the command itself is still good.
      send(unlock)
      yield* advance(1_000)
      assert.strictEqual(stages(unlock.command_id).at(-1), "confirmed")
    }),
  )

  const kid = benchSigner.key.kid
  const hmac = (input: string) => createHmac("sha256", benchSigner.key.public_key).update(input).digest()
  const own = (input: string) => Buffer.from(decodeSigned(benchSigner.sign(input)).signature, "base64url")
  const twice = (input: string) => Buffer.concat([hmac(input), hmac(input)])
  const headers: ReadonlyArray<readonly [what: string, header: object, signature: (input: string) => Buffer]> = [
    ["names no algorithm", { alg: "none", typ: "cw-cmd+jwt", kid }, () => Buffer.alloc(64)],
    ["takes the public key for a shared secret", { alg: "HS256", typ: "cw-cmd+jwt", kid }, twice],
    ["is of another type", { alg: "EdDSA", typ: "at+jwt", kid }, own],
    ["names no key", { alg: "EdDSA", typ: "cw-cmd+jwt" }, own],
    ["brings its own key", { alg: "EdDSA", typ: "cw-cmd+jwt", kid, jwk: { kty: "OKP" } }, own],
    ["says where to fetch a key", { alg: "EdDSA", typ: "cw-cmd+jwt", kid, jku: "https://example.test/keys" }, own],
    ["wants an extension understood", { alg: "EdDSA", typ: "cw-cmd+jwt", kid, crit: ["b64"], b64: false }, own],
  ]
  for (const [what, header, signature] of headers) {
    it.effect(`CW-MQTT-320: refuses a command whose header ${what}`, () =>
      Effect.gen(function* () {
        const { advance, cloud, command, stages, world } = yield* makeBench()
        yield* advance(500)
        const unlock = command()
        cloud.deliver("commands", withHeader(header, signature, unlock))
        yield* advance(1_000)
        assert.deepStrictEqual(
          cloud.acks.map(({ reason }) => reason),
          ["not_authorised"],
        )
        assert.isEmpty(stages(unlock.command_id))
        assert.strictEqual(world.pulses(uuidOf(100)), 0)
      }),
    )
  }
})
