/** Branches: the places where carts are lent. */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer, Struct } from "effect"
import type { SqlError } from "effect/sql"
import type { AccessScope } from "#core/access/may.ts"
import type { BranchHours } from "#core/api/Branches.ts"
import type { ChainPolicy } from "#core/api/Chains.ts"
import type { Branch } from "#core/api/Records.ts"
import type { CartIdentity } from "#core/domain/Cart.ts"
import { BranchId, ChainId } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { scopeCondition } from "../access/scopeCondition.ts"
import type { RecordFilter } from "./Chains.ts"
import { columns } from "./Columns.ts"
import { instantText, orderByText } from "./ListOrder.ts"
import { type Keyed, type Listed, pageOf, type Position } from "./Page.ts"
import { partOf } from "./partOf.ts"

export interface BranchRow extends Keyed {
  readonly id: string
  readonly chain_id: string
  readonly name: string
  readonly branch_code: string
  readonly address: string | null
  readonly city: string | null
  readonly latitude: number | null
  readonly longitude: number | null
  readonly timezone: string
  readonly active: boolean
  readonly is_lending: boolean
  readonly is_returning: boolean
  readonly cart_identity: CartIdentity
  readonly hours: BranchHours | null
  readonly version: number
  readonly archived_at: Date | null
  readonly simulated: boolean
  readonly created_at: Date
  readonly updated_at: Date
}

/** A row as the API shows it. */
export const toBranch = (row: BranchRow): Branch => ({
  ...Struct.omit(row, ["sort_key", "hours"]),
  archived_at: row.archived_at === null ? null : toInstant(row.archived_at.getTime()),
  id: BranchId.make(row.id),
  chain_id: ChainId.make(row.chain_id),
  created_at: toInstant(row.created_at.getTime()),
  updated_at: toInstant(row.updated_at.getTime()),
})

/** Whether carts are lent, and for how long as far as the chain says. */
export interface BranchLending {
  readonly chainId: string
  readonly isLending: boolean
  readonly policy: Partial<ChainPolicy>
}

export class Branches extends Context.Service<
  Branches,
  {
    readonly list: (
      at: Position,
      scope: AccessScope,
      filter: RecordFilter & { readonly chainId?: string | undefined },
    ) => Effect.Effect<Listed<Branch>, SqlError.SqlError>
    /** The chain of a branch that is in use; undefined if there is no such branch. */
    readonly chainOf: (id: string) => Effect.Effect<string | undefined, SqlError.SqlError>
    readonly exists: (id: string) => Effect.Effect<boolean, SqlError.SqlError>
    /** What a branch that is in use says about lending; undefined if there is no such branch. */
    readonly lendingAt: (
      ids: ReadonlyArray<string>,
    ) => Effect.Effect<ReadonlyMap<string, BranchLending>, SqlError.SqlError>
  }
>()("cartwise/cloud/store/Branches") {
  static readonly layer = Layer.effect(
    Branches,
    Effect.map(PgClient.PgClient, (sql) =>
      Branches.of({
        list: (at, scope, { q, active, archived, chainId }) => {
          const order = orderByText(sql, at, sql`b.id`, {
            name: sql`b.name`,
            branch_code: sql`b.branch_code`,
            city: sql`coalesce(b.city, '')`,
            created_at: instantText(sql, sql`b.created_at`),
            updated_at: instantText(sql, sql`b.updated_at`),
          })
          const fits = [
            order.after,
            scopeCondition(sql, scope, sql`b.chain_id`, sql`b.id`),
            ...(chainId === undefined ? [] : [sql`b.chain_id = ${chainId}::uuid`]),
            ...(q === undefined ? [] : [partOf(sql, q, [sql`b.name`, sql`b.branch_code`])]),
            ...(active === undefined ? [] : [sql`b.active = ${active}`]),
            ...(archived === undefined ? [] : [sql`(b.archived_at is not null) = ${archived}`]),
          ]
          return Effect.map(
            sql<BranchRow>`
              select b.*, c.simulated, ${order.key} as sort_key
              from branches b join chains c on c.id = b.chain_id where ${sql.and(fits)}
              order by ${order.by} limit ${at.limit + 1}`,
            (rows) => pageOf(rows, at, toBranch),
          )
        },
        chainOf: (id) =>
          Effect.map(
            sql<{ readonly chain_id: string }>`
              select b.chain_id from branches b join chains c on c.id = b.chain_id
              where b.id = ${id} and b.active and c.active`,
            ([row]) => row?.chain_id,
          ),
        exists: (id) => Effect.map(sql`select 1 from branches where id = ${id}`, (rows) => rows.length > 0),
        lendingAt: (ids) =>
          Effect.map(
            sql<BranchLending & { readonly id: string }>`
              select b.id, b.chain_id as "chainId", b.is_lending as "isLending", c.policy
              from branches b join chains c on c.id = b.chain_id
              where b.id = any(${columns.uuid(ids, (id) => id)}) and b.active and c.active`,
            (rows) => new Map(rows.map((row) => [row.id, row])),
          ),
      }),
    ),
  )
}
