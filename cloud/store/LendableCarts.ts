/**
 * Which carts can be lent now, and taking them for rentals that begin. A cart can be lent if it is available, latched in a bay
 * that is in service, believed, freshly read, on a device that is there, and in no open rental.
 */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import type { BranchId, ChainId, DeviceId } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import { columns } from "./Columns.ts"

/** A cart that is to be lent, its bay, and where its device is reached. */
export interface LendableCart {
  readonly cartId: string
  readonly bayId: string
  readonly deviceId: DeviceId
  readonly branchId: BranchId
  readonly chainId: ChainId
  readonly chainSlug: string
  readonly branchCode: string
}

export interface CartsWanted {
  /** How many, by branch. */
  readonly counts: ReadonlyMap<string, number>
  /** The devices that are there. */
  readonly deviceIds: ReadonlyArray<string>
  /** Carts that are not to be chosen again. */
  readonly excluded: ReadonlyArray<string>
  readonly atMs: number
  /** Waits for a bay that somebody else is writing to, instead of passing it over: only for one cart. */
  readonly isPatient: boolean
}

export class LendableCarts extends Context.Service<
  LendableCarts,
  {
    /**
     * The carts to lend, their bays and places locked, as many as there are: in each branch the one that was longest
     * unused, then the least used, then by number.
     */
    readonly choose: (wanted: CartsWanted) => Effect.Effect<ReadonlyArray<LendableCart>, SqlError.SqlError>
    /** Branches that have one to lend, somebody may be taking it. */
    readonly branchesWith: (
      branchIds: ReadonlyArray<string>,
      deviceIds: ReadonlyArray<string>,
      atMs: number,
    ) => Effect.Effect<ReadonlySet<string>, SqlError.SqlError>
  }
>()("cartwise/cloud/store/LendableCarts") {
  static readonly layer = Layer.effect(
    LendableCarts,
    Effect.map(PgClient.PgClient, (sql) =>
      LendableCarts.of({
        choose: ({ counts, deviceIds, excluded, atMs, isPatient }) => {
          const skip = isPatient ? sql`` : sql`skip locked`
          const branches = [...counts]
          return sql<LendableCart>`
            select x.cart_id as "cartId", x.bay_id as "bayId", x.device_id as "deviceId", br.id as "branchId",
                   br.chain_id as "chainId", ch.slug as "chainSlug", br.branch_code as "branchCode"
            from unnest(
              ${columns.uuid(branches, ([id]) => id)}, ${columns.bigint(branches, ([, count]) => count)}
            ) as w (branch_id, wanted)
            join branches br on br.id = w.branch_id
            join chains ch on ch.id = br.chain_id
            cross join lateral (
              select c.id as cart_id, c.bay_id, b.device_id
              from carts c
              join twins t on t.kind = 'cart' and t.id = c.id and t.branch_id = w.branch_id
              join twins b on b.kind = 'bay' and b.id = c.bay_id and b.branch_id = w.branch_id
              where c.branch_id = w.branch_id and not c.id = any(${columns.uuid(excluded, (id) => id)})
                and ${isLendable(sql, deviceIds, atMs)}
              order by (select max(r.created_at) from rentals r where r.cart_id = c.id) nulls first,
                       (select count(*) from rentals r where r.cart_id = c.id), c.cart_number
              limit w.wanted for no key update of b ${skip} for key share of c ${skip}
            ) x`
        },
        branchesWith: (branchIds, deviceIds, atMs) =>
          Effect.map(
            sql<{ readonly id: string }>`
              select w.id from unnest(${columns.uuid(branchIds, (id) => id)}) as w (id)
              where exists (
                select 1 from carts c
                join twins t on t.kind = 'cart' and t.id = c.id
                join twins b on b.kind = 'bay' and b.id = c.bay_id
                where c.branch_id = w.id and ${isLendable(sql, deviceIds, atMs)})`,
            (rows) => new Set(rows.map(({ id }) => id)),
          ),
      }),
    ),
  )
}

/** That a cart (`c`, twin `t`) can be lent from its bay's twin `b`. */
export const isLendable = (sql: PgClient.PgClient, deviceIds: ReadonlyArray<string>, atMs: number) => sql`
  t.value->>'custody' = 'available' and t.value->>'dock' = 'secured' and b.value->>'latch' = 'secured'
  and ${isUsable(sql, deviceIds, atMs)}
  and not exists (select 1 from rentals r where r.cart_id = c.id and r.is_open)`

/** That a bay (twin `b`) is in service, believed and freshly read, on a device that is there. */
export const isUsable = (sql: PgClient.PgClient, deviceIds: ReadonlyArray<string>, atMs: number) => sql`
  b.value->>'sensor' = 'trusted' and b.value->>'service' = 'inService'
  and b.fresh_at > ${toInstant(atMs - Limits.rentalFreshMs)}::timestamptz
  and b.device_id in (select e::uuid from jsonb_array_elements_text(${sql.json(deviceIds)}) as e)`
