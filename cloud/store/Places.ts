/** Where a thing is: in which branch of which chain. Asked before somebody does something to it. */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import type { TwinKind } from "#core/domain/Ids.ts"

export interface Placed {
  readonly chainId: string
  readonly branchId: string
}

export class Places extends Context.Service<
  Places,
  {
    /** Of anything that has a twin. */
    readonly ofTwin: (kind: TwinKind, id: string) => Effect.Effect<Placed | undefined, SqlError.SqlError>
    /** Of a branch, archived or not. */
    readonly ofBranch: (id: string) => Effect.Effect<Placed | undefined, SqlError.SqlError>
    /** Of a rental, with when it began, milliseconds UTC. */
    readonly ofRental: (
      id: string,
    ) => Effect.Effect<(Placed & { readonly beganAt: number }) | undefined, SqlError.SqlError>
  }
>()("cartwise/cloud/store/Places") {
  static readonly layer = Layer.effect(
    Places,
    Effect.map(PgClient.PgClient, (sql) =>
      Places.of({
        ofTwin: (kind, id) =>
          Effect.map(
            sql<Placed>`
              select chain_id as "chainId", branch_id as "branchId" from twins where kind = ${kind} and id = ${id}::uuid`,
            ([row]) => row,
          ),
        ofBranch: (id) =>
          Effect.map(
            sql<Placed>`select chain_id as "chainId", id as "branchId" from branches where id = ${id}::uuid`,
            ([row]) => row,
          ),
        ofRental: (id) =>
          Effect.map(
            sql<Placed & { readonly createdAt: Date }>`
              select chain_id as "chainId", branch_id as "branchId", created_at as "createdAt"
              from rentals where id = ${id}::uuid`,
            ([row]) => row && { chainId: row.chainId, branchId: row.branchId, beganAt: row.createdAt.getTime() },
          ),
      }),
    ),
  )
}
