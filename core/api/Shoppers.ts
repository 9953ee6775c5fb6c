/**
 * How a shopper proves a phone number: a code is sent, the code is given back, a token is had. What is answered does not
 * tell whether a number is known.
 */
import { Context, Schema } from "effect"
import {
  HttpApiEndpoint,
  HttpApiGroup,
  HttpApiMiddleware,
  HttpApiSchema,
  HttpApiSecurity,
  OpenApi,
} from "effect/http-api"
import { BranchId, ChallengeId, ShopperId } from "../domain/Ids.ts"
import { Instant } from "../domain/Instant.ts"
import { Text } from "../domain/Text.ts"
import {
  CodeRefused,
  NotFound,
  PhoneRefused,
  PresenceRequired,
  RentalRefused,
  TooManyRequests,
  Unauthorized,
  Unavailable,
} from "./Problems.ts"

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

/** A rental as its shopper may see it. */
export const MyRental = Schema.Struct({
  id: Schema.String,
  state: Schema.String,
  open: Schema.Boolean,
  branch_id: BranchId,
  /** Which cart, and the label on its bay. */
  cart_number: Schema.NullOr(Schema.String),
  bay_label: Schema.NullOr(Schema.String),
  picked_up_at: Schema.NullOr(Instant),
  due_at: Schema.NullOr(Instant),
  ended_at: Schema.NullOr(Instant),
  created_at: Instant,
})

/** Who asks: taken from the shopper's own token, which is none of staff. */
export class CurrentShopper extends Context.Service<CurrentShopper, { readonly id: ShopperId }>()(
  "cartwise/core/api/CurrentShopper",
) {}

export class ShopperAuthorization extends HttpApiMiddleware.Service<
  ShopperAuthorization,
  { provides: CurrentShopper }
>()("cartwise/core/api/ShopperAuthorization", {
  security: { bearer: HttpApiSecurity.bearer },
  error: Unauthorized,
}) {}

export class MeGroup extends HttpApiGroup.make("me")
  .add(
    HttpApiEndpoint.get("rental", "/me/rental", {
      success: Schema.Struct({ rental: Schema.NullOr(MyRental) }),
    }).annotate(
      OpenApi.Description,
      "The open rental of the shopper, or the one that ended last; null if there is none.",
    ),
    HttpApiEndpoint.post("rent", "/me/rental", {
      payload: Schema.Struct({ branch_id: BranchId }),
      success: Schema.Struct({ rental: MyRental }).pipe(HttpApiSchema.status(202)),
      error: [NotFound, RentalRefused],
    }).annotate(
      OpenApi.Description,
      "Chooses a cart, reserves it and opens its bay. A shopper has one open rental: asked again, it is refused and `GET` says which.",
    ),
  )
  .middleware(ShopperAuthorization)
  .annotateMerge(OpenApi.annotations({ title: "Me", description: "A shopper's own rental." })) {}

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
