/**
 * Sends what shoppers are told about their rentals, after it is kept and apart from everything else: nothing waits for a
 * provider. In the branch's night most of it waits for the morning. A message of which nobody knows whether it went out is
 * never sent again.
 */
import { Clock, Context, Effect, Latch, Layer, PubSub, Result } from "effect"
import type { SqlError } from "effect/sql"
import { Limits } from "#core/Limits.ts"
import { type Committed, Commits } from "../live/Commits.ts"
import { PhoneVault } from "../privacy/PhoneVault.ts"
import { mayGoElsewhere, Sms } from "../sms/Sms.ts"
import { type DueMessage, type MessageEnd, RentalMessages } from "../store/RentalMessages.ts"
import { isStillSo, purposes, quietUntil } from "./Telling.ts"
import { tellingText } from "./TellingText.ts"

export class TellShoppers extends Context.Service<
  TellShoppers,
  {
    /** Sends what is due now and gives how many messages it looked at. */
    readonly send: Effect.Effect<number, SqlError.SqlError>
  }
>()("cartwise/cloud/rentals/TellShoppers") {
  static readonly layer = Layer.effect(
    TellShoppers,
    Effect.gen(function* () {
      const messages = yield* RentalMessages
      const vault = yield* PhoneVault
      const sms = yield* Sms
      const commits = yield* Commits
      const rang = Latch.makeUnsafe(true)

      const attempt = Effect.fnUntraced(function* (message: DueMessage) {
        const { about, rentalId, shopperId, phoneSealed, chainId, locale } = message
        const phone = vault.unseal(phoneSealed, `shopper/${shopperId}`)
        if (Result.isFailure(phone)) return { state: "failed", outcome: "the number cannot be read" } as const
        const clock = (at: Date | null) => (at === null ? "" : timeText(at, message.timezone))
        const text = tellingText(locale, about, {
          cart: message.cart ?? "",
          bay: message.bay ?? "",
          due: clock(message.dueAt),
          ended: clock(message.endedAt),
        })
        // The same may be asked for again; everything else is said once.
        const key = `rental/${rentalId}/${about}${about === "asked" ? `/${message.writtenAt.getTime()}` : ""}`
        const ttlMs = Limits.rentalMessageLifetimeMs
        const now = yield* Clock.currentTimeMillis
        return yield* Effect.match(
          sms.send({ key, to: phone.success, text, purpose: purposes[about], chainId, ttlMs }),
          {
            onSuccess: ({ provider }): MessageEnd => ({ state: "sent", outcome: provider }),
            onFailure: (error): MessageEnd => {
              const outcome = error.reason
              if (outcome === "unknown") return { state: "unknown", outcome }
              const again =
                (mayGoElsewhere(error) || outcome === "throttled") &&
                message.attempts + 1 < Limits.rentalMessageAttempts
              return again
                ? { state: "due", outcome, dueAtMs: now + Limits.rentalMessageAgainMs, wasTried: true }
                : { state: "failed", outcome }
            },
          },
        )
      })

      const one = Effect.fnUntraced(function* (message: DueMessage) {
        const now = yield* Clock.currentTimeMillis
        const morning = quietUntil(message.about, message.timezone, now)
        const end: MessageEnd = !isStillSo(message.about, message.state)
          ? { state: "dropped", outcome: `it is ${message.state} now` }
          : morning !== null
            ? { state: "due", outcome: "night", dueAtMs: morning, wasTried: false }
            : yield* attempt(message)
        yield* messages.end(message, end)
      })

      const send = Effect.gen(function* () {
        const due = yield* messages.claim(yield* Clock.currentTimeMillis)
        yield* Effect.forEach(due, one, { discard: true })
        return due.length
      })
      const work = Effect.gen(function* () {
        yield* Effect.timeoutOption(rang.await, Limits.rentalMessageLookMs)
        rang.closeUnsafe()
        // A full hand: there may be more.
        if ((yield* send) === Limits.rentalMessagesAtOnce) rang.openUnsafe()
      }).pipe(
        Effect.catchCause((why) =>
          Effect.andThen(
            Effect.logWarning("messages to shoppers could not be sent and will be looked at again", why),
            Effect.sleep(Limits.sweepRetryMs),
          ),
        ),
      )
      const ring = ({ twins }: Committed): void => {
        if (twins.some(({ kind }) => kind === "rental")) rang.openUnsafe()
      }
      const subscription = yield* commits.subscribe
      yield* Effect.forkScoped(Effect.forever(Effect.map(PubSub.take(subscription), ring)))
      yield* Effect.forkScoped(Effect.forever(work))
      return TellShoppers.of({ send })
    }),
  )
}

/** The time of the day there, `14:05`. */
const timeText = (at: Date, timezone: string): string =>
  new Intl.DateTimeFormat("en-GB", { timeZone: timezone, hour: "2-digit", minute: "2-digit" }).format(at)
