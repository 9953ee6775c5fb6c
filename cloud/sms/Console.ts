/** A provider that writes what it would send to the log, the number covered: for a developer without a phone. Never in production. */
import { Effect } from "effect"
import { maskPhone } from "#core/domain/Phone.ts"
import { segmentsOf } from "./Segments.ts"
import type { SmsProvider } from "./Sms.ts"

export const consoleProvider: SmsProvider = {
  name: "console",
  send: ({ to, text, purpose }) =>
    Effect.as(Effect.logInfo(`SMS to ${maskPhone(to)} (${purpose}): ${text}`), {
      provider: "console",
      providerId: null,
      segments: segmentsOf(text),
    }),
}
