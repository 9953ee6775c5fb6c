/**
 * Access tokens of shoppers: JWT with an audience of their own, so that one of staff is none of a shopper and the other way
 * round. On an own phone it lasts as long as the installation says; at a kiosk only as long as one visit.
 */
import { Context, Effect, Layer, Redacted, Schema } from "effect"
import { jwtVerify, SignJWT } from "jose"
import { randomUUID } from "node:crypto"
import type { ShopperSeat } from "#core/api/ShopperRecords.ts"
import { ShopperId } from "#core/domain/Ids.ts"
import { Limits } from "#core/Limits.ts"
import { SecretKey } from "../http/SecretKey.ts"
import { Settings } from "../Settings.ts"

const issuer = "cartwise"
const audience = "cartwise-shopper"
const typ = "cw-shopper+jwt"
const isShopperId = Schema.is(ShopperId)

export interface ShopperToken {
  readonly token: string
  readonly expiresInSeconds: number
}

export class ShopperTokens extends Context.Service<
  ShopperTokens,
  {
    readonly issue: (shopperId: ShopperId, seat: ShopperSeat) => Effect.Effect<ShopperToken>
    /** Whose token it is; undefined if it is not ours, not a shopper's, or has run out. */
    readonly verify: (token: string) => Effect.Effect<ShopperId | undefined>
  }
>()("cartwise/cloud/otp/ShopperTokens") {
  static readonly layer = Layer.effect(
    ShopperTokens,
    Effect.gen(function* () {
      const key = new TextEncoder().encode(Redacted.value(yield* SecretKey))
      const { accessTokenDays } = yield* Settings
      return ShopperTokens.of({
        issue: (shopperId, seat) => {
          const expiresInSeconds = seat === "kiosk" ? Limits.kioskTokenSeconds : accessTokenDays * 24 * 3_600
          const signed = new SignJWT()
            .setProtectedHeader({ alg: "HS256", typ })
            .setSubject(shopperId)
            .setIssuer(issuer)
            .setAudience(audience)
            .setJti(randomUUID())
            .setIssuedAt()
            .setExpirationTime(`${expiresInSeconds}s`)
          return Effect.map(
            Effect.promise(() => signed.sign(key)),
            (token) => ({ token, expiresInSeconds }),
          )
        },
        verify: (token) =>
          Effect.tryPromise(() => jwtVerify(token, key, { issuer, audience, typ, algorithms: ["HS256"] })).pipe(
            Effect.map(({ payload }) => (isShopperId(payload.sub) ? payload.sub : undefined)),
            Effect.orElseSucceed(() => undefined),
          ),
      })
    }),
  )
}
