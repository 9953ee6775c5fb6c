/** Carts as records that people make, change and retire. */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer, Struct } from "effect"
import type { SqlError } from "effect/sql"
import type { Cart } from "#core/api/Records.ts"
import { type CartRow, selectCarts, type StoredCart, toCart } from "./Carts.ts"

/** What people write of a cart. */
export type CartFields = Pick<Cart, "cart_number" | "cart_type" | "maintenance_notes">

export class CartRecords extends Context.Service<
  CartRecords,
  {
    /** A cart, retired ones too, and the chain it is of. */
    readonly get: (
      id: string,
    ) => Effect.Effect<{ readonly cart: StoredCart; readonly chainId: string } | undefined, SqlError.SqlError>
    /** Fails like any statement if the branch has such a number. */
    readonly insert: (
      cart: CartFields & { readonly id: string; readonly branch_id: string },
    ) => Effect.Effect<void, SqlError.SqlError>
    readonly update: (id: string, fields: CartFields) => Effect.Effect<void, SqlError.SqlError>
    /** Takes a retired cart out of its bay: from now on no device has a say about it. */
    readonly leave: (id: string) => Effect.Effect<void, SqlError.SqlError>
  }
>()("cartwise/cloud/store/CartRecords") {
  static readonly layer = Layer.effect(
    CartRecords,
    Effect.map(PgClient.PgClient, (sql) =>
      CartRecords.of({
        get: (id) =>
          Effect.map(sql<CartRow & { readonly chain_id: string }>`${selectCarts(sql)} where c.id = ${id}`, ([row]) =>
            row === undefined ? undefined : { cart: toCart(Struct.omit(row, ["chain_id"])), chainId: row.chain_id },
          ),
        insert: ({ id, branch_id, cart_number, cart_type, maintenance_notes }) =>
          Effect.asVoid(sql`
            insert into carts (id, branch_id, cart_number, cart_type, maintenance_notes)
            values (${id}, ${branch_id}, ${cart_number}, ${cart_type}, ${maintenance_notes})`),
        update: Effect.fnUntraced(function* (id, { cart_number, cart_type, maintenance_notes }) {
          yield* sql`
            update carts set cart_number = ${cart_number}, cart_type = ${cart_type},
              maintenance_notes = ${maintenance_notes}, updated_at = now()
            where id = ${id}`
          yield* sql`update twins set label = ${cart_number} where kind = 'cart' and id = ${id}`
        }),
        leave: Effect.fnUntraced(function* (id) {
          yield* sql`
            update carts set bay_id = null, registry_bay_id = null, archived_at = now(), updated_at = now() where id = ${id}`
          yield* sql`
            update twins set device_id = null, controller_id = null, placement = placement + 1, edge_seq = 0, fresh_at = null
            where kind = 'cart' and id = ${id}`
        }),
      }),
    ),
  )
}
