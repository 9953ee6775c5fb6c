/**
 * Where a bay stands: in which row of its branch, and as which from the left. Null stands where its board has it. And what a
 * search by the last four digits of a number looks at.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    alter table bays add column row_number integer, add column row_place integer,
      add constraint bays_row check ((row_number is null) = (row_place is null))`
  yield* sql`create index shoppers_last4 on shoppers (right(phone_masked, 4))`
})
