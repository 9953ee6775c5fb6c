/**
 * Checking and hashing passwords for requests: so few wait for that work that the last of them is still answered soon; one
 * more is told to come again.
 */
import { Context, Effect, Layer, Option, Semaphore } from "effect"
import { TooManyRequests } from "#core/api/Problems.ts"
import { Limits } from "#core/Limits.ts"
import { Passwords } from "./Passwords.ts"

export class PasswordTurns extends Context.Service<
  PasswordTurns,
  {
    readonly verify: (password: string, hash: string | undefined) => Effect.Effect<boolean, TooManyRequests>
    readonly hash: (password: string) => Effect.Effect<string, TooManyRequests>
  }
>()("cartwise/cloud/http/PasswordTurns") {
  static readonly layer = Layer.effect(
    PasswordTurns,
    Effect.gen(function* () {
      const passwords = yield* Passwords
      const places = yield* Semaphore.make(Limits.passwordHashesAtOnce + Limits.passwordHashesWaiting)
      const inTurn = Effect.fnUntraced(function* <A>(work: Effect.Effect<A>) {
        const done = yield* places.withPermitsIfAvailable(1)(work)
        return Option.isSome(done)
          ? done.value
          : yield* new TooManyRequests({ retry_after_s: Limits.passwordRetrySeconds })
      })
      return PasswordTurns.of({
        verify: (password, hash) => inTurn(passwords.verify(password, hash)),
        hash: (password) => inTurn(passwords.hash(password)),
      })
    }),
  )
}
