/** Text messages about rentals in Postgres: due, claimed by whoever sends it, and what became of it. */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import type { ShopperLocale } from "#core/api/ShopperRecords.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import type { Telling } from "../rentals/Telling.ts"
import { columns } from "./Columns.ts"

/** A message that is to be sent as soon as it is kept. */
export interface NewMessage {
  readonly rentalId: string
  readonly about: Telling
  readonly at: number
}

/** A message that is to be sent now, claimed by the one who got it. */
export interface DueMessage {
  readonly rentalId: string
  readonly about: Telling
  readonly attempts: number
  readonly writtenAt: Date
  readonly chainId: string
  readonly shopperId: string
  readonly phoneSealed: string
  readonly locale: ShopperLocale
  readonly timezone: string
  readonly state: string
  readonly cart: string | null
  readonly bay: string | null
  readonly dueAt: Date | null
  readonly endedAt: Date | null
}

/** What became of a message: it goes no further, or waits until an instant. */
export type MessageEnd =
  | { readonly state: "sent" | "failed" | "unknown" | "dropped"; readonly outcome: string }
  | { readonly state: "due"; readonly outcome: string; readonly dueAtMs: number; readonly wasTried: boolean }

export class RentalMessages extends Context.Service<
  RentalMessages,
  {
    /** Part of the caller's transaction; one that there is already stays as it is. */
    readonly write: (messages: ReadonlyArray<NewMessage>) => Effect.Effect<void, SqlError.SqlError>
    /** The rentals whose shopper was told, after they had ended, that the cart is late. */
    readonly reminded: (
      ended: ReadonlyArray<{ readonly id: string; readonly endedAt: number }>,
    ) => Effect.Effect<ReadonlySet<string>, SqlError.SqlError>
    /** A reminder that a person asks for, again once the last is old enough; false if it is not. */
    readonly ask: (rentalId: string, atMs: number) => Effect.Effect<boolean, SqlError.SqlError>
    /** Claims what is due; what was claimed and never ended perhaps went out: it is unknown, and not sent again. */
    readonly claim: (atMs: number) => Effect.Effect<ReadonlyArray<DueMessage>, SqlError.SqlError>
    readonly end: (message: DueMessage, how: MessageEnd) => Effect.Effect<void, SqlError.SqlError>
  }
>()("cartwise/cloud/store/RentalMessages") {
  static readonly layer = Layer.effect(
    RentalMessages,
    Effect.map(PgClient.PgClient, (sql) =>
      RentalMessages.of({
        write: (messages) =>
          Effect.asVoid(sql`
            insert into rental_messages (rental_id, about, state, due_at, created_at)
            select r.rental_id, r.about, 'due', r.at, r.at
            from unnest(
              ${columns.uuid(messages, ({ rentalId }) => rentalId)},
              ${columns.text(messages, ({ about }) => about)},
              ${columns.instant(messages, ({ at }) => at)}
            ) as r (rental_id, about, at)
            on conflict (rental_id, about) do nothing`),
        ask: (rentalId, atMs) =>
          Effect.map(
            sql`
              insert into rental_messages (rental_id, about, state, due_at, created_at)
              values (${rentalId}, 'asked', 'due', ${toInstant(atMs)}, ${toInstant(atMs)})
              on conflict (rental_id, about) do update
              set state = 'due', due_at = excluded.due_at, created_at = excluded.created_at, attempts = 0, outcome = null
              where rental_messages.created_at <= ${toInstant(atMs - Limits.rentalRemindMs)}::timestamptz
              returning 1`,
            (rows) => rows.length > 0,
          ),
        reminded: (ended) =>
          Effect.map(
            sql<{ readonly id: string }>`
              select distinct r.id from unnest(
                ${columns.uuid(ended, ({ id }) => id)},
                ${columns.instant(ended, ({ endedAt }) => endedAt)}
              ) as r (id, ended_at)
              join rental_messages m on m.rental_id = r.id and m.about in ('overdue', 'lost')
                and m.state in ('sent', 'unknown') and m.tried_at > r.ended_at`,
            (rows) => new Set(rows.map(({ id }) => id)),
          ),
        claim: (atMs) => {
          const now = toInstant(atMs)
          const abandoned = toInstant(atMs - Limits.rentalMessageSendingMs)
          return sql<DueMessage>`
            with given_up as (
              update rental_messages set state = 'unknown', outcome = 'nobody knows'
              where state = 'sending' and tried_at < ${abandoned}::timestamptz
            ), claimed as (
              update rental_messages m set state = 'sending', tried_at = ${now}::timestamptz
              from (select rental_id, about from rental_messages
                    where state = 'due' and due_at <= ${now}::timestamptz
                    order by due_at limit ${Limits.rentalMessagesAtOnce} for update skip locked) d
              where m.rental_id = d.rental_id and m.about = d.about
              returning m.rental_id, m.about, m.attempts, m.created_at
            )
            select k.rental_id as "rentalId", k.about, k.attempts, k.created_at as "writtenAt", r.chain_id as "chainId", s.id as "shopperId",
                   s.phone_sealed as "phoneSealed", s.locale, br.timezone, r.state, c.cart_number as cart,
                   b.label as bay, r.due_at as "dueAt", r.ended_at as "endedAt"
            from claimed k join rentals r on r.id = k.rental_id join shoppers s on s.id = r.shopper_id
            join branches br on br.id = r.branch_id
            left join carts c on c.id = r.cart_id left join bays b on b.id = r.bay_id
            order by k.rental_id, k.about`
        },
        end: ({ rentalId, about }, how) => {
          const isDue = how.state === "due"
          return Effect.asVoid(sql`
            update rental_messages set state = ${how.state}, outcome = ${how.outcome},
              attempts = attempts + ${isDue && how.wasTried ? 1 : 0}
              ${isDue ? sql`, due_at = ${toInstant(how.dueAtMs)}` : sql``}
            where rental_id = ${rentalId} and about = ${about}`)
        },
      }),
    ),
  )
}
