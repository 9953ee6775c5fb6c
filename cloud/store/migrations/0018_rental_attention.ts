/** Rentals that a person must look at, and why. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`alter table rentals add column attention text`
  yield* sql`create index rentals_failed on rentals (updated_at) where state = 'failed'`
  yield* sql`create index rentals_command on rentals (command_id)`
})
