/**
 * Signing in. A wrong address and a wrong password get the same answer after the same work. So few wait for that work
 * that the last of them is still answered soon; one more is told to come again.
 */
import { Clock, Effect, Option } from "effect"
import { HttpServerRequest } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { Api } from "#core/api/Api.ts"
import type { Person } from "#core/api/Authorization.ts"
import { InvitationOver, SecondFactorRefused, SessionOver, SignInFailed, TooManyRequests } from "#core/api/Problems.ts"
import { Limits } from "#core/Limits.ts"
import { Audit } from "../audit/Audit.ts"
import { hashOfToken } from "../staff/OpaqueToken.ts"
import { SecondFactors } from "../staff/SecondFactors.ts"
import { type Continued, StaffSessions } from "../staff/StaffSessions.ts"
import { UserRecords } from "../staff/UserRecords.ts"
import { Transaction } from "../store/Transaction.ts"
import { Users } from "../store/Users.ts"
import { PasswordTurns } from "./PasswordTurns.ts"
import { People } from "./People.ts"
import { SignInThrottle } from "./SignInThrottle.ts"
import { Tokens } from "./Tokens.ts"

/** Who tried is nobody's business in a log; how many may try is bounded. */
const refused = (what: string) =>
  Effect.logWarning(`${what} was refused`, { "event.kind": "security", outcome: "refused" })

const client = Effect.map(HttpServerRequest.HttpServerRequest, ({ remoteAddress }) =>
  Option.getOrElse(remoteAddress, () => "unknown"),
)

export const StaffHttp = HttpApiBuilder.group(
  Api,
  "staff",
  Effect.fn(function* (handlers) {
    const users = yield* Users
    const records = yield* UserRecords
    const passwords = yield* PasswordTurns
    const throttle = yield* SignInThrottle
    const tokens = yield* Tokens
    const sessions = yield* StaffSessions
    const factors = yield* SecondFactors
    const people = yield* People
    const audit = yield* Audit
    const { run } = yield* Transaction

    /** The tokens of a session as they are given out. */
    const signedIn = Effect.fnUntraced(function* (person: Person, continued: Continued) {
      const { userId: id, email, name, grants } = person
      const now = yield* Clock.currentTimeMillis
      return {
        access_token: yield* tokens.issue(id, continued.sessionId),
        token_type: "Bearer" as const,
        expires_in: Limits.staffTokenSeconds,
        refresh_token: continued.refreshToken,
        refresh_expires_in: Math.floor((continued.refreshUntil - now) / 1_000),
        user: { id, email, name, grants },
      }
    })
    const begin = (person: Person, how: string) =>
      Effect.gen(function* () {
        const continued = yield* sessions.begin(person.userId)
        const details = { session_id: continued.sessionId, how }
        yield* audit.write({
          by: person,
          action: "session.begun",
          target: { kind: "user", id: person.userId },
          details,
        })
        return yield* signedIn(person, continued)
      }).pipe(run, Effect.orDie)
    const slowly = Effect.fnUntraced(function* (who: string) {
      const wait = yield* throttle.waitSeconds(who, yield* client)
      if (wait > 0) return yield* new TooManyRequests({ retry_after_s: wait })
    })

    return handlers.handleAll({
      login: Effect.fnUntraced(function* ({ payload: { email, password } }) {
        yield* slowly(email)
        const user = yield* Effect.orDie(users.byEmail(email))
        const fits = yield* passwords.verify(password, user?.passwordHash)
        if (user === undefined || !fits) {
          yield* refused("a sign-in")
          return yield* new SignInFailed({})
        }
        if (!user.hasSecondFactor) return yield* begin(user.person, "password")
        const ticket = yield* tokens.issueTicket(user.person.userId)
        return { mfa_required: true as const, ticket, expires_in: Limits.secondFactorTicketSeconds }
      }),
      mfa: Effect.fnUntraced(function* ({ payload: { ticket, code } }) {
        const userId = yield* tokens.verifyTicket(ticket)
        const person = userId === undefined ? undefined : yield* Effect.orDie(users.byId(userId))
        if (person === undefined) return yield* new SessionOver({})
        const verdict = yield* Effect.orDie(factors.take(person.userId, code))
        switch (verdict.was) {
          case "right":
            return yield* begin(person, verdict.byRecoveryCode ? "recovery_code" : "second_factor")
          case "too_often":
            return yield* new TooManyRequests({ retry_after_s: Math.ceil(verdict.waitMs / 1_000) })
          case "wrong":
            yield* refused("a second factor")
            return yield* new SecondFactorRefused({})
        }
      }),
      refresh: Effect.fnUntraced(function* ({ payload: { refresh_token } }) {
        const continued = yield* Effect.orDie(sessions.refresh(refresh_token))
        const person = continued && (yield* Effect.orDie(users.byId(continued.userId)))
        if (continued === undefined || person === undefined) return yield* new SessionOver({})
        return yield* signedIn(person, continued)
      }),
      logout: Effect.fnUntraced(function* ({ payload: { refresh_token } }) {
        const ended = yield* Effect.orDie(sessions.endByToken(refresh_token))
        if (ended !== undefined) yield* people.forget(ended.userId, ended.sessionId)
        return { done: true }
      }),
      acceptInvitation: Effect.fnUntraced(function* ({ payload: { token, password } }) {
        yield* slowly(hashOfToken(token))
        const hash = yield* passwords.hash(password)
        const accepted = Effect.gen(function* () {
          const userId = yield* records.takeInvitation(hashOfToken(token))
          if (userId === undefined) return undefined
          yield* users.setPassword(userId, hash)
          yield* sessions.endAllOf(userId, "password_set")
          yield* audit.write({ by: { userId }, action: "user.password_set", target: { kind: "user", id: userId } })
          return userId
        })
        const userId = yield* Effect.orDie(run(accepted))
        if (userId === undefined) return yield* new InvitationOver({})
        yield* people.forget(userId)
        return { done: true }
      }),
    })
  }),
)
