/** A message, and a provider that does as it is told, for the tests of what stands around providers. */
import { Effect } from "effect"
import { Phone } from "#core/domain/Phone.ts"
import { type Outgoing, SmsError, type SmsProvider, type SmsReason } from "./Sms.ts"

export const phone = Phone.make("+972501234567")

export const message: Outgoing = {
  key: "rental-1/receipt",
  to: phone,
  text: "תודה",
  purpose: "receipt",
  chainId: "00000000-0000-4000-8000-000000000001",
  ttlMs: 60_000,
}

/** Answers each message with the next of the outcomes, and with success when there are no more. */
export const scripted = (name: string, outcomes: ReadonlyArray<SmsReason | "sent">) => {
  const asked: Array<Outgoing> = []
  const provider: SmsProvider = {
    name,
    send: (outgoing) => {
      const outcome = outcomes[asked.length] ?? "sent"
      asked.push(outgoing)
      return outcome === "sent"
        ? Effect.succeed({ provider: name, providerId: null, segments: 1 })
        : Effect.fail(new SmsError({ provider: name, reason: outcome, message: "as told" }))
    },
  }
  return { provider, asked }
}
