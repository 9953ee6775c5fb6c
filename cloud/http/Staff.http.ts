/**
 * Signing in. A wrong address and a wrong password get the same answer after the same work. So few wait for that work
 * that the last of them is still answered soon; one more is told to come again.
 */
import { Effect, Option, Semaphore } from "effect"
import { HttpServerRequest } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { Api } from "#core/api/Api.ts"
import { SignInFailed, TooManyRequests } from "#core/api/Problems.ts"
import { Limits } from "#core/Limits.ts"
import { Users } from "../store/Users.ts"
import { Passwords } from "./Passwords.ts"
import { SignInThrottle } from "./SignInThrottle.ts"
import { Tokens } from "./Tokens.ts"

export const StaffHttp = HttpApiBuilder.group(
  Api,
  "staff",
  Effect.fn(function* (handlers) {
    const users = yield* Users
    const passwords = yield* Passwords
    const throttle = yield* SignInThrottle
    const tokens = yield* Tokens
    const places = yield* Semaphore.make(Limits.passwordHashesAtOnce + Limits.passwordHashesWaiting)
    return handlers.handleAll({
      login: Effect.fnUntraced(function* ({ payload: { email, password } }) {
        const request = yield* HttpServerRequest.HttpServerRequest
        const client = Option.getOrElse(request.remoteAddress, () => "unknown")
        const wait = yield* throttle.waitSeconds(email, client)
        if (wait > 0) return yield* new TooManyRequests({ retry_after_s: wait })
        const user = yield* Effect.orDie(users.byEmail(email))
        const fits = yield* places.withPermitsIfAvailable(1)(passwords.verify(password, user?.passwordHash))
        if (Option.isNone(fits)) return yield* new TooManyRequests({ retry_after_s: Limits.passwordRetrySeconds })
        if (user === undefined || !fits.value) {
          // Who tried is nobody's business in a log; how many may try is bounded above.
          yield* Effect.logWarning("a sign-in was refused", { "event.kind": "security", outcome: "refused" })
          return yield* new SignInFailed({})
        }
        const { userId, ...person } = user.person
        return {
          access_token: yield* tokens.issue(userId),
          token_type: "Bearer" as const,
          expires_in: Limits.staffTokenSeconds,
          user: { id: userId, ...person },
        }
      }),
    })
  }),
)
