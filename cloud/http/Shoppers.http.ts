/** Before a shopper is known: what a branch has to lend, and proving a phone number by a code that is sent, and taken once. */
import { Clock, Effect, Option } from "effect"
import { HttpServerRequest } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { Api } from "#core/api/Api.ts"
import { NotFound } from "#core/api/Problems.ts"
import { BranchId } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { Otp } from "../otp/Otp.ts"
import { ShopperTokens } from "../otp/ShopperTokens.ts"
import { epochsOf } from "../rentals/Assignment.ts"
import { ShopperViews } from "../store/ShopperViews.ts"
import { Connections } from "../sync/Connections.ts"

export const ShoppersHttp = HttpApiBuilder.group(
  Api,
  "shoppers",
  Effect.fn(function* (handlers) {
    const otp = yield* Otp
    const tokens = yield* ShopperTokens
    const views = yield* ShopperViews
    const connections = yield* Connections
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
      publicStatus: Effect.fnUntraced(function* ({ params: { id } }) {
        const branch = yield* Effect.orDie(views.branch(id))
        if (branch === undefined) return yield* new NotFound({ detail: "There is no such branch." })
        const now = yield* Clock.currentTimeMillis
        const there = [...epochsOf(connections, now).keys()]
        const { freeCarts, freeBays, notLatched } = yield* Effect.orDie(views.availability(branch.id, there, now))
        return {
          id: BranchId.make(branch.id),
          name: branch.name,
          chain_name: branch.chainName,
          timezone: branch.timezone,
          simulated: branch.simulated,
          free_carts: freeCarts,
          free_bays: freeBays,
          not_latched: notLatched,
          now: toInstant(now),
        }
      }),
    })
  }),
)
