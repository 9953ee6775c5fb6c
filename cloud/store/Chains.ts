/** Chains: the tenants. */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer, Struct } from "effect"
import type { SqlError } from "effect/sql"
import type { AccessScope } from "#core/access/may.ts"
import type { Chain } from "#core/api/Records.ts"
import { ChainId } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { columns } from "./Columns.ts"
import { type Keyed, type Listed, pageOf, type Position } from "./Page.ts"

interface Row extends Keyed {
  readonly id: string
  readonly name: string
  readonly slug: string
  readonly description: string | null
  readonly active: boolean
  readonly simulated: boolean
  readonly created_at: Date
  readonly updated_at: Date
}

const toChain = (row: Row): Chain => ({
  ...Struct.omit(row, ["sort_key"]),
  id: ChainId.make(row.id),
  created_at: toInstant(row.created_at.getTime()),
  updated_at: toInstant(row.updated_at.getTime()),
})

export class Chains extends Context.Service<
  Chains,
  {
    /** Those of a scope, and those it has a branch of, by name. */
    readonly list: (at: Position, scope: AccessScope) => Effect.Effect<Listed<Chain>, SqlError.SqlError>
  }
>()("cartwise/cloud/store/Chains") {
  static readonly layer = Layer.effect(
    Chains,
    Effect.map(PgClient.PgClient, (sql) =>
      Chains.of({
        list: (at, scope) =>
          Effect.map(
            sql<Row>`
              select *, name as sort_key from chains
              where ${isSeen(sql, scope)}
                and (${at.afterKey}::text is null or (name, id::text) > (${at.afterKey}::text, ${at.afterId}::text))
              order by name, id::text limit ${at.limit + 1}`,
            (rows) => pageOf(rows, at, toChain),
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
