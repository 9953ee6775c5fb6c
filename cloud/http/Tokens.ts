/**
 * Tokens of staff. An access token says who somebody is, and of which session it is, and nothing else: what one may do and
 * whether the session still lives are read from the database, so taking them away works within seconds. A ticket stands for
 * a password that was right, until the second factor is given too.
 */
import { Context, Effect, Layer, Redacted, Schema } from "effect"
import { SessionId, UserId } from "#core/domain/Ids.ts"
import { Limits } from "#core/Limits.ts"
import { SecretKey } from "./SecretKey.ts"
import { tokenKind } from "./TokenKind.ts"

const isUserId = Schema.is(UserId)
const isSessionId = Schema.is(SessionId)

/** Whose token it is, and of which session; one of none lives its own time. */
export interface StaffToken {
  readonly userId: UserId
  readonly sessionId: SessionId | undefined
}

export class Tokens extends Context.Service<
  Tokens,
  {
    readonly issue: (userId: UserId, sessionId?: SessionId) => Effect.Effect<string>
    /** Whose token it is; undefined if it is not ours, not for this, or has run out. */
    readonly verify: (token: string) => Effect.Effect<StaffToken | undefined>
    /** A ticket for the second factor. */
    readonly issueTicket: (userId: UserId) => Effect.Effect<string>
    readonly verifyTicket: (ticket: string) => Effect.Effect<UserId | undefined>
  }
>()("cartwise/cloud/http/Tokens") {
  static readonly layer = Layer.effect(
    Tokens,
    Effect.map(SecretKey, (secret) => {
      const access = tokenKind(Redacted.value(secret), { typ: "at+jwt", audience: "cartwise-staff" })
      const ticket = tokenKind(Redacted.value(secret), { typ: "cw-mfa+jwt", audience: "cartwise-second-factor" })
      return Tokens.of({
        issue: (userId, sessionId) =>
          access.sign(userId, Limits.staffTokenSeconds, sessionId === undefined ? {} : { sid: sessionId }),
        verify: (token) =>
          Effect.map(access.read(token), (claims) => {
            if (claims === undefined || !isUserId(claims.sub)) return undefined
            const { sub: userId, sid } = claims
            if (sid === undefined) return { userId, sessionId: undefined }
            return isSessionId(sid) ? { userId, sessionId: sid } : undefined
          }),
        issueTicket: (userId) => ticket.sign(userId, Limits.secondFactorTicketSeconds),
        verifyTicket: (text) =>
          Effect.map(ticket.read(text), (claims) => (isUserId(claims?.sub) ? claims.sub : undefined)),
      })
    }),
  )
}
