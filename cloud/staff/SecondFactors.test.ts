import { assert, layer } from "@effect/vitest"
import { Clock, Effect } from "effect"
import { Limits } from "#core/Limits.ts"
import { later, testCloud } from "../Cloud.fixture.ts"
import { isProblem, request, signIn, tokenOf, whoIs } from "../http/Http.fixture.ts"
import { idOf, signIns } from "../SmallRegistry.fixture.ts"
import { SecondFactors } from "./SecondFactors.ts"
import { totpCode, totpStepOf } from "./Totp.ts"

/** The bytes of a secret as an app has it. */
const fromBase32 = (text: string): Uint8Array => {
  const bits = [...text]
    .map((one) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(one).toString(2).padStart(5, "0"))
    .join("")
  return new Uint8Array((bits.match(/.{8}/gu) ?? []).map((eight) => Number.parseInt(eight, 2)))
}

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("a second factor", (it) => {
  const enrolled = Effect.gen(function* () {
    const token = yield* tokenOf(signIns.admin)
    const begun = yield* request("POST", "/api/staff/me/second-factor", { token })
    const secret = fromBase32(String(begun.body["secret"]))
    const confirm = (code: string) => request("POST", "/api/staff/me/second-factor/confirm", { token, body: { code } })
    return { token, secret, confirm, begun }
  })
  const mfa = (ticket: unknown, code: string) => request("POST", "/api/staff/mfa", { body: { ticket, code } })
  let recovery: ReadonlyArray<string> = []
  let secret = new Uint8Array()

  it.effect("counts once a code of it was given back, and gives ten recovery codes that once", () =>
    Effect.gen(function* () {
      const before = yield* enrolled
      assert.include(String(before.begun.body["otpauth_url"]), "otpauth://totp/CartWise")
      isProblem(yield* before.confirm("000000"), 401, "second_factor_refused")
      assert.property((yield* signIn(signIns.admin)).body, "access_token")
      // Begun again, the secret before is none.
      const { confirm, secret: used, token } = yield* enrolled
      secret = new Uint8Array(used)
      const step = totpStepOf(yield* Clock.currentTimeMillis)
      isProblem(yield* confirm(totpCode(before.secret, step)), 401, "second_factor_refused")
      const confirmed = yield* confirm(totpCode(secret, step - 1))
      recovery = confirmed.body["recovery_codes"] as Array<string>
      assert.lengthOf(new Set(recovery), Limits.recoveryCodes)
      for (const code of recovery) assert.match(code, /^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$/u)
      assert.deepInclude((yield* whoIs(token)).body, { second_factor: true, recovery_codes_left: Limits.recoveryCodes })
      isProblem(yield* request("POST", "/api/staff/me/second-factor", { token }), 409, "already_done")
    }),
  )

  it.effect("is asked for after the password, which alone opens nothing", () =>
    Effect.gen(function* () {
      const { body } = yield* signIn(signIns.admin)
      assert.deepInclude(body, { mfa_required: true, expires_in: 300 })
      assert.notProperty(body, "access_token")
      assert.notProperty(body, "user")
      isProblem(yield* whoIs(String(body["ticket"])), 401, "unauthorized")
      isProblem(yield* signIn({ ...signIns.admin, password: "wrong" }), 401, "sign_in_failed")
      const code = totpCode(secret, totpStepOf(yield* Clock.currentTimeMillis))
      isProblem(yield* mfa("not a ticket", code), 401, "session_over")
      const token = yield* tokenOf(signIns.viewer)
      isProblem(yield* mfa(token, code), 401, "session_over")
      const done = yield* mfa(body["ticket"], code)
      assert.strictEqual((yield* whoIs(String(done.body["access_token"]))).status, 200)
      isProblem(yield* mfa(body["ticket"], code), 401, "second_factor_refused")
    }),
  )

  it.effect("a recovery code is taken once, however it is typed", () =>
    Effect.gen(function* () {
      const ticket = (yield* signIn(signIns.admin)).body["ticket"]
      const [code = ""] = recovery
      assert.strictEqual((yield* mfa(ticket, ` ${code.toLowerCase().replace("-", " ")}`)).status, 200)
      isProblem(yield* mfa(ticket, code), 401, "second_factor_refused")
    }),
  )

  it.effect("after five wrong codes none is taken for a quarter of an hour, not even the right one", () =>
    Effect.gen(function* () {
      const ticket = (yield* signIn(signIns.admin)).body["ticket"]
      const factors = yield* SecondFactors
      const admin = idOf(7, 3)
      // One wrong code was noted above.
      for (let tries = 1; tries < Limits.secondFactorTries; tries++) {
        isProblem(yield* mfa(ticket, "ZZZZZ-ZZZZZ"), 401, "second_factor_refused")
      }
      const next = totpCode(secret, totpStepOf(yield* Clock.currentTimeMillis) + 1)
      isProblem(yield* mfa(ticket, next), 429, "too_many_requests")
      const after = later(
        Limits.secondFactorWaitMs,
        Effect.flatMap(Clock.currentTimeMillis, (now) => factors.take(admin, totpCode(secret, totpStepOf(now)))),
      )
      assert.deepInclude(yield* after, { was: "right" })
    }),
  )

  it.effect("is taken away with a code of it, and then the password is enough", () =>
    Effect.gen(function* () {
      const ticket = (yield* signIn(signIns.admin)).body["ticket"]
      const token = String((yield* mfa(ticket, recovery[1] ?? "")).body["access_token"])
      const remove = (code: string) => request("POST", "/api/staff/me/second-factor/remove", { token, body: { code } })
      isProblem(yield* remove("000000"), 401, "second_factor_refused")
      assert.deepStrictEqual((yield* remove(recovery[2] ?? "")).body, { done: true })
      assert.property((yield* signIn(signIns.admin)).body, "access_token")
      assert.deepInclude((yield* whoIs(token)).body, { second_factor: false, recovery_codes_left: 0 })
    }),
  )
})
