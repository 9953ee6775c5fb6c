/** Branches as records that people make, change and archive. */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import type { BranchHours } from "#core/api/Branches.ts"
import type { Branch } from "#core/api/Records.ts"
import { type BranchRow, toBranch } from "./Branches.ts"

/** What people write of a branch. */
export type BranchFields = Pick<
  Branch,
  "name" | "branch_code" | "address" | "city" | "latitude" | "longitude" | "timezone" | "active" | "cart_identity"
>

/** Whether carts are lent, and brought back, at a branch. */
export interface BranchSwitches {
  readonly lending: boolean
  readonly returning: boolean
}

type Stored = Effect.Effect<void, SqlError.SqlError>

const first = ([row]: ReadonlyArray<BranchRow>): Branch | undefined => (row === undefined ? undefined : toBranch(row))

export class BranchRecords extends Context.Service<
  BranchRecords,
  {
    readonly get: (id: string) => Effect.Effect<Branch | undefined, SqlError.SqlError>
    /** The branch, locked until the transaction ends. */
    readonly hold: (id: string) => Effect.Effect<Branch | undefined, SqlError.SqlError>
    /** Fails like any statement if the chain has such a code. */
    readonly insert: (branch: BranchFields & { readonly id: string; readonly chain_id: string }) => Stored
    readonly update: (id: string, fields: BranchFields) => Stored
    readonly archive: (id: string) => Stored
    readonly setSwitches: (id: string, switches: BranchSwitches) => Stored
    readonly hours: (id: string) => Effect.Effect<BranchHours, SqlError.SqlError>
    readonly setHours: (id: string, hours: BranchHours) => Stored
    /** What stands in the way of changing its code, and of archiving it. */
    readonly holdsOn: (
      id: string,
    ) => Effect.Effect<{ readonly devices: boolean; readonly rentals: boolean }, SqlError.SqlError>
  }
>()("cartwise/cloud/store/BranchRecords") {
  static readonly layer = Layer.effect(
    BranchRecords,
    Effect.map(PgClient.PgClient, (sql) =>
      BranchRecords.of({
        get: (id) =>
          Effect.map(
            sql<BranchRow>`
              select b.*, c.simulated, '' as sort_key from branches b join chains c on c.id = b.chain_id where b.id = ${id}`,
            first,
          ),
        hold: (id) =>
          Effect.map(
            sql<BranchRow>`
              select b.*, c.simulated, '' as sort_key from branches b join chains c on c.id = b.chain_id
              where b.id = ${id} for update of b`,
            first,
          ),
        insert: (branch) =>
          Effect.asVoid(sql`
            insert into branches (id, chain_id, name, branch_code, address, city, latitude, longitude, timezone, active, cart_identity)
            values (${branch.id}, ${branch.chain_id}, ${branch.name}, ${branch.branch_code}, ${branch.address},
              ${branch.city}, ${branch.latitude}::float8, ${branch.longitude}::float8, ${branch.timezone}, ${branch.active}, ${branch.cart_identity})`),
        update: (id, fields) =>
          Effect.asVoid(sql`
            update branches set name = ${fields.name}, branch_code = ${fields.branch_code}, address = ${fields.address},
              city = ${fields.city}, latitude = ${fields.latitude}::float8, longitude = ${fields.longitude}::float8,
              timezone = ${fields.timezone}, active = ${fields.active}, cart_identity = ${fields.cart_identity}, updated_at = now()
            where id = ${id}`),
        archive: (id) =>
          Effect.asVoid(sql`
            update branches set archived_at = now(), active = false, is_lending = false, updated_at = now()
            where id = ${id} and archived_at is null`),
        setSwitches: (id, { lending, returning }) =>
          Effect.asVoid(sql`
            update branches set is_lending = ${lending}, is_returning = ${returning}, updated_at = now()
            where id = ${id} and (is_lending, is_returning) is distinct from (${lending}::boolean, ${returning}::boolean)`),
        hours: (id) =>
          Effect.map(
            sql<{ readonly hours: BranchHours | null }>`select hours from branches where id = ${id}`,
            ([row]) => row?.hours ?? {},
          ),
        setHours: (id, hours) =>
          Effect.asVoid(
            sql`update branches set hours = ${sql.json(hours)}::jsonb, updated_at = now() where id = ${id}`,
          ),
        holdsOn: (id) =>
          Effect.map(
            sql<{ readonly devices: boolean; readonly rentals: boolean }>`
              select exists (select 1 from devices where branch_id = ${id}) as devices,
                     exists (select 1 from rentals where branch_id = ${id} and is_open) as rentals`,
            ([row]) => row ?? { devices: false, rentals: false },
          ),
      }),
    ),
  )
}
