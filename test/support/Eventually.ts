/**
 * Asks again and again until something holds, for facts that no event announces. It ends at the first success, so it
 * costs no more than the fact takes; after `timeoutMs` it fails with the last reason.
 */
import { Duration, Effect, Schedule } from "effect"

export const eventually = <T>(
  ask: () => T | Promise<T>,
  { timeoutMs = 20_000, everyMs = 25 }: { readonly timeoutMs?: number; readonly everyMs?: number } = {},
): Promise<T> =>
  Effect.tryPromise({ try: async () => await ask(), catch: (error) => error }).pipe(
    Effect.retry(
      Schedule.spaced(Duration.millis(everyMs)).pipe(Schedule.upTo({ duration: Duration.millis(timeoutMs) })),
    ),
    Effect.runPromise,
  )
