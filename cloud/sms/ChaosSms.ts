/**
 * A provider that misbehaves as real ones do, from a seed: slow answers, lost ones (sent, and nobody knows), refusals. For
 * simulation and tests.
 */
import { Effect } from "effect"
import { randomOf } from "#core/Random.ts"
import { SmsError, type SmsProvider } from "./Sms.ts"

export interface SmsFaults {
  /** Each between 0 and 1. */
  readonly refused: number
  readonly lostAnswer: number
  readonly slow: number
  readonly slowMs: number
}

export const chaosProvider = (provider: SmsProvider, faults: SmsFaults, seed: number): SmsProvider => {
  const random = randomOf(seed, "sms")
  const fail = (reason: "transient" | "unknown", message: string) =>
    Effect.fail(new SmsError({ provider: "chaos", reason, message }))
  return {
    name: "chaos",
    send: Effect.fnUntraced(function* (message) {
      const slow = random.chance(faults.slow)
      const refused = random.chance(faults.refused)
      const lost = random.chance(faults.lostAnswer)
      if (slow) yield* Effect.sleep(faults.slowMs)
      if (refused) return yield* fail("transient", "refused by chaos")
      const sent = yield* provider.send(message)
      return lost ? yield* fail("unknown", "the answer was lost by chaos") : sent
    }),
  }
}
