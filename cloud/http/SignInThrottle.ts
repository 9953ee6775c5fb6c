/**
 * Counts tries to sign in, by e-mail address and client: so many in a minute, then none until the minute is over. The
 * counters are bounded; when they are full the oldest goes.
 */
import { Clock, Context, Effect, Layer } from "effect"
import { Limits } from "#core/Limits.ts"

const windowMs = 60_000

export class SignInThrottle extends Context.Service<
  SignInThrottle,
  {
    /** Counts a try; gives the seconds to wait, 0 if it may go ahead. */
    readonly waitSeconds: (email: string, client: string) => Effect.Effect<number>
  }
>()("cartwise/cloud/http/SignInThrottle") {
  static readonly layer = Layer.sync(SignInThrottle, () => {
    const tries = new Map<string, { count: number; readonly since: number }>()
    return SignInThrottle.of({
      waitSeconds: Effect.fnUntraced(function* (email, client) {
        const now = yield* Clock.currentTimeMillis
        const key = `${email.toLowerCase()} ${client}`
        const known = tries.get(key)
        if (known === undefined || now - known.since >= windowMs) {
          tries.delete(key)
          const oldest = tries.keys().next()
          if (tries.size >= Limits.signInCounters && oldest.done !== true) tries.delete(oldest.value)
          tries.set(key, { count: 1, since: now })
          return 0
        }
        known.count += 1
        if (known.count <= Limits.signInTriesPerMinute) return 0
        return Math.ceil((known.since + windowMs - now) / 1_000)
      }),
    })
  })
}
