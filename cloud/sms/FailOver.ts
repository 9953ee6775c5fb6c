/**
 * Several providers as one: the next is asked when the one before certainly did not send. After an `unknown` nobody else is
 * asked, because the message may be on its way.
 */
import { Effect } from "effect"
import { mayGoElsewhere, type SmsProvider } from "./Sms.ts"

export const withFailOver = (first: SmsProvider, ...others: ReadonlyArray<SmsProvider>): SmsProvider => ({
  name: [first, ...others].map(({ name }) => name).join(" > "),
  send: (message) =>
    others.reduce(
      (attempt, provider) =>
        Effect.catch(attempt, (error) =>
          mayGoElsewhere(error)
            ? Effect.andThen(
                Effect.logWarning("an SMS goes by another provider", { from: error.provider, reason: error.reason }),
                provider.send(message),
              )
            : Effect.fail(error),
        ),
      first.send(message),
    ),
})
