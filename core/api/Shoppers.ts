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
import { BranchId, type ShopperId } from "../domain/Ids.ts"
import { Text } from "../domain/Text.ts"
import {
  CodeRefused,
  NotFound,
  PhoneRefused,
  PresenceRequired,
  RentalNotChanged,
  RentalRefused,
  ReturnRefused,
  TooManyRequests,
  Unauthorized,
  Unavailable,
} from "./Problems.ts"
import {
  BranchNow,
  MyRental,
  MyRentalNow,
  OtpRequested,
  RequestOtp,
  ReturnIntentSaid,
  ReturnIntentTaken,
  type ShopperLocale,
  ShopperSignedIn,
  VerifyOtp,
} from "./ShopperRecords.ts"

/** Who asks: taken from the shopper's own token, which is none of staff. */
export class CurrentShopper extends Context.Service<
  CurrentShopper,
  {
    readonly id: ShopperId
    readonly chainId: string
    readonly phoneMasked: string
    readonly locale: ShopperLocale
  }
>()("cartwise/core/api/CurrentShopper") {}

export class ShopperAuthorization extends HttpApiMiddleware.Service<
  ShopperAuthorization,
  { provides: CurrentShopper }
>()("cartwise/core/api/ShopperAuthorization", {
  security: { bearer: HttpApiSecurity.bearer },
  error: [Unauthorized, TooManyRequests],
}) {}

export class MeGroup extends HttpApiGroup.make("me")
  .add(
    HttpApiEndpoint.get("rental", "/me/rental", {
      success: MyRentalNow,
    }).annotate(
      OpenApi.Description,
      "The open rental of the shopper, or the one that ended last; null if there is none.",
    ),
    HttpApiEndpoint.post("rent", "/me/rental", {
      payload: Schema.Struct({ branch_id: BranchId }),
      success: Schema.Struct({ rental: MyRental }).pipe(HttpApiSchema.status(202)),
      error: [NotFound, RentalRefused, TooManyRequests],
    }).annotate(
      OpenApi.Description,
      "Chooses a cart, reserves it and opens its bay. A shopper has one open rental: asked again, it is refused and `GET` says which.",
    ),
    HttpApiEndpoint.post("another", "/me/rental/another", {
      payload: Schema.Struct({ why: Schema.Literal("did_not_open") }),
      success: Schema.Struct({ rental: MyRental }).pipe(HttpApiSchema.status(202)),
      error: [NotFound, RentalRefused, RentalNotChanged, TooManyRequests],
    }).annotate(
      OpenApi.Description,
      "The shopper says that the cart does not come out of its bay, although its lock has opened: that rental ends, and another cart is chosen. A few times, then a person must look.",
    ),
    HttpApiEndpoint.post("returnIntent", "/me/rental/return-intent", {
      payload: ReturnIntentSaid,
      success: ReturnIntentTaken,
      error: [NotFound, RentalNotChanged, ReturnRefused],
    }).annotate(
      OpenApi.Description,
      "The shopper brings the cart back: the answer names a bay, and what comes into it in the next three minutes is theirs. With `bay_label` the shopper stands before that bay; with `done` the cart was just pushed in, and a return that waits to be told whose it is ends the rental.",
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
  .add(
    HttpApiEndpoint.get("publicStatus", "/branches/:id/public-status", {
      params: { id: Text.check(Schema.isBetweenLength(1, 100)) },
      success: BranchNow,
      error: NotFound,
    }).annotate(
      OpenApi.Description,
      "What everybody may know of a branch, by its id, or by its code where no other chain has the same: how many carts are free, and which bays hold a cart that is not latched.",
    ),
  )
  .annotateMerge(OpenApi.annotations({ title: "Shoppers", description: "Proving a phone number." })) {}
