/**
 * How a shopper proves a phone number: a code is sent, the code is given back, a token is had. What is answered does not
 * tell whether a number is known.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { BranchId, ChallengeId, ShopperId } from "../domain/Ids.ts"
import { Text } from "../domain/Text.ts"
import { CodeRefused, NotFound, PhoneRefused, PresenceRequired, TooManyRequests, Unavailable } from "./Problems.ts"

/** The languages shoppers are spoken to in. */
export const ShopperLocale = Schema.Literals(["he", "en", "ar", "ru"])
export type ShopperLocale = typeof ShopperLocale.Type

/** Where the shopper stands: at a kiosk nothing is remembered. */
export const ShopperSeat = Schema.Literals(["own_phone", "kiosk"])
export type ShopperSeat = typeof ShopperSeat.Type

export const RequestOtp = Schema.Struct({
  /** As typed: `050-1234567`, `+972501234567`. */
  phone: Text.check(Schema.isBetweenLength(1, 40)),
  branch_id: BranchId,
  locale: Schema.optionalKey(ShopperLocale),
  seat: Schema.optionalKey(ShopperSeat),
})

export const OtpRequested = Schema.Struct({
  challenge_id: ChallengeId,
  /** Seconds until the code is no longer good, and until another may be asked for. */
  expires_in: Schema.Int,
  resend_after_s: Schema.Int,
  /** The number as it may be shown. */
  phone_masked: Schema.String,
})

export const VerifyOtp = Schema.Struct({
  challenge_id: ChallengeId,
  code: Schema.String.check(Schema.isPattern(/^[0-9]{6}$/u)),
})

export const ShopperSignedIn = Schema.Struct({
  access_token: Schema.String,
  token_type: Schema.Literal("Bearer"),
  expires_in: Schema.Int,
  shopper: Schema.Struct({ id: ShopperId, phone_masked: Schema.String }),
})

export class ShoppersGroup extends HttpApiGroup.make("shoppers")
  .add(
    HttpApiEndpoint.post("requestOtp", "/auth/request-otp", {
      payload: RequestOtp,
      success: OtpRequested.pipe(HttpApiSchema.status(202)),
      error: [PhoneRefused, NotFound, TooManyRequests, PresenceRequired, Unavailable],
    }).annotate(OpenApi.Description, "Sends a code by SMS. The answer is the same whether or not the number is known."),
    HttpApiEndpoint.post("verifyOtp", "/auth/verify-otp", {
      payload: VerifyOtp,
      success: ShopperSignedIn,
      error: [CodeRefused, TooManyRequests, Unavailable],
    }).annotate(OpenApi.Description, "Takes a code once. Five wrong ones end it; a newer code ends the one before."),
  )
  .annotateMerge(OpenApi.annotations({ title: "Shoppers", description: "Proving a phone number." })) {}
