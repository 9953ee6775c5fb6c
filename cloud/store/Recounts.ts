/** Counts of the carts in the bays of a branch, compared with what is known of them when they are taken. */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import type { Recount } from "#core/api/Branches.ts"
import { BranchId, CartId } from "#core/domain/Ids.ts"
import type { Stored } from "#twins/Stored.ts"
import { regionWord } from "#twins/Words.ts"

export interface Counting {
  readonly id: string
  readonly chainId: string
  readonly branchId: string
  readonly by: string
  readonly at: string
}

export class Recounts extends Context.Service<
  Recounts,
  {
    /** Compares the numbers that were seen with the carts of the branch, keeps what came of it and gives it. */
    readonly take: (counting: Counting, seen: ReadonlyArray<string>) => Effect.Effect<Recount, SqlError.SqlError>
  }
>()("cartwise/cloud/store/Recounts") {
  static readonly layer = Layer.effect(
    Recounts,
    Effect.map(PgClient.PgClient, (sql) =>
      Recounts.of({
        take: Effect.fnUntraced(function* ({ id, chainId, branchId, by, at }, seen) {
          const rows = yield* sql<{ readonly id: string; readonly number: string; readonly value: Stored["value"] }>`
            select c.id, c.cart_number as number, t.value from carts c join twins t on t.kind = 'cart' and t.id = c.id
            where c.branch_id = ${branchId} and c.archived_at is null order by c.cart_number`
          const numbers = new Set(seen)
          const known = new Set(rows.map(({ number }) => number))
          const found = (row: (typeof rows)[number]) => ({ id: CartId.make(row.id), cart_number: row.number })
          const isThere = ({ value }: (typeof rows)[number]) => regionWord(value, "custody") === "available"
          const recount: Recount = {
            id,
            branch_id: BranchId.make(branchId),
            counted_by: by,
            at,
            counted: numbers.size,
            missing: rows.filter((row) => isThere(row) && !numbers.has(row.number)).map(found),
            unexpected: rows.filter((row) => !isThere(row) && numbers.has(row.number)).map(found),
            unknown: seen.filter((number) => !known.has(number)),
          }
          yield* sql`
            insert into recounts (id, chain_id, branch_id, counted_by, at, result)
            values (${id}, ${chainId}, ${branchId}, ${by}, ${at}::timestamptz, ${sql.json(recount)}::jsonb)`
          return recount
        }),
      }),
    ),
  )
}
