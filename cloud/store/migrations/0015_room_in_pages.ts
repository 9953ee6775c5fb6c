/**
 * Room in the pages of what is written again and again, so that a new version of a row finds its place beside the old one
 * and no index hears of it: half of what a twin's update costs. Pages that are full already get it as they are vacuumed.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`alter table twins set (fillfactor = 60)`
  yield* sql`alter table journals set (fillfactor = 60)`
})
