/** In which rows the bays of a branch stand, as who stands before them sees them. */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"

export class BayRows extends Context.Service<
  BayRows,
  {
    /**
     * Puts the bays of a branch into rows, each from left to right; those that no row names stand as their boards have them.
     * Gives the ids that are no bays of the branch in use: then nothing is changed.
     */
    readonly arrange: (
      branchId: string,
      rows: ReadonlyArray<ReadonlyArray<string>>,
    ) => Effect.Effect<ReadonlyArray<string>, SqlError.SqlError>
  }
>()("cartwise/cloud/store/BayRows") {
  static readonly layer = Layer.effect(
    BayRows,
    Effect.map(PgClient.PgClient, (sql) =>
      BayRows.of({
        arrange: Effect.fnUntraced(function* (branchId, rows) {
          const places = rows.flatMap((bays, row) => bays.map((id, place) => ({ id, row: row + 1, place: place + 1 })))
          const named = sql`jsonb_to_recordset(${sql.json(places)}) as r (id uuid, row integer, place integer)`
          const unknown = yield* sql<{ readonly id: string }>`
            select r.id from ${named}
            where not exists (
              select 1 from bays b where b.id = r.id and b.branch_id = ${branchId} and b.archived_at is null)`
          if (unknown.length > 0) return unknown.map(({ id }) => id)
          yield* sql`
            update bays b set row_number = w.row, row_place = w.place, updated_at = now()
            from (select own.id, r.row, r.place from bays own left join ${named} on r.id = own.id
                  where own.branch_id = ${branchId}) w
            where b.id = w.id and (b.row_number, b.row_place) is distinct from (w.row, w.place)`
          yield* sql`update branches set updated_at = now() where id = ${branchId}`
          return []
        }),
      }),
    ),
  )
}
