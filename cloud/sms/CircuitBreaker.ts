/**
 * Leaves a provider alone that fails again and again: after so many failures in a row nothing is sent to it for a while,
 * then one message tries it. A refusal that is the message's own fault says nothing about the provider.
 */
import { Clock, Effect } from "effect"
import { Limits } from "#core/Limits.ts"
import { SmsError, type SmsProvider, type SmsReason } from "./Sms.ts"

const itsOwnFault: ReadonlySet<SmsReason> = new Set(["transient", "unknown", "auth_failed", "no_credit", "throttled"])

export const withCircuitBreaker = (provider: SmsProvider): SmsProvider => {
  let failures = 0
  let closedUntilMs = 0
  const note = (error: SmsError, nowMs: number): void => {
    if (!itsOwnFault.has(error.reason)) return
    failures += 1
    if (failures >= Limits.smsFailuresUntilDown) closedUntilMs = nowMs + Limits.smsDownMs
  }
  return {
    name: provider.name,
    send: Effect.fnUntraced(function* (message) {
      const nowMs = yield* Clock.currentTimeMillis
      if (nowMs < closedUntilMs) {
        const message = `${provider.name} failed ${failures} times in a row and is left alone for a while.`
        return yield* new SmsError({ provider: provider.name, reason: "provider_down", message })
      }
      // Until this one is back the others keep away.
      if (failures >= Limits.smsFailuresUntilDown) closedUntilMs = nowMs + Limits.smsDownMs
      const sent = yield* Effect.tapError(provider.send(message), (error) =>
        Effect.map(Clock.currentTimeMillis, (atMs) => note(error, atMs)),
      )
      failures = 0
      closedUntilMs = 0
      return sent
    }),
  }
}
