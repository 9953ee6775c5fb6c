/** Chains: the tenants. */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer, Struct } from "effect"
import type { SqlError } from "effect/sql"
import type { AccessScope } from "#core/access/may.ts"
import type { ChainPolicy } from "#core/api/Chains.ts"
import type { Chain } from "#core/api/Records.ts"
import { ChainId } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { columns } from "./Columns.ts"
import { instantText, orderByText } from "./ListOrder.ts"
import { type Keyed, type Listed, pageOf, type Position } from "./Page.ts"
import { partOf } from "./partOf.ts"

interface Row extends Keyed {
  readonly id: string
  readonly name: string
  readonly slug: string
  readonly description: string | null
  readonly active: boolean
  readonly simulated: boolean
  readonly version: number
  readonly archived_at: Date | null
  readonly policy: Partial<ChainPolicy>
  readonly created_at: Date
  readonly updated_at: Date
}

const toChain = (row: Row): Chain => ({
  ...Struct.omit(row, ["sort_key", "policy"]),
  archived_at: row.archived_at === null ? null : toInstant(row.archived_at.getTime()),
  id: ChainId.make(row.id),
  created_at: toInstant(row.created_at.getTime()),
  updated_at: toInstant(row.updated_at.getTime()),
})

/** Which records of a list are wanted; left out: whichever. */
export interface RecordFilter {
  /** A part of a name. */
  readonly q?: string | undefined
  readonly active?: boolean | undefined
  readonly archived?: boolean | undefined
}

/** What people write of a chain. */
export type ChainFields = Pick<Chain, "name" | "slug" | "description" | "active">

type Stored = Effect.Effect<void, SqlError.SqlError>

const first = ([row]: ReadonlyArray<Row>): Chain | undefined => (row === undefined ? undefined : toChain(row))

export class Chains extends Context.Service<
  Chains,
  {
    /** Those of a scope, and those it has a branch of. */
    readonly list: (
      at: Position,
      scope: AccessScope,
      filter: RecordFilter,
    ) => Effect.Effect<Listed<Chain>, SqlError.SqlError>
    readonly get: (id: string) => Effect.Effect<Chain | undefined, SqlError.SqlError>
    /** The chain, locked until the transaction ends. */
    readonly hold: (id: string) => Effect.Effect<Chain | undefined, SqlError.SqlError>
    /** Fails like any statement if the slug is taken. */
    readonly insert: (chain: ChainFields & { readonly id: string; readonly simulated: boolean }) => Stored
    readonly update: (id: string, fields: ChainFields) => Stored
    readonly archive: (id: string) => Stored
    /** What stands in the way of changing its slug, and of archiving it. */
    readonly holdsOn: (
      id: string,
    ) => Effect.Effect<{ readonly devices: boolean; readonly branches: boolean }, SqlError.SqlError>
    /** What a chain says about lending; what it does not say holds as for all. */
    readonly policy: (id: string) => Effect.Effect<Partial<ChainPolicy>, SqlError.SqlError>
    readonly setPolicy: (id: string, policy: ChainPolicy) => Stored
  }
>()("cartwise/cloud/store/Chains") {
  static readonly layer = Layer.effect(
    Chains,
    Effect.map(PgClient.PgClient, (sql) =>
      Chains.of({
        list: (at, scope, { q, active, archived }) => {
          const order = orderByText(sql, at, sql`id`, {
            name: sql`name`,
            slug: sql`slug`,
            created_at: instantText(sql, sql`created_at`),
            updated_at: instantText(sql, sql`updated_at`),
          })
          const fits = [
            order.after,
            isSeen(sql, scope),
            ...(q === undefined ? [] : [partOf(sql, q, [sql`name`, sql`slug`])]),
            ...(active === undefined ? [] : [sql`active = ${active}`]),
            ...(archived === undefined ? [] : [sql`(archived_at is not null) = ${archived}`]),
          ]
          return Effect.map(
            sql<Row>`
              select *, ${order.key} as sort_key from chains where ${sql.and(fits)}
              order by ${order.by} limit ${at.limit + 1}`,
            (rows) => pageOf(rows, at, toChain),
          )
        },
        get: (id) => Effect.map(sql<Row>`select *, '' as sort_key from chains where id = ${id}`, first),
        hold: (id) => Effect.map(sql<Row>`select *, '' as sort_key from chains where id = ${id} for update`, first),
        insert: ({ id, name, slug, description, active, simulated }) =>
          Effect.asVoid(sql`
            insert into chains (id, name, slug, description, active, simulated)
            values (${id}, ${name}, ${slug}, ${description}, ${active}, ${simulated})`),
        update: (id, { name, slug, description, active }) =>
          Effect.asVoid(sql`
            update chains set name = ${name}, slug = ${slug}, description = ${description}, active = ${active},
              updated_at = now()
            where id = ${id}`),
        archive: (id) =>
          Effect.asVoid(sql`
            update chains set archived_at = now(), active = false, updated_at = now()
            where id = ${id} and archived_at is null`),
        holdsOn: (id) =>
          Effect.map(
            sql<{ readonly devices: boolean; readonly branches: boolean }>`
              select exists (select 1 from devices d join branches b on b.id = d.branch_id where b.chain_id = ${id}) as devices,
                     exists (select 1 from branches where chain_id = ${id} and archived_at is null) as branches`,
            ([row]) => row ?? { devices: false, branches: false },
          ),
        policy: (id) =>
          Effect.map(
            sql<{ readonly policy: Partial<ChainPolicy> }>`select policy from chains where id = ${id}`,
            ([row]) => row?.policy ?? {},
          ),
        setPolicy: (id, policy) =>
          Effect.asVoid(
            sql`update chains set policy = ${sql.json(policy)}::jsonb, updated_at = now() where id = ${id}`,
          ),
      }),
    ),
  )
}

/** Whoever works in a branch sees the chain it is of. */
const isSeen = (sql: PgClient.PgClient, scope: AccessScope) => {
  if (scope.all) return sql`true`
  const ids = [...scope.chainIds, ...scope.branches.map(({ chainId }) => chainId)]
  return sql`id = any(${columns.uuid(ids, (id) => id)})`
}
