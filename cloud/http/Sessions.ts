/** Everything signing in needs, for staff and for shoppers. */
import { Layer } from "effect"
import { Otp } from "../otp/Otp.ts"
import { OtpCodes } from "../otp/OtpCodes.ts"
import { ShopperTokens } from "../otp/ShopperTokens.ts"
import { PhoneVault } from "../privacy/PhoneVault.ts"
import { SmsChoice } from "../sms/SmsChoice.ts"
import { LiveTickets } from "../live/LiveTickets.ts"
import { SecondFactors } from "../staff/SecondFactors.ts"
import { StaffSessions } from "../staff/StaffSessions.ts"
import { UserAdmin } from "../staff/UserAdmin.ts"
import { UserRecords } from "../staff/UserRecords.ts"
import { Passwords } from "./Passwords.ts"
import { PasswordTurns } from "./PasswordTurns.ts"
import { People } from "./People.ts"
import { RequestRates } from "./RequestRates.ts"
import { SecretKey } from "./SecretKey.ts"
import { SignInThrottle } from "./SignInThrottle.ts"
import { TenantTurns } from "./TenantTurns.ts"
import { Tokens } from "./Tokens.ts"

/** What proves a shopper's number. */
const ShopperSessions = Layer.mergeAll(Otp.layer, ShopperTokens.layer).pipe(
  Layer.provide(OtpCodes.layer),
  Layer.provideMerge(PhoneVault.layer),
  Layer.provide(SecretKey.layer),
  Layer.provideMerge(SmsChoice),
)

/** What lets staff in. */
const StaffSignIn = Layer.mergeAll(UserAdmin.layer, PasswordTurns.layer, LiveTickets.layer).pipe(
  Layer.provideMerge(People.layer),
  Layer.provideMerge(Layer.mergeAll(Tokens.layer, StaffSessions.layer, SecondFactors.layer, UserRecords.layer)),
  Layer.provide(SecretKey.layer),
  Layer.provideMerge(PhoneVault.layer),
)

export const Sessions = StaffSignIn.pipe(
  Layer.provideMerge(
    Layer.mergeAll(Passwords.layer, SignInThrottle.layer, RequestRates.layer, TenantTurns.layer, ShopperSessions),
  ),
)
