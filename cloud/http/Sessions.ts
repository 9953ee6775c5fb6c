/** Everything signing in needs, for staff and for shoppers. */
import { Layer } from "effect"
import { Otp } from "../otp/Otp.ts"
import { OtpCodes } from "../otp/OtpCodes.ts"
import { ShopperTokens } from "../otp/ShopperTokens.ts"
import { PhoneVault } from "../privacy/PhoneVault.ts"
import { SmsChoice } from "../sms/SmsChoice.ts"
import { Passwords } from "./Passwords.ts"
import { People } from "./People.ts"
import { SecretKey } from "./SecretKey.ts"
import { SignInThrottle } from "./SignInThrottle.ts"
import { Tokens } from "./Tokens.ts"

/** What proves a shopper's number. */
const ShopperSessions = Layer.mergeAll(Otp.layer, ShopperTokens.layer).pipe(
  Layer.provide(Layer.mergeAll(OtpCodes.layer, PhoneVault.layer)),
  Layer.provide(SecretKey.layer),
  Layer.provideMerge(SmsChoice),
)

export const Sessions = People.layer.pipe(
  Layer.provideMerge(Tokens.layer),
  Layer.provide(SecretKey.layer),
  Layer.merge(Layer.mergeAll(Passwords.layer, SignInThrottle.layer, ShopperSessions)),
)
