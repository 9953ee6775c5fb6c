/** What a shopper's page asks the store: a branch as everybody may know it, and the place and state of a rental's bay. */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import { toInstant } from "#core/domain/Instant.ts"
import type { Stored } from "#twins/Stored.ts"
import { columns } from "./Columns.ts"
import { isLendable, isUsable } from "./LendableCarts.ts"
import { shownColumns, type ShownRental } from "./Rentals.ts"

export interface PublicBranch {
  readonly id: string
  readonly name: string
  readonly chainName: string
  readonly timezone: string
  readonly simulated: boolean
}

/** How many carts are there to be lent, bays to return to, and the labels of bays whose cart is not latched. */
export interface Availability {
  readonly freeCarts: number
  readonly freeBays: number
  readonly notLatched: ReadonlyArray<string>
}

export interface RentalBay {
  readonly id: string
  readonly label: string
  /** The labels of the row it stands in, from left to right; of its board by lock, if nobody has said how it stands. */
  readonly row: ReadonlyArray<string>
  readonly deviceId: string
  readonly deviceName: string
  readonly value: Stored["value"]
  readonly freshAt: Date | null
  readonly simulated: boolean
}

/** A rental of a shopper, with its bay once it has one. */
export interface RentalAndBay {
  readonly rental: ShownRental
  readonly bay: RentalBay | undefined
}

export class ShopperViews extends Context.Service<
  ShopperViews,
  {
    /** A branch in use, by its id or its code; undefined if there is none, or several have that code. */
    readonly branch: (idOrCode: string) => Effect.Effect<PublicBranch | undefined, SqlError.SqlError>
    readonly availability: (
      branchId: string,
      deviceIds: ReadonlyArray<string>,
      atMs: number,
    ) => Effect.Effect<Availability, SqlError.SqlError>
    /** The open rental of each shopper, or the one that ended last; who never had one is left out. */
    readonly rentalsOf: (
      shopperIds: ReadonlyArray<string>,
    ) => Effect.Effect<ReadonlyMap<string, RentalAndBay>, SqlError.SqlError>
    /** How many rentals of a shopper began since and failed. */
    readonly failedSince: (shopperId: string, atMs: number) => Effect.Effect<number, SqlError.SqlError>
  }
>()("cartwise/cloud/store/ShopperViews") {
  static readonly layer = Layer.effect(
    ShopperViews,
    Effect.map(PgClient.PgClient, (sql) =>
      ShopperViews.of({
        branch: (idOrCode) =>
          Effect.map(
            sql<PublicBranch>`
              select b.id, b.name, c.name as "chainName", b.timezone, c.simulated
              from branches b join chains c on c.id = b.chain_id
              where (b.id::text = ${idOrCode} or b.branch_code = ${idOrCode}) and b.active and c.active limit 2`,
            ([found, another]) => (another === undefined ? found : undefined),
          ),
        availability: (branchId, deviceIds, atMs) =>
          Effect.map(
            sql<Availability>`
              select count(*) filter (where ${isLendable(sql, deviceIds, atMs)})::int as "freeCarts",
                     count(*) filter (where b.value->>'latch' = 'empty' and ${isUsable(sql, deviceIds, atMs)})::int as "freeBays",
                     coalesce(jsonb_agg(b.label order by b.label)
                       filter (where b.value->'latch'->>'ajar' = 'unlatched'), '[]') as "notLatched"
              from twins b
              left join carts c on c.bay_id = b.id
              left join twins t on t.kind = 'cart' and t.id = c.id
              where b.kind = 'bay' and b.branch_id = ${branchId}
                and b.id not in (select id from bays where archived_at is not null)`,
            ([row]) => row ?? { freeCarts: 0, freeBays: 0, notLatched: [] },
          ),
        rentalsOf: (shopperIds) =>
          Effect.map(
            sql<RentalAndBayRow>`
              select r.shopper_id as "shopperId", ${shownColumns(sql)}, b.id as "bayId", co.device_id as "deviceId",
                     d.device_name as "deviceName", ch.simulated, t.value, t.fresh_at as "freshAt",
                     (select jsonb_agg(n.label order by n.row_place, n.lock_index) from bays n
                      where n.archived_at is null and case
                        when b.row_number is null then n.controller_id = co.id and n.row_number is null
                        else n.branch_id = b.branch_id and n.row_number = b.row_number end) as row
              from unnest(${columns.uuid(shopperIds, (id) => id)}) as s (id)
              cross join lateral (
                select * from rentals where shopper_id = s.id order by is_open desc, created_at desc limit 1
              ) r
              join chains ch on ch.id = r.chain_id
              left join carts c on c.id = r.cart_id
              left join bays b on b.id = r.bay_id
              left join controllers co on co.id = b.controller_id
              left join devices d on d.id = co.device_id
              left join twins t on t.kind = 'bay' and t.id = b.id`,
            (rows) => new Map(rows.map((row) => [row.shopperId, { rental: row, bay: bayOf(row) }])),
          ),
        failedSince: (shopperId, atMs) =>
          Effect.map(
            sql<{ readonly failed: number }>`
              select count(*)::int as failed from rentals
              where shopper_id = ${shopperId} and state = 'failed' and created_at > ${toInstant(atMs)}::timestamptz`,
            ([row]) => row?.failed ?? 0,
          ),
      }),
    ),
  )
}

interface RentalAndBayRow extends ShownRental {
  readonly shopperId: string
  readonly bayId: string | null
  readonly deviceId: string | null
  readonly deviceName: string
  readonly simulated: boolean
  readonly value: Stored["value"] | null
  readonly freshAt: Date | null
  readonly row: ReadonlyArray<string>
}

const bayOf = ({ bayId, bayLabel, deviceId, value, ...row }: RentalAndBayRow): RentalBay | undefined =>
  bayId === null || bayLabel === null || deviceId === null || value === null
    ? undefined
    : { ...row, id: bayId, label: bayLabel, deviceId, value }
