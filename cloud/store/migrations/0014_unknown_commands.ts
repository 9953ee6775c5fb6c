/** Commands whose outcome is unknown are found by their device, at each of its heartbeats. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`create index commands_unknown on commands (device_id) where stage = 'unknown'`
})
