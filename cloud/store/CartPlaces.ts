/** Where carts are placed: the bay each belongs in, and with it the device that writes its dock, by revision. */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import { BayId, CartId } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"

export interface CartPlace {
  readonly cartId: CartId
  readonly chainId: string
  readonly branchId: string
  readonly number: string
  readonly bayId: BayId | null
  readonly deviceId: string | null
  readonly placement: number
}

export interface BayPlace {
  readonly bayId: BayId
  readonly chainId: string
  readonly branchId: string
  readonly controllerId: string
  readonly deviceId: string
  readonly label: string
  /** The cart that is placed in it. */
  readonly cartId: CartId | null
  /** False if its device runs a program that takes no configuration. */
  readonly takesConfig: boolean
}

/** A cart put into a bay under a placement. */
export interface Placed {
  readonly cartId: CartId
  readonly bay: BayPlace
  readonly placement: number
}

interface CartRow {
  readonly id: string
  readonly chain_id: string
  readonly branch_id: string
  readonly cart_number: string
  readonly bay_id: string | null
  readonly device_id: string | null
  readonly placement: number
}

interface BayRow {
  readonly id: string
  readonly chain_id: string
  readonly branch_id: string
  readonly controller_id: string
  readonly device_id: string
  readonly label: string
  readonly cart_id: string | null
  readonly takes_config: boolean
}

export class CartPlaces extends Context.Service<
  CartPlaces,
  {
    /** The named carts, locked against every other placement and command until the transaction ends. */
    readonly hold: (cartIds: ReadonlyArray<string>) => Effect.Effect<ReadonlyArray<CartPlace>, SqlError.SqlError>
    readonly bays: (bayIds: ReadonlyArray<string>) => Effect.Effect<ReadonlyArray<BayPlace>, SqlError.SqlError>
    /** True if a command for the cart or one of the bays may still act. */
    readonly isAwaited: (
      cartId: string,
      bayIds: ReadonlyArray<string>,
      atMs: number,
    ) => Effect.Effect<boolean, SqlError.SqlError>
    /** Puts carts into bays; their device begins anew with them. */
    readonly put: (placed: ReadonlyArray<Placed>) => Effect.Effect<void, SqlError.SqlError>
  }
>()("cartwise/cloud/store/CartPlaces") {
  static readonly layer = Layer.effect(
    CartPlaces,
    Effect.map(PgClient.PgClient, (sql) =>
      CartPlaces.of({
        hold: (cartIds) =>
          Effect.map(
            sql<CartRow>`
              select c.id, br.chain_id, c.branch_id, c.cart_number, c.bay_id, co.device_id, t.placement
              from carts c
              join branches br on br.id = c.branch_id
              join twins t on t.kind = 'cart' and t.id = c.id
              left join bays b on b.id = c.bay_id
              left join controllers co on co.id = b.controller_id
              where c.id in (select e::uuid from jsonb_array_elements_text(${sql.json(cartIds)}) as e)
              order by c.id
              for update of c`,
            (rows) =>
              rows.map((row) => ({
                cartId: CartId.make(row.id),
                chainId: row.chain_id,
                branchId: row.branch_id,
                number: row.cart_number,
                bayId: row.bay_id === null ? null : BayId.make(row.bay_id),
                deviceId: row.device_id,
                placement: row.placement,
              })),
          ),
        bays: (bayIds) =>
          Effect.map(
            sql<BayRow>`
              select b.id, br.chain_id, b.branch_id, b.controller_id, co.device_id, b.label, c.id as cart_id,
                     (s.device_id is null or cf.device_id is not null) as takes_config
              from bays b
              join branches br on br.id = b.branch_id
              join controllers co on co.id = b.controller_id
              left join carts c on c.bay_id = b.id
              left join device_sessions s on s.device_id = co.device_id
              left join device_configs cf on cf.device_id = co.device_id
              where b.archived_at is null
                and b.id in (select e::uuid from jsonb_array_elements_text(${sql.json(bayIds)}) as e)`,
            (rows) =>
              rows.map((row) => ({
                bayId: BayId.make(row.id),
                chainId: row.chain_id,
                branchId: row.branch_id,
                controllerId: row.controller_id,
                deviceId: row.device_id,
                label: row.label,
                cartId: row.cart_id === null ? null : CartId.make(row.cart_id),
                takesConfig: row.takes_config,
              })),
          ),
        isAwaited: (cartId, bayIds, atMs) =>
          Effect.map(
            sql`
              select 1 from commands
              where stage in ('created', 'sent', 'accepted', 'executing', 'executed')
                and (expires_at > ${toInstant(atMs)}::timestamptz or stage in ('accepted', 'executing', 'executed'))
                and (cart_id = ${cartId} or target_id in (
                  select e::uuid from jsonb_array_elements_text(${sql.json(bayIds)}) as e))
              limit 1`,
            (rows) => rows.length > 0,
          ),
        put: Effect.fnUntraced(function* (placed) {
          if (placed.length === 0) return
          const rows = placed.map(({ cartId, bay, placement }) => ({
            id: cartId,
            bay_id: bay.bayId,
            branch_id: bay.branchId,
            device_id: bay.deviceId,
            controller_id: bay.controllerId,
            placement,
          }))
          yield* sql`
            update carts c set bay_id = r.bay_id, branch_id = r.branch_id, updated_at = now()
            from jsonb_to_recordset(${sql.json(rows)}) as r (id uuid, bay_id uuid, branch_id uuid)
            where c.id = r.id`
          yield* sql`
            update twins t set device_id = r.device_id, controller_id = r.controller_id, branch_id = r.branch_id,
              placement = r.placement, edge_seq = 0, fresh_at = null
            from jsonb_to_recordset(${sql.json(rows)}) as r (
              id uuid, branch_id uuid, device_id uuid, controller_id uuid, placement bigint)
            where t.kind = 'cart' and t.id = r.id`
        }),
      }),
    ),
  )
}
