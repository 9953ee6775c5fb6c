/**
 * Signed tokens of one kind: JWT, HS256 and nothing else, with a `typ`, an audience and a key of its own, so that a token of
 * one kind is none of another, whatever it claims. A header names no key and no address that anybody would look at.
 *
 * One program signs and verifies, so a shared key is enough; it is derived from the installation's secret and never leaves.
 */
import { Clock, Effect } from "effect"
import { type JWTPayload, jwtVerify, SignJWT } from "jose"
import { hkdfSync, randomUUID } from "node:crypto"
import { Limits } from "#core/Limits.ts"

const issuer = "cartwise"

export interface TokenKind {
  /** A token about `subject` that lives so many seconds. */
  readonly sign: (subject: string, seconds: number, claims?: JWTPayload) => Effect.Effect<string>
  /** What a token says; undefined if it is not ours, of another kind, not valid yet or any more, or too long. */
  readonly read: (token: string) => Effect.Effect<Claims | undefined>
}

type Claims = JWTPayload & { readonly sub: string }

const isInTime = ({ exp = 0, nbf = 0 }: Claims, nowMs: number): boolean => {
  const now = Math.floor(nowMs / 1_000)
  return now < exp && nbf <= now
}

/** Tokens of a kind, under a key derived from the secret for this kind alone. */
export const tokenKind = (
  secret: string,
  { typ, audience }: { readonly typ: string; readonly audience: string },
): TokenKind => {
  const key = new Uint8Array(hkdfSync("sha256", secret, "cartwise/tokens", audience, 32))
  /** Signatures that were right stay right: what such tokens say, the oldest first. Their times are looked at each time. */
  const verified = new Map<string, Claims>()
  const rules = { issuer, audience, typ, algorithms: ["HS256"], requiredClaims: ["sub", "iat", "exp", "jti"] }
  return {
    sign: (subject, seconds, claims = {}) =>
      Effect.flatMap(Clock.currentTimeMillis, (nowMs) => {
        const now = Math.floor(nowMs / 1_000)
        const token = new SignJWT({ ...claims })
          .setProtectedHeader({ alg: "HS256", typ })
          .setSubject(subject)
          .setIssuer(issuer)
          .setAudience(audience)
          .setJti(randomUUID())
          .setIssuedAt(now)
          .setExpirationTime(now + seconds)
        return Effect.promise(() => token.sign(key))
      }),
    read: Effect.fnUntraced(function* (token) {
      if (token.length > Limits.tokenCharacters) return undefined
      const nowMs = yield* Clock.currentTimeMillis
      const before = verified.get(token)
      if (before !== undefined && isInTime(before, nowMs)) return before
      const checked = Effect.tryPromise(() => jwtVerify(token, key, { ...rules, currentDate: new Date(nowMs) }))
      const payload = yield* Effect.orElseSucceed(
        Effect.map(checked, (result) => result.payload),
        () => undefined,
      )
      if (typeof payload?.sub !== "string") return undefined
      const claims = { ...payload, sub: payload.sub }
      const oldest = verified.keys().next()
      if (verified.size >= Limits.tokensVerified && oldest.done !== true) verified.delete(oldest.value)
      verified.set(token, claims)
      return claims
    }),
  }
}
