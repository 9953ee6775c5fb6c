/**
 * Access tokens of staff: JWT, HS256, with issuer, audience and expiry. A token says who somebody is and nothing else:
 * role and standing are read from the database, so taking them away works within seconds.
 */
import { Context, Effect, Layer, Redacted } from "effect"
import { jwtVerify, SignJWT } from "jose"
import { randomUUID } from "node:crypto"
import { UserId } from "#core/domain/Ids.ts"
import { Limits } from "#core/Limits.ts"
import { SecretKey } from "./SecretKey.ts"
import { Schema } from "effect"

const issuer = "cartwise"
const audience = "cartwise-staff"
const isUserId = Schema.is(UserId)

export class Tokens extends Context.Service<
  Tokens,
  {
    readonly issue: (userId: UserId) => Effect.Effect<string>
    /** Whose token it is; undefined if it is not ours, not for this, or has run out. */
    readonly verify: (token: string) => Effect.Effect<UserId | undefined>
  }
>()("cartwise/cloud/http/Tokens") {
  static readonly layer = Layer.effect(
    Tokens,
    Effect.map(SecretKey, (secret) => {
      const key = new TextEncoder().encode(Redacted.value(secret))
      return Tokens.of({
        issue: (userId) =>
          Effect.promise(() =>
            new SignJWT()
              .setProtectedHeader({ alg: "HS256" })
              .setSubject(userId)
              .setIssuer(issuer)
              .setAudience(audience)
              .setJti(randomUUID())
              .setIssuedAt()
              .setExpirationTime(`${Limits.staffTokenSeconds}s`)
              .sign(key),
          ),
        verify: (token) =>
          Effect.tryPromise(() => jwtVerify(token, key, { issuer, audience, algorithms: ["HS256"] })).pipe(
            Effect.map(({ payload }) => (isUserId(payload.sub) ? payload.sub : undefined)),
            Effect.orElseSucceed(() => undefined),
          ),
      })
    }),
  )
}
