/** Carts, with the states of their twins and the bay each is placed in. */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer, Struct } from "effect"
import type { SqlError, Statement } from "effect/sql"
import type { Cart, CartType } from "#core/api/Records.ts"
import { BayId, BoardAddress, BranchId, CartId, ControllerId, DeviceId, LockIndex } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import type { Stored } from "#twins/Stored.ts"
import { cartStatus, isLocked, regionWord } from "#twins/Words.ts"
import { type Keyed, type Listed, pageOf, type Position } from "./Page.ts"

export type StoredCart = Omit<Cart, "stale" | "fresh_at">

export interface CartRow extends Keyed {
  readonly id: string
  readonly branch_id: string
  readonly controller_id: string | null
  readonly cart_number: string
  readonly assigned_to: string | null
  readonly last_used: Date | null
  readonly maintenance_notes: string | null
  readonly cart_type: CartType
  readonly version: number
  readonly archived_at: Date | null
  readonly bay_id: string | null
  readonly bay_label: string | null
  readonly device_id: string | null
  readonly controller_address: number | null
  readonly lock_index: number | null
  readonly value: Stored["value"]
  readonly revision: number
  readonly simulated: boolean
  readonly created_at: Date
  readonly updated_at: Date
}

const orNull = <A, B>(value: A | null, make: (value: A) => B): B | null => (value === null ? null : make(value))

/** A row as it is stored: how old it is, is a matter of its view. */
export const toCart = (row: CartRow): StoredCart => ({
  ...Struct.omit(row, ["sort_key", "value"]),
  id: CartId.make(row.id),
  branch_id: BranchId.make(row.branch_id),
  controller_id: orNull(row.controller_id, (id) => ControllerId.make(id)),
  locker_id: orNull(row.lock_index, (lockIndex) => lockIndex + 1),
  status: cartStatus(row.value),
  is_locked: isLocked(row.value),
  archived_at: orNull(row.archived_at, (at) => toInstant(at.getTime())),
  last_used: orNull(row.last_used, (at) => toInstant(at.getTime())),
  bay_id: orNull(row.bay_id, (id) => BayId.make(id)),
  device_id: orNull(row.device_id, (id) => DeviceId.make(id)),
  controller_address: orNull(row.controller_address, (address) => BoardAddress.make(address)),
  lock_index: orNull(row.lock_index, (lockIndex) => LockIndex.make(lockIndex)),
  dock: regionWord(row.value, "dock"),
  custody: regionWord(row.value, "custody"),
  created_at: toInstant(row.created_at.getTime()),
  updated_at: toInstant(row.updated_at.getTime()),
})

/** The statement of every cart with the state of its twin and its bay; a condition follows. */
export const selectCarts = (sql: PgClient.PgClient) => sql`
        select c.id, c.branch_id, br.chain_id, b.controller_id, c.cart_number, c.assigned_to, c.last_used,
               c.maintenance_notes, c.cart_type, c.version, c.archived_at, c.bay_id, b.label as bay_label, co.device_id,
               co.controller_address, b.lock_index, t.value, t.revision, ch.simulated, c.created_at, c.updated_at,
               c.cart_number as sort_key
        from carts c
        join twins t on t.kind = 'cart' and t.id = c.id
        join branches br on br.id = c.branch_id
        join chains ch on ch.id = br.chain_id
        left join bays b on b.id = c.bay_id
        left join controllers co on co.id = b.controller_id`

/** A page of those carts, by number. */
export const cartPage = (sql: PgClient.PgClient, at: Position, which: Statement.Fragment) =>
  Effect.map(
    sql<CartRow>`
      ${selectCarts(sql)}
      where ${which} and (${at.afterKey}::text is null
        or (c.cart_number, c.id::text) > (${at.afterKey}::text, ${at.afterId}::text))
      order by c.cart_number, c.id::text limit ${at.limit + 1}`,
    (rows) => pageOf(rows, at, toCart),
  )

export class Carts extends Context.Service<
  Carts,
  {
    /** What is stored of the carts of a branch; whether a value is stale is a matter of its view. */
    readonly list: (at: Position, branchId: string) => Effect.Effect<Listed<StoredCart>, SqlError.SqlError>
    /** The bay a cart is placed in; null if it is placed in none, or there is no such cart. */
    readonly bayOf: (cartId: string) => Effect.Effect<BayId | null, SqlError.SqlError>
  }
>()("cartwise/cloud/store/Carts") {
  static readonly layer = Layer.effect(
    Carts,
    Effect.map(PgClient.PgClient, (sql) => {
      return Carts.of({
        list: (at, branchId) => cartPage(sql, at, sql`c.branch_id = ${branchId} and c.archived_at is null`),
        bayOf: (cartId) =>
          Effect.map(sql<{ readonly bay_id: string | null }>`select bay_id from carts where id = ${cartId}`, ([row]) =>
            orNull(row?.bay_id ?? null, (id) => BayId.make(id)),
          ),
      })
    }),
  )
}
