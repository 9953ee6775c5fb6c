/** Shoppers: a number that was proved once in a chain. Nothing else is known of them. */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import type { ShopperLocale } from "#core/api/ShopperRecords.ts"
import { ShopperId } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"

export interface Shopper {
  readonly id: ShopperId
  readonly chainId: string
  readonly phoneMasked: string
  readonly locale: ShopperLocale
}

export interface NewShopper {
  readonly id: string
  readonly chainId: string
  readonly phoneName: string
  readonly phoneSealed: string
  readonly phoneMasked: string
  readonly locale: ShopperLocale
  readonly at: number
}

interface Row {
  readonly id: string
  readonly chain_id: string
  readonly phone_masked: string
  readonly locale: ShopperLocale
}

const toShopper = (row: Row): Shopper => ({
  id: ShopperId.make(row.id),
  chainId: row.chain_id,
  phoneMasked: row.phone_masked,
  locale: row.locale,
})

export class Shoppers extends Context.Service<
  Shoppers,
  {
    /** The shopper of a number in a chain, made if new; the language spoken last is kept. */
    readonly known: (shopper: NewShopper) => Effect.Effect<Shopper, SqlError.SqlError>
    readonly byId: (id: string) => Effect.Effect<Shopper | undefined, SqlError.SqlError>
  }
>()("cartwise/cloud/store/Shoppers") {
  static readonly layer = Layer.effect(
    Shoppers,
    Effect.map(PgClient.PgClient, (sql) =>
      Shoppers.of({
        known: (one) =>
          Effect.map(
            sql<Row>`
              insert into shoppers (id, chain_id, phone_name, phone_sealed, phone_masked, locale, created_at, updated_at)
              values (${one.id}, ${one.chainId}, ${one.phoneName}, ${one.phoneSealed}, ${one.phoneMasked}, ${one.locale},
                      ${toInstant(one.at)}, ${toInstant(one.at)})
              on conflict (chain_id, phone_name) do update set locale = excluded.locale, updated_at = excluded.updated_at
              returning id, chain_id, phone_masked, locale`,
            ([row]) =>
              toShopper(
                row ?? { id: one.id, chain_id: one.chainId, phone_masked: one.phoneMasked, locale: one.locale },
              ),
          ),
        byId: (id) =>
          Effect.map(sql<Row>`select id, chain_id, phone_masked, locale from shoppers where id = ${id}`, ([row]) =>
            row === undefined ? undefined : toShopper(row),
          ),
      }),
    ),
  )
}
