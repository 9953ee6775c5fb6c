/**
 * Proving a phone number: a code is made, kept as a hash, sent, and taken once. Whatever is known about the number, the
 * answer and the work are the same. The code leaves this process only in its message.
 */
import { Clock, Context, Effect, Layer, Result } from "effect"
import type { SqlError } from "effect/sql"
import { randomUUID } from "node:crypto"
import type { ShopperLocale, ShopperSeat } from "#core/api/ShopperRecords.ts"
import { NotFound, PhoneRefused, PresenceRequired, TooManyRequests, CodeRefused } from "#core/api/Problems.ts"
import { ChallengeId } from "#core/domain/Ids.ts"
import { isOfCountry, maskPhone, type Phone, readPhone } from "#core/domain/Phone.ts"
import { Limits } from "#core/Limits.ts"
import { Commits } from "../live/Commits.ts"
import { Families } from "../metrics/Families.ts"
import { Meters } from "../metrics/Meters.ts"
import { PhoneVault } from "../privacy/PhoneVault.ts"
import { Sms } from "../sms/Sms.ts"
import { Branches } from "../store/Branches.ts"
import { OtpChallenges } from "../store/OtpChallenges.ts"
import { type Shopper, Shoppers } from "../store/Shoppers.ts"
import { Transaction } from "../store/Transaction.ts"
import { Settings } from "../Settings.ts"
import { knownShopper } from "./knownShopper.ts"
import { OtpCodes } from "./OtpCodes.ts"
import { failureWait, mayRequest } from "./OtpLimits.ts"
import { otpText } from "./OtpText.ts"

/** A request for a code, as it came. */
export interface OtpRequest {
  readonly phone: string
  readonly branchId: string
  readonly locale: ShopperLocale
  readonly seat: ShopperSeat
  /** The network address it came from. */
  readonly client: string
}

export interface OtpSent {
  readonly challengeId: ChallengeId
  readonly phoneMasked: string
  readonly lifetimeMs: number
  readonly resendAfterMs: number
}

/** Who gave a right code, and where. */
export interface Proved {
  readonly shopper: Shopper
  readonly seat: ShopperSeat
}

/** Codes cost money: they go to the country of the shops only. */
const servedCountry = "+972"

const waitError = (waitMs: number) => new TooManyRequests({ retry_after_s: Math.max(1, Math.ceil(waitMs / 1_000)) })

export class Otp extends Context.Service<
  Otp,
  {
    readonly request: (
      request: OtpRequest,
    ) => Effect.Effect<OtpSent, PhoneRefused | NotFound | TooManyRequests | PresenceRequired | SqlError.SqlError>
    readonly verify: (
      challengeId: string,
      code: string,
    ) => Effect.Effect<Proved, CodeRefused | TooManyRequests | SqlError.SqlError>
  }
>()("cartwise/cloud/otp/Otp") {
  static readonly layer = Layer.effect(
    Otp,
    Effect.gen(function* () {
      const settings = yield* Settings
      const branches = yield* Branches
      const challenges = yield* OtpChallenges
      const shoppers = yield* Shoppers
      const transaction = yield* Transaction
      const vault = yield* PhoneVault
      const codes = yield* OtpCodes
      const sms = yield* Sms
      const meters = yield* Meters
      const commits = yield* Commits
      const scope = yield* Effect.scope
      const host = settings.publicUrl._tag === "Some" ? new URL(settings.publicUrl.value).hostname : undefined

      const count = (result: string) => Effect.sync(() => meters.count(Families.otp, { result }))

      /** Sends the code; nobody waits for it, and nobody is told how it went. */
      const deliver = (challengeId: string, phone: Phone, text: string, chainId: string) =>
        sms
          .send({ key: `otp/${challengeId}`, to: phone, text, purpose: "otp", chainId, ttlMs: Limits.otpLifetimeMs })
          .pipe(
            Effect.as("sent"),
            Effect.catch(({ provider, reason }) =>
              Effect.as(Effect.logWarning("a code could not be sent", { provider, reason, challengeId }), reason),
            ),
            Effect.tap((outcome) => challenges.noteSms(challengeId, outcome)),
            Effect.tap(() => commits.publish({ chains: [chainId] })),
            Effect.tap((outcome) => count(outcome === "sent" ? "sent" : "not_sent")),
            Effect.catchCause((cause) => Effect.logError("what became of a code could not be noted", cause)),
            Effect.forkIn(scope),
          )

      const request = Effect.fn("Otp.request")(function* ({
        phone: typed,
        branchId,
        locale,
        seat,
        client,
      }: OtpRequest) {
        const read = readPhone(typed)
        if (Result.isFailure(read)) return yield* new PhoneRefused({ reason: read.failure })
        const phone = read.success
        if (!isOfCountry(phone, servedCountry)) return yield* new PhoneRefused({ reason: "country_not_served" })
        const chainId = yield* branches.chainOf(branchId)
        if (chainId === undefined) return yield* new NotFound({})
        const id = ChallengeId.make(randomUUID())
        const code = yield* codes.newCode
        const who = { phoneName: vault.nameOf(phone, "otp"), clientName: vault.nameOf(client, "client"), chainId }
        const now = yield* Clock.currentTimeMillis
        const verdict = yield* transaction.run(
          Effect.gen(function* () {
            const verdict = mayRequest(yield* challenges.counts(who, now), seat === "kiosk")
            if (verdict.may !== "send") return verdict
            yield* challenges.open({
              ...who,
              id,
              branchId,
              phoneSealed: vault.seal(phone, `otp/${id}`),
              phoneMasked: maskPhone(phone),
              seat,
              locale,
              codeHash: codes.hashOf(id, code),
              createdAt: now,
              expiresAt: now + Limits.otpLifetimeMs,
            })
            return verdict
          }),
        )
        if (verdict.may === "wait") {
          yield* count("limited")
          meters.count(Families.rateLimitHits, { rule: `otp_${verdict.rule}` })
          return yield* waitError(verdict.waitMs)
        }
        if (verdict.may === "only_at_kiosk") return yield* new PresenceRequired({})
        yield* deliver(id, phone, otpText(locale, code, host), chainId)
        const { otpLifetimeMs: lifetimeMs, otpResendAfterMs: resendAfterMs } = Limits
        return { challengeId: id, phoneMasked: maskPhone(phone), lifetimeMs, resendAfterMs }
      })

      const verify = Effect.fn("Otp.verify")(function* (challengeId: string, code: string) {
        const now = yield* Clock.currentTimeMillis
        const failures = yield* challenges.failures(challengeId, now)
        const waitMs = failures === undefined ? 0 : failureWait(failures)
        if (waitMs > 0) return yield* waitError(waitMs)
        const outcome = yield* challenges.take(challengeId, codes.hashOf(challengeId, code), now)
        if ("triesLeft" in outcome) {
          yield* count("wrong")
          const { triesLeft: tries_left } = outcome
          return yield* new CodeRefused({ reason: tries_left > 0 ? "wrong_code" : "over", tries_left })
        }
        yield* count("verified")
        const { chainId, phoneSealed, phoneMasked, seat, locale } = outcome.taken
        const phone = Result.getOrThrow(vault.unseal(phoneSealed, `otp/${challengeId}`))
        const shopper = yield* knownShopper(vault, shoppers, { phone, phoneMasked, chainId, locale, at: now })
        return { shopper, seat }
      })

      return Otp.of({ request, verify })
    }),
  )
}
