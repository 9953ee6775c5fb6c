/**
 * Access tokens of shoppers: JWT with an audience of their own, so that one of staff is none of a shopper and the other way
 * round. On an own phone it lasts as long as the installation says; at a kiosk only as long as one visit.
 */
import { Context, Effect, Layer, Redacted, Schema } from "effect"
import type { ShopperSeat } from "#core/api/ShopperRecords.ts"
import { ShopperId } from "#core/domain/Ids.ts"
import { Limits } from "#core/Limits.ts"
import { SecretKey } from "../http/SecretKey.ts"
import { tokenKind } from "../http/TokenKind.ts"
import { Settings } from "../Settings.ts"

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
      const kind = tokenKind(Redacted.value(yield* SecretKey), { typ: "cw-shopper+jwt", audience: "cartwise-shopper" })
      const { accessTokenDays } = yield* Settings
      return ShopperTokens.of({
        issue: (shopperId, seat) => {
          const expiresInSeconds = seat === "kiosk" ? Limits.kioskTokenSeconds : accessTokenDays * 24 * 3_600
          return Effect.map(kind.sign(shopperId, expiresInSeconds), (token) => ({ token, expiresInSeconds }))
        },
        verify: (token) =>
          Effect.map(kind.read(token), (claims) => (isShopperId(claims?.sub) ? claims.sub : undefined)),
      })
    }),
  )
}
