import { generateKeyPairSync, sign } from "node:crypto"

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"

import { type ConfigDocument, type FirmwareWish, firmwareText, hashOf } from "#core/config/ConfigDocument.ts"

import { makeBench } from "../DeviceBench.fixture.ts"
import { firmwareProblems } from "./FirmwareCheck.ts"

const { privateKey, publicKey } = generateKeyPairSync("ed25519")
const key = String(publicKey.export({ format: "jwk" }).x)
const other = String(generateKeyPairSync("ed25519").publicKey.export({ format: "jwk" }).x)
const sha256 = "ab".repeat(32)
const signed = (version: string): FirmwareWish => {
  const signature = sign(undefined, Buffer.from(firmwareText({ version, sha256 })), privateKey).toString("base64url")
  return { version, sha256, signature }
}
const wishing = (firmware: FirmwareWish | undefined): ConfigDocument => ({
  v: 1,
  boards: [],
  bays: [],
  timing: { poll_ms: 100, heartbeat_ms: 30_000, telemetry_ms: 60_000 },
  ...(firmware === undefined ? {} : { firmware }),
})
const device = { firmware_version: "1.0.0", firmware_keys: [other, key] }

describe("the program a device is asked to be", () => {
  const rows: ReadonlyArray<readonly [string, FirmwareWish | undefined, RegExp | undefined]> = [
    ["is taken if nothing is asked", undefined, undefined],
    ["is taken if it is the one that runs", { version: "1.0.0" }, undefined],
    ["is taken if a release key has signed it", signed("2.0.0"), undefined],
    ["is refused without a signature", { version: "2.0.0" }, /not signed/u],
    [
      "is refused without a content that was signed",
      { version: "2.0.0", signature: signed("2.0.0").signature ?? "" },
      /not signed/u,
    ],
    ["is refused with the signature of another version", { ...signed("2.0.0"), version: "3.0.0" }, /no release key/u],
    [
      "is refused with the signature of another content",
      { ...signed("2.0.0"), sha256: "cd".repeat(32) },
      /no release key/u,
    ],
  ]
  for (const [what, firmware, problem] of rows) {
    it(what, () => {
      const [first] = firmwareProblems(device, wishing(firmware))
      if (problem === undefined) assert.isUndefined(first)
      else assert.match(first?.message ?? "", problem)
    })
  }

  it("is refused by a device that knows no release key", () => {
    assert.lengthOf(firmwareProblems({ firmware_version: "1.0.0" }, wishing(signed("2.0.0"))), 1)
  })

  it.effect(
    "keeps no other part of the configuration from coming into force, and the device says what it refuses",
    () =>
      Effect.gen(function* () {
        const bench = yield* makeBench()
        yield* bench.advance(500)
        const before = bench.program()?.configuration.document ?? assert.fail("no program")
        const timing = { poll_ms: 500, heartbeat_ms: 5_000, telemetry_ms: 10_000 }
        const document = { ...before, timing, firmware: { version: "9.9.9" } }
        const hash = hashOf(document)
        bench.cloud.deliver("config/desired", JSON.stringify({ v: 1, version: 7, hash, document }))
        yield* bench.advance(500)
        assert.deepStrictEqual(bench.program()?.configuration.timing, timing)
        const errors = [{ path: "firmware", message: "it is not signed, so it can not be verified" }]
        assert.deepInclude(bench.cloud.reported.at(-1), { version: 7, hash, refused: { version: 7, hash, errors } })
      }),
  )
})
