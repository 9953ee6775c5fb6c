/**
 * What passes between a shopper's page and the cloud, as plain schemas: the page is small and brings no HTTP contract with it.
 */
import { Schema } from "effect"
import { BranchId, ChallengeId, ShopperId } from "../domain/Ids.ts"
import { Instant } from "../domain/Instant.ts"
import { Text } from "../domain/Text.ts"

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

/** A rental as its shopper and staff may see it. */
export const ShownRental = Schema.Struct({
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

/** The bay of a rental: where to find it, and what it says of itself. */
export const MyBay = Schema.Struct({
  label: Schema.String,
  /** The labels of the bays it stands among, from left to right. */
  row: Schema.Array(Schema.String),
  /** The device it hangs on, by name: where in the shop it is. */
  where: Schema.String,
  /** The state of its machine's latch, for example `ajar.released`. */
  latch: Schema.String,
  /** When it was last read; null if never. */
  read_at: Schema.NullOr(Instant),
  /** It was not read for a while, so `latch` is only the last known state. */
  stale: Schema.Boolean,
})
export type MyBay = typeof MyBay.Type

/** A rental as its shopper sees it. */
export const MyRental = Schema.Struct({ ...ShownRental.fields, bay: Schema.NullOr(MyBay) })
export type MyRental = typeof MyRental.Type

/** The answer about the shopper's rental, and the server's time of it. */
export const MyRentalNow = Schema.Struct({ rental: Schema.NullOr(MyRental), now: Instant })

/** What a shopper says about bringing a cart back. */
export const ReturnIntentSaid = Schema.Struct({
  /** Where; left out, in the branch it was taken from. */
  branch_id: Schema.optionalKey(BranchId),
  /** The label of the bay the shopper stands before. */
  bay_label: Schema.optionalKey(Text.check(Schema.isBetweenLength(1, 40))),
  /** The cart stands in a bay already. */
  done: Schema.optionalKey(Schema.Boolean),
})

/** The bay to push it into; null if it was found to be there already. */
export const ReturnIntentTaken = Schema.Struct({ rental: MyRental, bay_label: Schema.NullOr(Schema.String) })

/** A branch as everybody may know it: no ids of carts or people. */
export const BranchNow = Schema.Struct({
  id: BranchId,
  name: Schema.String,
  chain_name: Schema.String,
  /** The zone of the times that are shown there. */
  timezone: Schema.String,
  simulated: Schema.Boolean,
  /** Carts that could be lent now, and bays that a cart could be pushed into. */
  free_carts: Schema.Int,
  free_bays: Schema.Int,
  /** Labels of the bays that hold a cart which the hook has not caught. */
  not_latched: Schema.Array(Schema.String),
  now: Instant,
})
export type BranchNow = typeof BranchNow.Type

/** What a shopper's hand does to a cart: pulls it out, pushes it home, or not far enough for the hook. */
export const ShopperHand = Schema.Literals(["take", "return", "mislatch"])
export type ShopperHand = typeof ShopperHand.Type

/** What a phone that does not exist has received. */
export const FakePhoneMessage = Schema.Struct({ text: Schema.String, at: Instant })
