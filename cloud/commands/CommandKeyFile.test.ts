import { assert, describe, it } from "@effect/vitest"
import { Effect, Option, Redacted } from "effect"
import { generateKeyPairSync, sign, verify } from "node:crypto"
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { newCommandKey, readCommandKey } from "./CommandKey.ts"
import { keptCommandKey, loadCommandKey } from "./CommandKeyFile.ts"

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(path.join(tmpdir(), "cartwise-key-"))),
  (made) => Effect.sync(() => rmSync(made, { recursive: true })),
)
const place = (dataDir: string, setting?: string, nodeEnv = "development") => ({
  commandSigningKey: setting === undefined ? Option.none() : Option.some(Redacted.make(setting)),
  dataDir,
  nodeEnv,
})
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 })
  .privateKey.export({ format: "pem", type: "pkcs8" })
  .toString()

describe("the command key", () => {
  it.effect("is made once, kept for its owner alone, and found again", () =>
    Effect.gen(function* () {
      const dataDir = path.join(yield* folder, "new")
      const keys = yield* Effect.all([keptCommandKey(dataDir), loadCommandKey(place(dataDir))], { concurrency: 2 })
      assert.strictEqual(keys[0].kid, keys[1].kid)
      assert.deepStrictEqual(readdirSync(dataDir), ["command.key"])
      assert.strictEqual(statSync(path.join(dataDir, "command.key")).mode & 0o777, 0o600)
      const again = yield* loadCommandKey(place(dataDir, undefined, "production"))
      assert.strictEqual(again.publicKey, keys[0].publicKey)
    }),
  )

  it.effect("is not made by the way in production, and the error names the setting", () =>
    Effect.gen(function* () {
      const dataDir = yield* folder
      const error = yield* Effect.flip(loadCommandKey(place(dataDir, undefined, "production")))
      assert.include(error.message, "COMMAND_SIGNING_KEY")
      assert.isEmpty(readdirSync(dataDir))
    }),
  )

  it.effect("is taken from a setting: as PEM, as PEM on one line, as a path", () =>
    Effect.gen(function* () {
      const dataDir = yield* folder
      const pem = newCommandKey()
      const file = path.join(dataDir, "somewhere.pem")
      writeFileSync(file, pem)
      const expected = readCommandKey(pem)
      for (const setting of [pem, pem.replaceAll("\n", "\\n"), file]) {
        const key = yield* loadCommandKey(place(dataDir, setting, "production"))
        assert.strictEqual(key.kid, expected?.kid)
        const bytes = Buffer.from("any")
        assert.isTrue(verify(undefined, bytes, expected?.privateKey ?? "", sign(undefined, bytes, key.privateKey)))
      }
      assert.deepStrictEqual(readdirSync(dataDir), ["somewhere.pem"])
    }),
  )

  const cut = newCommandKey().slice(0, 60)
  for (const [what, value] of Object.entries({ "a word": "hunter2", "a key cut short": cut, "an RSA key": rsa })) {
    it.effect(`is not taken from ${what}, which is not repeated`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(loadCommandKey(place(yield* folder, value)))
        assert.include(error.message, "COMMAND_SIGNING_KEY")
        assert.notInclude(error.message, value.slice(0, 30))
      }),
    )
  }

  it.effect("that is kept but damaged stops the start, and is not replaced", () =>
    Effect.gen(function* () {
      const dataDir = yield* folder
      writeFileSync(path.join(dataDir, "command.key"), "")
      const error = yield* Effect.flip(loadCommandKey(place(dataDir)))
      assert.include(error.message, path.join(dataDir, "command.key"))
      assert.strictEqual(statSync(path.join(dataDir, "command.key")).size, 0)
    }),
  )

  it("names itself by the thumbprint of RFC 8037, appendix A.3", () => {
    // The private key of RFC 8037, appendix A.1, as PKCS #8.
    const der = `302e020100300506032b657004220420${Buffer.from("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A", "base64url").toString("hex")}`
    const base64 = Buffer.from(der, "hex").toString("base64")
    const key = readCommandKey(`-----BEGIN PRIVATE KEY-----\n${base64}\n-----END PRIVATE KEY-----\n`)
    assert.strictEqual(key?.publicKey, "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")
    assert.strictEqual(key?.kid, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")
  })
})
