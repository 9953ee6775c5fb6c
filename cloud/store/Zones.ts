/** Zones: some bays of a branch together, and counts of the carts in the bays of a branch. */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import type { Zone } from "#core/api/Records.ts"
import { BranchId, ZoneId } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"

interface Row {
  readonly id: string
  readonly chain_id: string
  readonly branch_id: string
  readonly name: string
  readonly version: number
  readonly archived_at: Date | null
  readonly created_at: Date
  readonly updated_at: Date
}

/** A zone and the chain it is of. */
export interface StoredZone {
  readonly zone: Zone
  readonly chainId: string
}

const toZone = (row: Row): StoredZone => ({
  chainId: row.chain_id,
  zone: {
    id: ZoneId.make(row.id),
    branch_id: BranchId.make(row.branch_id),
    name: row.name,
    version: row.version,
    archived_at: row.archived_at === null ? null : toInstant(row.archived_at.getTime()),
    created_at: toInstant(row.created_at.getTime()),
    updated_at: toInstant(row.updated_at.getTime()),
  },
})

const first = ([row]: ReadonlyArray<Row>) => (row === undefined ? undefined : toZone(row))

export class Zones extends Context.Service<
  Zones,
  {
    /** The zones of a branch that are in use, by name. */
    readonly list: (branchId: string) => Effect.Effect<ReadonlyArray<Zone>, SqlError.SqlError>
    readonly get: (id: string) => Effect.Effect<StoredZone | undefined, SqlError.SqlError>
    /** The zone, locked until the transaction ends. */
    readonly hold: (id: string) => Effect.Effect<StoredZone | undefined, SqlError.SqlError>
    /** Fails like any statement if the branch has a zone of that name. */
    readonly insert: (zone: {
      readonly id: string
      readonly chainId: string
      readonly branchId: string
      readonly name: string
    }) => Effect.Effect<void, SqlError.SqlError>
    readonly rename: (id: string, name: string) => Effect.Effect<void, SqlError.SqlError>
    /** Takes it out of use; its bays are in no zone then. */
    readonly archive: (id: string) => Effect.Effect<void, SqlError.SqlError>
  }
>()("cartwise/cloud/store/Zones") {
  static readonly layer = Layer.effect(
    Zones,
    Effect.map(PgClient.PgClient, (sql) =>
      Zones.of({
        list: (branchId) =>
          Effect.map(
            sql<Row>`select * from zones where branch_id = ${branchId} and archived_at is null order by name, id`,
            (rows) => rows.map((row) => toZone(row).zone),
          ),
        get: (id) => Effect.map(sql<Row>`select * from zones where id = ${id}`, first),
        hold: (id) => Effect.map(sql<Row>`select * from zones where id = ${id} for update`, first),
        insert: ({ id, chainId, branchId, name }) =>
          Effect.asVoid(sql`
            insert into zones (id, chain_id, branch_id, name) values (${id}, ${chainId}, ${branchId}, ${name})`),
        rename: (id, name) => Effect.asVoid(sql`update zones set name = ${name}, updated_at = now() where id = ${id}`),
        archive: Effect.fnUntraced(function* (id) {
          yield* sql`update bays set zone_id = null where zone_id = ${id}`
          yield* sql`
            update zones set archived_at = now(), updated_at = now() where id = ${id} and archived_at is null`
        }),
      }),
    ),
  )
}
