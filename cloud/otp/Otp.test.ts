import { PgClient } from "@effect/sql-pg"
import { assert, layer } from "@effect/vitest"
import { Effect, Result } from "effect"
import { randomUUID } from "node:crypto"
import { maskPhone, Phone } from "#core/domain/Phone.ts"
import { Limits } from "#core/Limits.ts"
import { later, testCloud } from "../Cloud.fixture.ts"
import { placesOf } from "../SmallRegistry.fixture.ts"
import { Inbox } from "../sms/Inbox.ts"
import { Otp } from "./Otp.ts"
import { ShopperTokens } from "./ShopperTokens.ts"

const { branchId } = placesOf(1)
let numbers = 1_000_000
/** A number and an address nobody has used before. */
const somebody = () => {
  numbers += 1
  return { phone: `050${numbers}`, client: `10.0.${numbers % 250}.${numbers % 199}-${numbers}` }
}

const ask = Effect.fnUntraced(function* (who: { readonly phone: string; readonly client: string }, seat?: "kiosk") {
  return yield* (yield* Otp).request({ ...who, branchId, locale: "he", seat: seat ?? "own_phone" })
})
const give = (challengeId: string, code: string) => Effect.flatMap(Otp, (otp) => otp.verify(challengeId, code))

/** The code in the message of a challenge. */
const codeOf = Effect.fnUntraced(function* (challengeId: string) {
  const inbox = yield* Inbox
  const message = () => inbox.messages().find(({ key }) => key === `otp/${challengeId}`)
  const look = Effect.sync(() => /^\d{6}/u.exec(message()?.text ?? "")?.[0])
  return (yield* Effect.repeat(look, { until: (code) => code !== undefined })) ?? ""
})
const wrong = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, "0")

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("a one-time code", (it) => {
  it.effect("proves a number once: the right code gives a shopper, the same code again gives nothing", () =>
    Effect.gen(function* () {
      const who = somebody()
      const { challengeId, phoneMasked } = yield* ask(who)
      assert.strictEqual(phoneMasked, maskPhone(Phone.make(`+972${who.phone.slice(1)}`)))
      const code = yield* codeOf(challengeId)
      const { shopper } = yield* give(challengeId, code)
      assert.strictEqual(shopper.phoneMasked, phoneMasked)
      assert.deepInclude({ ...(yield* Effect.flip(give(challengeId, code))) }, { reason: "over", tries_left: 0 })
    }),
  )

  it.effect("gives the same shopper the next time", () =>
    Effect.gen(function* () {
      const who = somebody()
      const { challengeId } = yield* ask(who)
      const first = yield* give(challengeId, yield* codeOf(challengeId))
      const again = yield* later(Limits.otpResendAfterMs, ask({ ...who, phone: `+972-${who.phone.slice(1)}` }))
      const code = yield* codeOf(again.challengeId)
      const second = yield* later(Limits.otpResendAfterMs, give(again.challengeId, code))
      assert.strictEqual(second.shopper.id, first.shopper.id)
    }),
  )

  it.effect("dies after five wrong tries, and the right one is wrong then", () =>
    Effect.gen(function* () {
      const who = somebody()
      const { challengeId } = yield* ask(who)
      const code = yield* codeOf(challengeId)
      for (let left = Limits.otpTries - 1; left >= 0; left--) {
        const refused = yield* Effect.flip(give(challengeId, wrong(code)))
        assert.deepInclude({ ...refused }, { tries_left: left, reason: left > 0 ? "wrong_code" : "over" })
      }
      assert.deepInclude({ ...(yield* Effect.flip(give(challengeId, code))) }, { reason: "over" })
    }),
  )

  it.effect("is taken once, and counted rightly, however many try at the same moment", () =>
    Effect.gen(function* () {
      const who = somebody()
      const { challengeId } = yield* ask(who)
      const code = yield* codeOf(challengeId)
      const tries = Array.from({ length: 24 }, (_, index) => give(challengeId, index % 2 === 0 ? code : wrong(code)))
      const outcomes = yield* Effect.forEach(tries, Effect.result, { concurrency: "unbounded" })
      assert.isAtMost(outcomes.filter(Result.isSuccess).length, 1)
      const sql = yield* PgClient.PgClient
      const [row] = yield* sql<{ tries: number; state: string }>`
        select tries, state from otp_challenges where id = ${challengeId}`
      assert.isAtMost(row?.tries ?? 99, Limits.otpTries)
      assert.include(["verified", "burned"], row?.state)
    }),
  )

  it.effect("is good for five minutes and not a moment longer", () =>
    Effect.gen(function* () {
      const who = somebody()
      const { challengeId } = yield* ask(who)
      const code = yield* codeOf(challengeId)
      const late = yield* Effect.flip(later(Limits.otpLifetimeMs + 1, give(challengeId, code)))
      assert.deepInclude({ ...late }, { reason: "over" })
      yield* later(Limits.otpLifetimeMs - 1_000, give(challengeId, code))
    }),
  )

  it.effect("ends the one before: only the newest is good", () =>
    Effect.gen(function* () {
      const who = somebody()
      const first = yield* ask(who)
      const firstCode = yield* codeOf(first.challengeId)
      const second = yield* later(Limits.otpResendAfterMs, ask(who))
      assert.deepInclude({ ...(yield* Effect.flip(give(first.challengeId, firstCode))) }, { reason: "over" })
      const secondCode = yield* codeOf(second.challengeId)
      yield* later(Limits.otpResendAfterMs, give(second.challengeId, secondCode))
    }),
  )

  it.effect("of one challenge is none of another", () =>
    Effect.gen(function* () {
      const [one, other] = [somebody(), somebody()]
      const { challengeId: ofOne } = yield* ask(one)
      const { challengeId } = yield* ask(other)
      const [codeOfOne, codeOfOther] = [yield* codeOf(ofOne), yield* codeOf(challengeId)]
      if (codeOfOne !== codeOfOther) yield* Effect.flip(give(challengeId, codeOfOne))
      const unknown = yield* Effect.flip(give(randomUUID(), codeOfOne))
      assert.deepInclude({ ...unknown }, { reason: "over", tries_left: 0 })
    }),
  )

  it.effect("is sent at a kiosk to more shoppers than one address may ask for on own phones, whoever asked there", () =>
    Effect.gen(function* () {
      const at = (n: number) => ({ phone: `05281${String(n).padStart(5, "0")}`, client: "kiosk-and-phones" })
      for (let n = 0; n < Limits.otpSendsPerClient; n += 1) yield* ask(at(n))
      const refused = yield* Effect.flip(ask(at(90)))
      assert.strictEqual(refused._tag, "TooManyRequests")
      for (let n = 20; n <= 20 + Limits.otpSendsPerClient; n += 1) yield* ask(at(n), "kiosk")
    }),
  )

  it.effect("is limited by number and by address, also when they are asked for at the same moment", () =>
    Effect.gen(function* () {
      const who = somebody()
      const asked = Array.from({ length: 8 }, () => Effect.result(ask(who)))
      const outcomes = yield* Effect.forEach(asked, (one) => one, { concurrency: "unbounded" })
      assert.lengthOf(outcomes.filter(Result.isSuccess), 1)
      const { client } = somebody()
      const many = Array.from({ length: Limits.otpSendsPerClient + 4 }, () =>
        Effect.result(ask({ phone: somebody().phone, client })),
      )
      const sent = yield* Effect.forEach(many, (one) => one, { concurrency: "unbounded" })
      assert.lengthOf(sent.filter(Result.isSuccess), Limits.otpSendsPerClient)
    }),
  )

  it.effect("is not sent to what is no mobile number here, nor for a branch that is not there", () =>
    Effect.gen(function* () {
      const otp = yield* Otp
      const base = { client: "c", locale: "he", seat: "own_phone" } as const
      for (const [phone, reason] of [
        ["hello", "not_a_phone"],
        ["03-1234567", "not_a_mobile"],
        ["+442079460958", "country_not_served"],
      ] as const) {
        const refused = yield* Effect.flip(otp.request({ ...base, branchId, phone }))
        assert.deepInclude({ ...refused }, { status: 422, reason })
      }
      const nowhere = yield* Effect.flip(otp.request({ ...base, branchId: randomUUID(), phone: somebody().phone }))
      assert.deepInclude({ ...nowhere }, { status: 404 })
    }),
  )

  it.effect("and the number it went to stand nowhere in clear", () =>
    Effect.gen(function* () {
      const who = somebody()
      const { challengeId } = yield* ask(who)
      const code = yield* codeOf(challengeId)
      yield* give(challengeId, code)
      const sql = yield* PgClient.PgClient
      const rows = JSON.stringify([yield* sql`select * from otp_challenges`, yield* sql`select * from shoppers`])
      for (const hidden of [who.phone.slice(1), code, who.client]) assert.notInclude(rows, hidden)
    }),
  )

  it.effect("gives a long token on an own phone and a short one at a kiosk", () =>
    Effect.gen(function* () {
      const tokens = yield* ShopperTokens
      const who = somebody()
      const { challengeId } = yield* ask(who, "kiosk")
      const { shopper, seat } = yield* give(challengeId, yield* codeOf(challengeId))
      assert.strictEqual(seat, "kiosk")
      const short = yield* tokens.issue(shopper.id, seat)
      assert.strictEqual(short.expiresInSeconds, Limits.kioskTokenSeconds)
      assert.strictEqual((yield* tokens.issue(shopper.id, "own_phone")).expiresInSeconds, 30 * 24 * 3_600)
      assert.strictEqual(yield* tokens.verify(short.token), shopper.id)
      assert.isUndefined(yield* tokens.verify(`${short.token.slice(0, -2)}xx`))
    }),
  )
})
