import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { Limits } from "#core/Limits.ts"
import { testCloud } from "../Cloud.fixture.ts"
import { isProblem, request } from "../http/Http.fixture.ts"
import { newcomer } from "./Newcomer.fixture.ts"
import { adminToken, granted, joined } from "./Registering.fixture.ts"

const post = (deviceId: string, leaf: "key" | "token" | "heartbeat", body: object, token?: string) =>
  request("POST", `/api/devices/${deviceId}/${leaf}`, { body, ...(token === undefined ? {} : { token }) })

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("a device that changes its key", (it) => {
  it.effect("is who it was with the new one; the old one, and every token before, are no longer good", () =>
    Effect.gen(function* () {
      const { device, granted: before } = yield* joined
      const id = before.device_id
      const next = newcomer()
      const after = granted(yield* post(id, "key", device.change(id, next)))
      assert.strictEqual(after.device_id, id)
      assert.notProperty(after.mqtt_config, "password")
      const beat = { status: "online" }
      assert.strictEqual((yield* post(id, "heartbeat", beat, before.device_token)).status, 401)
      assert.strictEqual((yield* post(id, "heartbeat", beat, after.device_token)).status, 200)
      isProblem(yield* post(id, "token", device.renewal(id)), 403, "registration_refused")
      granted(yield* post(id, "token", next.renewal(id)))
    }),
  )

  it.effect("is refused, and stays who it is, whatever is wrong with the change", () =>
    Effect.gen(function* () {
      const { device, granted: before } = yield* joined
      const { granted: other } = yield* joined
      const id = before.device_id
      const [next, thief] = [newcomer(), newcomer()]
      const good = device.change(id, next)
      const late = { ts: Date.now() - Limits.proofSkewMs - 60_000 }
      const wrong: ReadonlyArray<readonly [what: string, change: object]> = [
        ["signed by somebody else", thief.change(id, next)],
        ["without the new key's own signature", { ...good, new_signature: good.signature }],
        ["with a new key put in the place of the signed one", { ...good, public_key: thief.publicKey }],
        ["to the key that it has", device.change(id, device)],
        ["signed too long ago", device.change(id, next, late)],
        ["signed for another device", device.change(other.device_id, next)],
        ["signed for a token", { ...good, signature: device.renewal(id).signature }],
      ]
      for (const [what, change] of wrong) {
        const answer = yield* post(id, "key", change)
        assert.deepInclude(answer.body, { status: 403, code: "registration_refused" }, what)
      }
      isProblem(yield* post(other.device_id, "key", good), 403, "registration_refused")
      granted(yield* post(id, "token", device.renewal(id)))
    }),
  )

  it.effect("changes it once with what was signed: said again, it is refused", () =>
    Effect.gen(function* () {
      const { device, granted: before } = yield* joined
      const id = before.device_id
      const [first, second] = [newcomer(), newcomer()]
      const change = device.change(id, first)
      const answers = yield* Effect.all([post(id, "key", change), post(id, "key", change)], { concurrency: 2 })
      assert.deepStrictEqual(answers.map(({ status }) => status).toSorted(), [200, 403])
      // Back to the old key, and what once led away from it is said again: its nonce is used up.
      granted(yield* post(id, "key", first.change(id, device)))
      isProblem(yield* post(id, "key", change), 403, "registration_refused")
      granted(yield* post(id, "key", device.change(id, second)))
    }),
  )

  it.effect("may not when it was put out", () =>
    Effect.gen(function* () {
      const { device, granted: before } = yield* joined
      const id = before.device_id
      const token = yield* adminToken
      yield* request("POST", `/api/devices/${id}/revoke`, { token, body: { reason: "stolen" } })
      isProblem(yield* post(id, "key", device.change(id, newcomer())), 403, "registration_refused")
    }),
  )
})
