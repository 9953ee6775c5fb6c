/**
 * How far a rental has followed its bay is a revision of that bay, which its history is found by, and a row says which
 * revision of its twin it was made from: so those that are behind are found without looking at each.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`alter table rentals add column seen_revision bigint not null default 0`
  yield* sql`alter table rentals add column twin_revision bigint not null default 0`
  yield* sql`
    update rentals r set seen_revision = coalesce((
      select max(e.revision) from twin_events e
      where e.kind = 'bay' and e.twin_id = r.bay_id and e.id <= r.seen_event), 0)
    where r.is_open or r.state = 'failed'`
  yield* sql`alter table rentals drop column seen_event`
})
