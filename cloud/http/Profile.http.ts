/** Whoever is signed in, about himself: password, second factor, the ticket to the live stream. */
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Api } from "#core/api/Api.ts"
import { CurrentPerson, type Person } from "#core/api/Authorization.ts"
import { AlreadyDone, SecondFactorRefused, SignInFailed, TooManyRequests } from "#core/api/Problems.ts"
import { Limits } from "#core/Limits.ts"
import { Audit, type Deed } from "../audit/Audit.ts"
import { LiveTickets } from "../live/LiveTickets.ts"
import { SecondFactors } from "../staff/SecondFactors.ts"
import { StaffSessions } from "../staff/StaffSessions.ts"
import { base32, otpauthUrl } from "../staff/Totp.ts"
import { Transaction } from "../store/Transaction.ts"
import { Users } from "../store/Users.ts"
import { PasswordTurns } from "./PasswordTurns.ts"
import { People } from "./People.ts"
import { SignInThrottle } from "./SignInThrottle.ts"

/** A line about oneself. */
const about = (person: Person, action: Deed["action"]): Deed => ({
  by: person,
  action,
  target: { kind: "user", id: person.userId },
})

export const ProfileHttp = HttpApiBuilder.group(
  Api,
  "profile",
  Effect.fn(function* (handlers) {
    const users = yield* Users
    const passwords = yield* PasswordTurns
    const throttle = yield* SignInThrottle
    const sessions = yield* StaffSessions
    const factors = yield* SecondFactors
    const people = yield* People
    const tickets = yield* LiveTickets
    const audit = yield* Audit
    const { run } = yield* Transaction

    return handlers.handleAll({
      get: Effect.fnUntraced(function* () {
        const { userId: id, email, name, grants } = yield* CurrentPerson
        const { isSet, recoveryCodesLeft } = yield* Effect.orDie(factors.stateOf(id))
        return { id, email, name, grants, second_factor: isSet, recovery_codes_left: recoveryCodesLeft }
      }),
      password: Effect.fnUntraced(function* ({ payload: { password, new_password } }) {
        const person = yield* CurrentPerson
        const wait = yield* throttle.waitSeconds(person.email, "signed in")
        if (wait > 0) return yield* new TooManyRequests({ retry_after_s: wait })
        const user = yield* Effect.orDie(users.guarded(person.userId))
        if (!(yield* passwords.verify(password, user?.passwordHash))) return yield* new SignInFailed({})
        const hash = yield* passwords.hash(new_password)
        const deed = Effect.gen(function* () {
          yield* users.setPassword(person.userId, hash)
          yield* sessions.endAllOf(person.userId, "password_set", person.sessionId)
          yield* audit.write(about(person, "user.password_set"))
        })
        yield* Effect.orDie(run(deed))
        yield* people.forget(person.userId)
        return { done: true }
      }),
      beginSecondFactor: Effect.fnUntraced(function* () {
        const { userId, email } = yield* CurrentPerson
        const secret = yield* Effect.orDie(factors.begin(userId))
        if (secret === undefined) return yield* new AlreadyDone({ detail: "Take the second factor away first." })
        return { secret: base32(secret), otpauth_url: otpauthUrl(secret, email) }
      }),
      confirmSecondFactor: Effect.fnUntraced(function* ({ payload: { code } }) {
        const person = yield* CurrentPerson
        const confirming = audit.during(factors.confirm(person.userId, code), (codes) =>
          codes === undefined ? undefined : about(person, "user.second_factor_set"),
        )
        const recovery_codes = yield* Effect.orDie(confirming)
        return recovery_codes === undefined ? yield* new SecondFactorRefused({}) : { recovery_codes }
      }),
      removeSecondFactor: Effect.fnUntraced(function* ({ payload: { code } }) {
        const person = yield* CurrentPerson
        const verdict = yield* Effect.orDie(factors.take(person.userId, code))
        if (verdict.was === "too_often") {
          return yield* new TooManyRequests({ retry_after_s: Math.ceil(verdict.waitMs / 1_000) })
        }
        if (verdict.was === "wrong") return yield* new SecondFactorRefused({})
        const removing = audit.during(factors.remove(person.userId), () => about(person, "user.second_factor_removed"))
        yield* Effect.orDie(removing)
        return { done: true }
      }),
      liveTicket: Effect.fnUntraced(function* () {
        const { userId, sessionId } = yield* CurrentPerson
        const ticket = yield* tickets.issue({ userId, sessionId })
        if (ticket === undefined) return yield* new TooManyRequests({ retry_after_s: Limits.liveTicketMs / 1_000 })
        return { ticket, expires_in: Limits.liveTicketMs / 1_000 }
      }),
    })
  }),
)
