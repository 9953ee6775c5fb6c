import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { UserId } from "#core/domain/Ids.ts"
import { testCloud } from "../Cloud.fixture.ts"
import { idOf, placesOf } from "../SmallRegistry.fixture.ts"
import { HttpServer } from "./HttpServer.ts"
import { Tokens } from "./Tokens.ts"

const { branchId } = placesOf(1)

interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

const call = Effect.fnUntraced(function* (path: string, init: RequestInit = {}) {
  const { url } = yield* HttpServer
  return yield* Effect.promise(async (): Promise<Answer> => {
    const response = await fetch(url + path, init)
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  })
})
const post = (path: string, body: unknown) =>
  call(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) })

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("a shopper at the API", (it) => {
  it.effect("asks for a code and gives it back; staff of a simulated shop can read the fake phone", () =>
    Effect.gen(function* () {
      const asked = yield* post("/api/auth/request-otp", { phone: "054-7654321", branch_id: branchId, locale: "he" })
      assert.strictEqual(asked.status, 202)
      assert.deepInclude(asked.body, { phone_masked: "054-•••-4321", expires_in: 300, resend_after_s: 30 })
      const token = yield* (yield* Tokens).issue(UserId.make(idOf(7, 3)))
      const read = call("/api/simulation/sms?to=0547654321", { headers: { authorization: `Bearer ${token}` } })
      const { body } = yield* Effect.repeat(read, { until: ({ body }) => JSON.stringify(body).includes("קוד לעגלה") })
      const code = /(\d{6}) קוד לעגלה/u.exec(JSON.stringify(body))?.[1]
      const { challenge_id } = asked.body
      const proved = yield* post("/api/auth/verify-otp", { challenge_id, code })
      assert.strictEqual(proved.status, 200)
      assert.deepInclude(proved.body, { token_type: "Bearer", expires_in: 30 * 24 * 3_600 })
      assert.strictEqual((yield* call("/api/simulation/sms")).status, 401)
    }),
  )

  it.effect("has a fake phone and a hand in a simulated branch, and neither in a real one", () =>
    Effect.gen(function* () {
      const [real, simulated] = [branchId, placesOf(2).branchId]
      const ask = (phone: string, branch_id: string) =>
        post("/api/auth/request-otp", { phone, branch_id, locale: "en" })
      const messageOf = ({ body }: Answer) => call(`/api/simulation/challenges/${String(body["challenge_id"])}`)
      const asked = yield* ask("054-7654331", simulated)
      const message = yield* Effect.repeat(messageOf(asked), { until: ({ status }) => status === 200 })
      const code = /^(\d{6}) is your cart code/u.exec(String(message.body["text"]))?.[1]
      assert.hasAllKeys(message.body, ["text", "at"])
      const proved = yield* post("/api/auth/verify-otp", { challenge_id: asked.body["challenge_id"], code })
      const bearer = { authorization: `Bearer ${String(proved.body["access_token"])}` }
      const hand = (headers: Record<string, string>) => call("/api/simulation/me/take", { method: "POST", headers })
      assert.strictEqual((yield* hand({})).status, 401)
      assert.strictEqual((yield* hand(bearer)).status, 404)

      const askedReal = yield* ask("054-7654332", real)
      const staff = yield* (yield* Tokens).issue(UserId.make(idOf(7, 3)))
      const inbox = call("/api/simulation/sms?to=0547654332", { headers: { authorization: `Bearer ${staff}` } })
      yield* Effect.repeat(inbox, { until: ({ body }) => JSON.stringify(body).includes("cart code") })
      assert.strictEqual((yield* messageOf(askedReal)).status, 404)
      assert.strictEqual((yield* call(`/api/simulation/challenges/${idOf(9, 1)}`)).status, 404)
    }),
  )

  it.effect("is told how long to wait, and that a code was wrong", () =>
    Effect.gen(function* () {
      const asked = yield* post("/api/auth/request-otp", { phone: "054-7654322", branch_id: branchId })
      const wrong = yield* post("/api/auth/verify-otp", { challenge_id: asked.body["challenge_id"], code: "000000" })
      assert.deepInclude(wrong.body, { type: "urn:cartwise:problem:code_refused", status: 401 })
      const again = yield* post("/api/auth/request-otp", { phone: "0547654322", branch_id: branchId })
      assert.strictEqual(again.status, 429)
      assert.isAtLeast(Number(again.body["retry_after_s"]), 1)
    }),
  )

  it.effect("gets a clear answer to nonsense", () =>
    Effect.gen(function* () {
      for (const [body, status] of [
        [{ phone: "abc", branch_id: branchId }, 422],
        [{ phone: "", branch_id: branchId }, 400],
        [{ phone: "0547654323", branch_id: "nowhere" }, 400],
        [{ phone: "0547654323", branch_id: idOf(9, 999) }, 404],
        [{ phone: { $ne: 1 }, branch_id: branchId }, 400],
        [[], 400],
      ] as const) {
        assert.strictEqual((yield* post("/api/auth/request-otp", body)).status, status, JSON.stringify(body))
      }
      for (const code of ["12345", "1234567", "abcdef", "12345\n", "١٢٣٤٥٦"]) {
        assert.strictEqual((yield* post("/api/auth/verify-otp", { challenge_id: idOf(9, 1), code })).status, 400, code)
      }
    }),
  )
})
