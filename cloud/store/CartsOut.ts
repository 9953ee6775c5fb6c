/** The carts of a branch that are not latched in their bay, each with the open rental that it is in. */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import type { CartOut } from "#core/api/ClosingSweep.ts"
import { BayId, CartId } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"

interface Row {
  readonly id: string
  readonly cart_number: string
  readonly custody: string
  readonly dock: string
  readonly bay_id: string | null
  readonly bay_label: string | null
  readonly rental_id: string | null
  readonly rental_state: string | null
  readonly due_at: Date | null
  readonly phone_masked: string | null
}

const toCartOut = (row: Row): CartOut => ({
  id: CartId.make(row.id),
  cart_number: row.cart_number,
  custody: row.custody,
  dock: row.dock,
  bay_id: row.bay_id === null ? null : BayId.make(row.bay_id),
  bay_label: row.bay_label,
  rental:
    row.rental_id === null
      ? null
      : {
          id: row.rental_id,
          state: row.rental_state ?? "unknown",
          due_at: row.due_at === null ? null : toInstant(row.due_at.getTime()),
          phone_masked: row.phone_masked ?? "",
        },
})

export class CartsOut extends Context.Service<
  CartsOut,
  {
    /** By number; carts in maintenance, retired or placed nowhere are left out. */
    readonly of: (branchId: string) => Effect.Effect<ReadonlyArray<CartOut>, SqlError.SqlError>
    /** The open rentals of a branch, the oldest first. */
    readonly rentalsOf: (branchId: string) => Effect.Effect<ReadonlyArray<string>, SqlError.SqlError>
  }
>()("cartwise/cloud/store/CartsOut") {
  static readonly layer = Layer.effect(
    CartsOut,
    Effect.map(PgClient.PgClient, (sql) =>
      CartsOut.of({
        of: (branchId) =>
          Effect.map(
            sql<Row>`
              select c.id, c.cart_number, t.value->>'custody' as custody, t.value->>'dock' as dock, c.bay_id,
                     b.label as bay_label, r.id as rental_id, r.state as rental_state, r.due_at, s.phone_masked
              from carts c
              join twins t on t.kind = 'cart' and t.id = c.id
              left join bays b on b.id = c.bay_id
              left join rentals r on r.cart_id = c.id and r.is_open
              left join shoppers s on s.id = r.shopper_id
              where c.branch_id = ${branchId} and c.archived_at is null and t.value->>'dock' <> 'secured'
                and t.value->>'custody' not in ('maintenance', 'retired', 'unplaced')
              order by c.cart_number, c.id`,
            (rows) => rows.map(toCartOut),
          ),
        rentalsOf: (branchId) =>
          Effect.map(
            sql<{ readonly id: string }>`
              select id from rentals where branch_id = ${branchId} and is_open order by created_at, id`,
            (rows) => rows.map(({ id }) => id),
          ),
      }),
    ),
  )
}
