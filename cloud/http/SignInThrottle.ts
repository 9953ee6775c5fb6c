/**
 * Counts tries to sign in, by client and by e-mail address and client: so many in a minute, then none until the minute
 * is over. What a client that tries too often tries is not counted further, so it cannot crowd others out. The counters
 * are bounded; when they are full the oldest goes.
 */
import { Clock, Context, Effect, Layer } from "effect"
import { Limits } from "#core/Limits.ts"

const windowMs = 60_000

/** Counts a try under a key; gives the seconds to wait, 0 if it may go ahead. */
const counter = (triesPerWindow: number) => {
  const tries = new Map<string, { count: number; readonly since: number }>()
  return (key: string, now: number): number => {
    const known = tries.get(key)
    if (known === undefined || now - known.since >= windowMs) {
      tries.delete(key)
      const oldest = tries.keys().next()
      if (tries.size >= Limits.signInCounters && oldest.done !== true) tries.delete(oldest.value)
      tries.set(key, { count: 1, since: now })
      return 0
    }
    known.count += 1
    return known.count <= triesPerWindow ? 0 : Math.ceil((known.since + windowMs - now) / 1_000)
  }
}

export class SignInThrottle extends Context.Service<
  SignInThrottle,
  {
    /** Counts a try; gives the seconds to wait, 0 if it may go ahead. */
    readonly waitSeconds: (email: string, client: string) => Effect.Effect<number>
  }
>()("cartwise/cloud/http/SignInThrottle") {
  static readonly layer = Layer.sync(SignInThrottle, () => {
    const ofClient = counter(Limits.signInTriesPerClientPerMinute)
    const ofPair = counter(Limits.signInTriesPerMinute)
    return SignInThrottle.of({
      waitSeconds: (email, client) =>
        Effect.map(
          Clock.currentTimeMillis,
          (now) => ofClient(client, now) || ofPair(`${email.toLowerCase()} ${client}`, now),
        ),
    })
  })
}
