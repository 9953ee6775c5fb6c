/** Proving a phone number: a code is sent, and taken once. */
import { Effect, Option } from "effect"
import { HttpServerRequest } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { Api } from "#core/api/Api.ts"
import { Otp } from "../otp/Otp.ts"
import { ShopperTokens } from "../otp/ShopperTokens.ts"

export const ShoppersHttp = HttpApiBuilder.group(
  Api,
  "shoppers",
  Effect.fn(function* (handlers) {
    const otp = yield* Otp
    const tokens = yield* ShopperTokens
    return handlers.handleAll({
      requestOtp: Effect.fnUntraced(function* ({ payload: { phone, branch_id, locale = "he", seat = "own_phone" } }) {
        const { remoteAddress } = yield* HttpServerRequest.HttpServerRequest
        const client = Option.getOrElse(remoteAddress, () => "unknown")
        const sent = yield* Effect.catchTag(
          otp.request({ phone, branchId: branch_id, locale, seat, client }),
          "SqlError",
          Effect.die,
        )
        return {
          challenge_id: sent.challengeId,
          expires_in: sent.lifetimeMs / 1_000,
          resend_after_s: sent.resendAfterMs / 1_000,
          phone_masked: sent.phoneMasked,
        }
      }),
      verifyOtp: Effect.fnUntraced(function* ({ payload: { challenge_id, code } }) {
        const { shopper, seat } = yield* Effect.catchTag(otp.verify(challenge_id, code), "SqlError", Effect.die)
        const { token, expiresInSeconds } = yield* tokens.issue(shopper.id, seat)
        return {
          access_token: token,
          token_type: "Bearer" as const,
          expires_in: expiresInSeconds,
          shopper: { id: shopper.id, phone_masked: shopper.phoneMasked },
        }
      }),
    })
  }),
)
