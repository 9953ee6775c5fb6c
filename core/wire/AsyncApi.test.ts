import { createRequire } from "node:module"
import { assert, describe, it } from "@effect/vitest"
import { Ajv, type AnySchema } from "ajv"
import { Result, Schema } from "effect"
import { asyncApi, payloadSchema } from "./AsyncApi.ts"
import { cartExamples, deviceExamples } from "./Examples.ts"
import { cartMessages, deviceMessages, type MessageKind } from "./Messages.ts"

const official: AnySchema = createRequire(import.meta.url)("@asyncapi/specs/schemas/3.0.0-without-$id.json")
const ajv = () => new Ajv({ strict: false, validateFormats: false })
const isAsyncApi = ajv().compile(official)
const document = asyncApi("1.2.3")

const kinds: ReadonlyArray<readonly [leaf: string, kind: MessageKind, example: object]> = [
  ...Object.entries(deviceMessages).map(
    ([leaf, kind]) => [`devices ${leaf}`, kind, Reflect.get(deviceExamples, leaf)] as const,
  ),
  ...Object.entries(cartMessages).map(
    ([leaf, kind]) => [`carts ${leaf}`, kind, Reflect.get(cartExamples, leaf)] as const,
  ),
]

/** The example with one part, at any depth, left out or replaced by what it may hardly be. */
const spoiled = function* (value: unknown): Generator<unknown> {
  if (typeof value !== "object" || value === null) return
  for (const key of Object.keys(value)) {
    const part: unknown = Reflect.get(value, key)
    const put = (other: unknown) => (Array.isArray(value) ? value.with(Number(key), other) : { ...value, [key]: other })
    if (!Array.isArray(value)) yield Object.fromEntries(Object.entries(value).filter(([name]) => name !== key))
    for (const other of [null, -1, 1.5, 1e300, "", "x".repeat(2_000), "a\u0000b", {}, [], true]) yield put(other)
    for (const deeper of spoiled(part)) yield put(deeper)
  }
  if (!Array.isArray(value)) yield { ...value, unheard_of: 1 }
}

describe("the AsyncAPI document", () => {
  it("is one by the schema of its authors", () => {
    assert.isTrue(isAsyncApi(document), JSON.stringify(isAsyncApi.errors?.slice(0, 3)))
  })

  it("would not be one with a part missing or wrong", () => {
    const { info: _, ...untitled } = document
    assert.isFalse(isAsyncApi(untitled))
    const shouted = JSON.parse(JSON.stringify(document).replace('"action":"receive"', '"action":"shout"'))
    assert.isFalse(isAsyncApi(shouted))
    const unbound = JSON.parse(JSON.stringify(document).replace('"qos":1', '"qos":7'))
    assert.isFalse(isAsyncApi(unbound))
  })

  it("has a channel and an operation for every kind of message, the way MQTT carries it", () => {
    const { channels, operations } = document as {
      channels: Record<string, { address: string }>
      operations: Record<string, { action: string; bindings: { mqtt: { qos: number; retain: boolean } } }>
    }
    assert.lengthOf(Object.keys(channels), kinds.length)
    assert.sameMembers(Object.keys(channels), Object.keys(operations))
    assert.strictEqual(
      channels["deviceBootReply"]?.address,
      "cartwise/{chain_slug}/{branch_code}/devices/{device_id}/boot/reply",
    )
    assert.strictEqual(operations["deviceBootReply"]?.action, "send")
    assert.deepInclude(operations["deviceStatus"]?.bindings.mqtt, { qos: 1, retain: true })
    assert.deepInclude(operations["deviceHeartbeat"]?.bindings.mqtt, { qos: 0, retain: false })
    assert.deepInclude(operations["cartUnlock"]?.bindings.mqtt, { qos: 1, retain: false })
  })

  for (const [leaf, kind, example] of kinds) {
    it(`takes and refuses of ${leaf} what its reader takes and refuses`, () => {
      const isValid = ajv().compile(payloadSchema(kind))
      const onExcessProperty = kind.closed === true ? "error" : "ignore"
      const reads = Schema.decodeUnknownResult(kind.schema as Schema.Codec<unknown>, { onExcessProperty })
      assert.isTrue(isValid(example), JSON.stringify(isValid.errors))
      let refused = 0
      for (const wrong of spoiled(example)) {
        const read = Result.isSuccess(reads(wrong))
        if (!read) refused += 1
        assert.strictEqual(isValid(wrong), read, JSON.stringify(wrong))
      }
      assert.isAbove(refused, 0)
    })
  }
})
