/** Bays as installed: where each is, what is printed on it, which cart belongs in it. */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer, Struct } from "effect"
import type { SqlError, Statement } from "effect/sql"
import type { Bay } from "#core/api/Records.ts"
import { BayId, BoardAddress, BranchId, CartId, ControllerId, DeviceId, LockIndex, ZoneId } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { instantText, orderByText } from "./ListOrder.ts"
import { type Keyed, type Listed, pageOf, type Position } from "./Page.ts"
import { partOf } from "./partOf.ts"

export interface BayRow extends Keyed {
  readonly id: string
  readonly chain_id: string
  readonly branch_id: string
  readonly device_id: string
  readonly controller_id: string
  readonly controller_address: number
  readonly lock_index: number
  readonly label: string
  readonly cart_id: string | null
  readonly cart_number: string | null
  readonly zone_id: string | null
  readonly is_accessible: boolean
  readonly row_number: number | null
  readonly row_place: number | null
  readonly simulated: boolean
  readonly version: number
  readonly archived_at: Date | null
  readonly created_at: Date
  readonly updated_at: Date
}

/** What is stored of a bay; what its sensors say is its twin's. */
export type StoredBay = Omit<Bay, "latch" | "service" | "hook" | "presence" | "stale" | "fresh_at">

export const toBay = (row: BayRow): StoredBay => ({
  ...Struct.pick(row, ["label", "is_accessible", "simulated", "version"]),
  id: BayId.make(row.id),
  row: row.row_number,
  place: row.row_place,
  branch_id: BranchId.make(row.branch_id),
  device_id: DeviceId.make(row.device_id),
  controller_id: ControllerId.make(row.controller_id),
  controller_address: BoardAddress.make(row.controller_address),
  lock_index: LockIndex.make(row.lock_index),
  lock_number: row.lock_index + 1,
  zone_id: row.zone_id === null ? null : ZoneId.make(row.zone_id),
  cart: row.cart_id === null ? null : { id: CartId.make(row.cart_id), cart_number: row.cart_number ?? "" },
  archived_at: row.archived_at === null ? null : toInstant(row.archived_at.getTime()),
  created_at: toInstant(row.created_at.getTime()),
  updated_at: toInstant(row.updated_at.getTime()),
})

/** The statement of every bay with its board and its cart; a condition follows. */
export const selectBays = (sql: PgClient.PgClient, key: Statement.Fragment = sql`''`) => sql`
        select b.*, br.chain_id, co.device_id, co.controller_address, c.id as cart_id, c.cart_number, ch.simulated,
               ${key} as sort_key
        from bays b
        join controllers co on co.id = b.controller_id
        join branches br on br.id = b.branch_id
        join chains ch on ch.id = br.chain_id
        left join carts c on c.bay_id = b.id`

export interface BayFilter {
  /** A part of the label. */
  readonly q?: string | undefined
  readonly deviceId?: string | undefined
  readonly controllerId?: string | undefined
  readonly zoneId?: string | undefined
  readonly accessible?: boolean | undefined
  /** Whether a cart belongs in it. */
  readonly placed?: boolean | undefined
}

export class Bays extends Context.Service<
  Bays,
  {
    /** The bays of a branch, by label. */
    readonly list: (
      at: Position,
      branchId: string,
      filter: BayFilter,
    ) => Effect.Effect<Listed<StoredBay>, SqlError.SqlError>
    /** The bays of a board, by lock. */
    readonly ofController: (at: Position, controllerId: string) => Effect.Effect<Listed<StoredBay>, SqlError.SqlError>
    /** Changes what is printed on bays, and gives the labels that other bays of the branch have: then nothing is changed. */
    readonly relabel: (
      labels: ReadonlyArray<{ readonly id: string; readonly label: string }>,
    ) => Effect.Effect<ReadonlyArray<string>, SqlError.SqlError>
    /** Whether a bay is simulated; undefined if there is no such bay. */
    readonly isSimulated: (id: string) => Effect.Effect<boolean | undefined, SqlError.SqlError>
  }
>()("cartwise/cloud/store/Bays") {
  static readonly layer = Layer.effect(
    Bays,
    Effect.map(PgClient.PgClient, (sql) => {
      const lock = sql`lpad(b.lock_index::text, 2, '0')`
      const label = sql`b.label`
      const page = (
        at: Position,
        keys: Readonly<Record<string, Statement.Fragment>>,
        fits: ReadonlyArray<Statement.Fragment>,
      ) => {
        const order = orderByText(sql, at, sql`b.id`, keys)
        return Effect.map(
          sql<BayRow>`
            ${selectBays(sql, order.key)}
            where ${sql.and([sql`b.archived_at is null`, order.after, ...fits])}
            order by ${order.by} limit ${at.limit + 1}`,
          (rows) => pageOf(rows, at, toBay),
        )
      }
      return Bays.of({
        list: (at, branchId, { q, deviceId, controllerId, zoneId, accessible, placed }) =>
          page(at, { label, created_at: instantText(sql, sql`b.created_at`) }, [
            sql`b.branch_id = ${branchId}`,
            ...(q === undefined ? [] : [partOf(sql, q, [label])]),
            ...(deviceId === undefined ? [] : [sql`co.device_id = ${deviceId}::uuid`]),
            ...(controllerId === undefined ? [] : [sql`b.controller_id = ${controllerId}::uuid`]),
            ...(zoneId === undefined ? [] : [sql`b.zone_id = ${zoneId}::uuid`]),
            ...(accessible === undefined ? [] : [sql`b.is_accessible = ${accessible}`]),
            ...(placed === undefined ? [] : [sql`(c.id is not null) = ${placed}`]),
          ]),
        ofController: (at, controllerId) =>
          page(at, { lock_index: lock, label }, [sql`b.controller_id = ${controllerId}`]),
        relabel: Effect.fnUntraced(function* (labels) {
          if (labels.length === 0) return []
          const rows = sql.json(labels)
          const taken = yield* sql<{ readonly label: string }>`
            with r as (select id, label from jsonb_to_recordset(${rows}) as r (id uuid, label text))
            select distinct r.label from r
            join bays own on own.id = r.id
            join bays other on other.branch_id = own.branch_id and other.id <> r.id and other.archived_at is null
            left join r as renamed on renamed.id = other.id
            where coalesce(renamed.label, other.label) = r.label`
          if (taken.length > 0) return taken.map(({ label }) => label)
          yield* sql`
            update bays b set label = r.label, updated_at = now()
            from jsonb_to_recordset(${rows}) as r (id uuid, label text) where b.id = r.id`
          yield* sql`
            update twins t set label = r.label
            from jsonb_to_recordset(${rows}) as r (id uuid, label text) where t.kind = 'bay' and t.id = r.id`
          return []
        }),
        isSimulated: (id) =>
          Effect.map(
            sql<{ readonly simulated: boolean }>`
              select ch.simulated from bays b
              join branches br on br.id = b.branch_id join chains ch on ch.id = br.chain_id
              where b.id = ${id}`,
            ([row]) => row?.simulated,
          ),
      })
    }),
  )
}
