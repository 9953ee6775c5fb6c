/**
 * What was done for a command on its way: what its device sent up with each stage (`trail`; null for a stage that no device
 * has said), and what the cloud noted (`command_notes`). The history of twins is found by command.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`alter table command_stages add column trail jsonb`
  yield* sql`
    update command_stages set trail = '[]'
    where stage in ('accepted', 'executing', 'executed', 'confirmed', 'rejected', 'failed')`
  yield* sql`
    create table command_notes (
      id bigint generated always as identity primary key,
      command_id uuid not null references commands,
      what text not null,
      detail jsonb not null,
      started_at timestamptz not null,
      ended_at timestamptz not null
    )`
  yield* sql`create index command_notes_command on command_notes (command_id, id)`
  yield* sql`create index twin_events_command on twin_events (command_id) where command_id is not null`
})
