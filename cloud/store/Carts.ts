/** Carts, with the states of their twins and the bay each is placed in. */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer, Struct } from "effect"
import type { SqlError, Statement } from "effect/sql"
import type { AccessScope } from "#core/access/may.ts"
import type { Cart, CartType } from "#core/api/Records.ts"
import type { CartStatus } from "#core/domain/Cart.ts"
import { BayId, BoardAddress, BranchId, CartId, ControllerId, DeviceId, LockIndex } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import type { Stored } from "#twins/Stored.ts"
import { cartStatus, isLocked, regionWord } from "#twins/Words.ts"
import { scopeCondition } from "../access/scopeCondition.ts"
import { instantText, orderByText } from "./ListOrder.ts"
import { type Keyed, type Listed, pageOf, type Position } from "./Page.ts"
import { partOf } from "./partOf.ts"

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
export const selectCarts = (sql: PgClient.PgClient, key: Statement.Fragment = sql`''`) => sql`
        select c.id, c.branch_id, br.chain_id, b.controller_id, c.cart_number, c.assigned_to, c.last_used,
               c.maintenance_notes, c.cart_type, c.version, c.archived_at, c.bay_id, b.label as bay_label, co.device_id,
               co.controller_address, b.lock_index, t.value, t.revision, ch.simulated, c.created_at, c.updated_at,
               ${key} as sort_key
        from carts c
        join twins t on t.kind = 'cart' and t.id = c.id
        join branches br on br.id = c.branch_id
        join chains ch on ch.id = br.chain_id
        left join bays b on b.id = c.bay_id
        left join controllers co on co.id = b.controller_id`

/** The seed's word for a cart, as `cartStatus` makes it of the value of its twin. */
const statusOf = (sql: PgClient.PgClient) => sql`
  case when t.value->>'custody' = 'available' then case when t.value->>'dock' = 'secured' then 'available' else 'in_use' end
       when t.value->>'custody' in ('reserved', 'rented', 'overdue') then 'in_use' else 'maintenance' end`

export interface CartFilter {
  readonly scope: AccessScope
  readonly chainId?: string | undefined
  readonly branchId?: string | undefined
  /** A part of the number. */
  readonly q?: string | undefined
  readonly number?: string | undefined
  readonly status?: CartStatus | undefined
  readonly type?: CartType | undefined
  /** Whether it belongs in a bay. */
  readonly placed?: boolean | undefined
  /** Only retired ones, or none of them, as without it. */
  readonly archived?: boolean | undefined
}

export class Carts extends Context.Service<
  Carts,
  {
    /** Carts of a scope, retired ones only if asked for; whether a value is stale is a matter of its view. */
    readonly list: (at: Position, filter: CartFilter) => Effect.Effect<Listed<StoredCart>, SqlError.SqlError>
    /** The bay a cart is placed in; null if it is placed in none, or there is no such cart. */
    readonly bayOf: (cartId: string) => Effect.Effect<BayId | null, SqlError.SqlError>
  }
>()("cartwise/cloud/store/Carts") {
  static readonly layer = Layer.effect(
    Carts,
    Effect.map(PgClient.PgClient, (sql) => {
      return Carts.of({
        list: (at, { scope, chainId, branchId, q, number, status, type, placed, archived = false }) => {
          const order = orderByText(sql, at, sql`c.id`, {
            cart_number: sql`c.cart_number`,
            cart_type: sql`c.cart_type`,
            last_used: instantText(sql, sql`c.last_used`),
            created_at: instantText(sql, sql`c.created_at`),
            updated_at: instantText(sql, sql`c.updated_at`),
          })
          const fits = [
            order.after,
            sql`(c.archived_at is not null) = ${archived}`,
            scopeCondition(sql, scope, sql`br.chain_id`, sql`c.branch_id`),
            ...(chainId === undefined ? [] : [sql`br.chain_id = ${chainId}::uuid`]),
            ...(branchId === undefined ? [] : [sql`c.branch_id = ${branchId}::uuid`]),
            ...(q === undefined ? [] : [partOf(sql, q, [sql`c.cart_number`])]),
            ...(number === undefined ? [] : [sql`c.cart_number = ${number}`]),
            ...(status === undefined ? [] : [sql`${statusOf(sql)} = ${status}`]),
            ...(type === undefined ? [] : [sql`c.cart_type = ${type}`]),
            ...(placed === undefined ? [] : [sql`(c.bay_id is not null) = ${placed}`]),
          ]
          return Effect.map(
            sql<CartRow>`
              ${selectCarts(sql, order.key)}
              where ${sql.and(fits)}
              order by ${order.by} limit ${at.limit + 1}`,
            (rows) => pageOf(rows, at, toCart),
          )
        },
        bayOf: (cartId) =>
          Effect.map(sql<{ readonly bay_id: string | null }>`select bay_id from carts where id = ${cartId}`, ([row]) =>
            orNull(row?.bay_id ?? null, (id) => BayId.make(id)),
          ),
      })
    }),
  )
}
