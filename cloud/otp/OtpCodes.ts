/** Codes: made by a generator nobody can foresee, kept only as a hash that needs the installation's secret to be tried. */
import { Context, Effect, Layer, Redacted } from "effect"
import { createHmac, hkdfSync, randomInt } from "node:crypto"
import { Limits } from "#core/Limits.ts"
import { SecretKey } from "../http/SecretKey.ts"

export class OtpCodes extends Context.Service<
  OtpCodes,
  {
    readonly newCode: Effect.Effect<string>
    /** The hash of a code in its challenge; the same code in another challenge has another. */
    readonly hashOf: (challengeId: string, code: string) => string
  }
>()("cartwise/cloud/otp/OtpCodes") {
  static readonly layer = Layer.effect(
    OtpCodes,
    Effect.map(SecretKey, (secret) => {
      const pepper = Buffer.from(hkdfSync("sha256", Redacted.value(secret), "cartwise/otp", "pepper", 32))
      return OtpCodes.of({
        newCode: Effect.sync(() => String(randomInt(10 ** Limits.otpDigits)).padStart(Limits.otpDigits, "0")),
        hashOf: (challengeId, code) => createHmac("sha256", pepper).update(`${challengeId}\n${code}`).digest("hex"),
      })
    }),
  )
}
