/**
 * Twins kept whole now and then (`twin_states`), so that any past state is played again from at most so many lines. What
 * every twin is now is the first of them: how it was before stands in its lines, but not whole. Lines are found by
 * revision, so that neither the length of a history nor a flood of refused events makes a reader look at more of them.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    create table twin_states (
      kind text not null,
      twin_id uuid not null,
      revision bigint not null,
      machine text not null,
      version integer not null,
      value jsonb not null,
      context jsonb not null,
      deadlines jsonb not null,
      changed_at timestamptz not null,
      fresh_at timestamptz,
      received_at timestamptz not null,
      primary key (kind, twin_id, revision),
      foreign key (kind, twin_id) references twins (kind, id)
    )`
  yield* sql`create index twin_states_received on twin_states (kind, twin_id, received_at desc, revision desc)`
  yield* sql`
    insert into twin_states (kind, twin_id, revision, machine, version, value, context, deadlines, changed_at, fresh_at,
                             received_at)
    select kind, id, revision, machine, version, value, context, deadlines, changed_at, fresh_at, clock_timestamp()
    from twins`
  yield* sql`create index twin_events_revision on twin_events (kind, twin_id, revision, id)`
  yield* sql`drop index twin_events_twin`
})
