/**
 * A provider that keeps what is sent instead of sending it: the fake phones of demo and tests. Bounded; the oldest message
 * goes first. Never in production.
 */
import { Clock, Context, Effect, Layer } from "effect"
import { Limits } from "#core/Limits.ts"
import { segmentsOf } from "./Segments.ts"
import type { Outgoing, SmsProvider } from "./Sms.ts"

export interface InboxMessage extends Outgoing {
  readonly at: number
}

export class Inbox extends Context.Service<
  Inbox,
  SmsProvider & {
    /** Messages to a number, or to all, the newest first. */
    readonly messages: (to?: string) => ReadonlyArray<InboxMessage>
  }
>()("cartwise/cloud/sms/Inbox") {
  static readonly layer = Layer.sync(Inbox, () => {
    const kept: Array<InboxMessage> = []
    return Inbox.of({
      name: "inbox",
      send: (message) =>
        Effect.map(Clock.currentTimeMillis, (at) => {
          if (kept.length >= Limits.smsInboxMessages) kept.shift()
          kept.push({ ...message, at })
          return { provider: "inbox", providerId: message.key, segments: segmentsOf(message.text) }
        }),
      messages: (to) => kept.filter((message) => to === undefined || message.to === to).toReversed(),
    })
  })
}
