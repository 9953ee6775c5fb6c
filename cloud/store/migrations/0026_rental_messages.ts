/** Text messages about rentals: one for each stage, written with what it tells of and sent after that is kept. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    create table rental_messages (
      rental_id uuid not null references rentals,
      about text not null,
      state text not null check (state in ('due', 'sending', 'sent', 'failed', 'unknown', 'dropped')),
      due_at timestamptz not null,
      attempts integer not null default 0,
      outcome text,
      created_at timestamptz not null,
      tried_at timestamptz,
      primary key (rental_id, about)
    )`
  yield* sql`create index rental_messages_due on rental_messages (due_at) where state in ('due', 'sending')`
})
