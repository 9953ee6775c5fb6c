/** Bays as records that people install, change and take out of use. */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import type { Bay } from "#core/api/Records.ts"
import { type BayRow, selectBays, type StoredBay, toBay } from "./Bays.ts"

/** What people write of a bay. */
export type BayFields = Pick<Bay, "label" | "lock_index" | "zone_id" | "is_accessible">

export interface NewBayRow extends BayFields {
  readonly id: string
  readonly branch_id: string
  readonly controller_id: string
}

/** A bay and the chain it is of. */
export interface FoundBay {
  readonly bay: StoredBay
  readonly chainId: string
}

type Found = Effect.Effect<FoundBay | undefined, SqlError.SqlError>
type Stored = Effect.Effect<void, SqlError.SqlError>

const first = ([row]: ReadonlyArray<BayRow>): FoundBay | undefined =>
  row === undefined ? undefined : { bay: toBay(row), chainId: row.chain_id }

export class BayRecords extends Context.Service<
  BayRecords,
  {
    /** A bay, archived ones too. */
    readonly get: (id: string) => Found
    /** The same, locked until the transaction ends. */
    readonly hold: (id: string) => Found
    /** Fails like any statement if another bay of the branch has a label, or another of the board a lock. */
    readonly insert: (bays: ReadonlyArray<NewBayRow>) => Stored
    /** Fails in the same way. */
    readonly update: (id: string, fields: BayFields) => Stored
    readonly archive: (id: string) => Stored
    /** True if every zone is one of the branch that is in use. */
    readonly hasZones: (branchId: string, zoneIds: ReadonlyArray<string>) => Effect.Effect<boolean, SqlError.SqlError>
  }
>()("cartwise/cloud/store/BayRecords") {
  static readonly layer = Layer.effect(
    BayRecords,
    Effect.map(PgClient.PgClient, (sql) => {
      /** What a constraint says is heard here, where the field is known, and not with the commit. */
      const checked = <A>(write: Effect.Effect<A, SqlError.SqlError>) =>
        Effect.asVoid(Effect.andThen(write, sql`set constraints bays_label, bays_lock immediate`))
      return BayRecords.of({
        get: (id) => Effect.map(sql<BayRow>`${selectBays(sql)} where b.id = ${id}`, first),
        hold: (id) => Effect.map(sql<BayRow>`${selectBays(sql)} where b.id = ${id} for update of b`, first),
        insert: (bays) =>
          checked(sql`
            insert into bays (id, branch_id, controller_id, lock_index, label, zone_id, is_accessible)
            select id, branch_id, controller_id, lock_index, label, zone_id, is_accessible
            from jsonb_to_recordset(${sql.json(bays.map((bay) => ({ ...bay })))}) as r (
              id uuid, branch_id uuid, controller_id uuid, lock_index integer, label text, zone_id uuid,
              is_accessible boolean)`),
        update: (id, { label, lock_index, zone_id, is_accessible }) =>
          checked(
            Effect.andThen(
              sql`
                update bays set label = ${label}, lock_index = ${lock_index}, zone_id = ${zone_id}::uuid,
                  is_accessible = ${is_accessible}, updated_at = now()
                where id = ${id}`,
              sql`update twins set label = ${label} where kind = 'bay' and id = ${id}`,
            ),
          ),
        archive: (id) =>
          Effect.asVoid(sql`
            update bays set archived_at = now(), updated_at = now() where id = ${id} and archived_at is null`),
        hasZones: (branchId, zoneIds) =>
          Effect.map(
            sql<{ readonly known: number }>`
              select count(*)::int as known from zones
              where branch_id = ${branchId} and archived_at is null
                and id in (select e::uuid from jsonb_array_elements_text(${sql.json(zoneIds)}) as e)`,
            ([row]) => row?.known === new Set(zoneIds).size,
          ),
      })
    }),
  )
}
