/** Clients' names for their requests, and lists of commands by what they are about. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    create table request_keys (
      user_id uuid not null references users,
      key text not null,
      digest text not null,
      command_id uuid not null references commands,
      expires_at timestamptz not null,
      primary key (user_id, key)
    )`
  yield* sql`create index request_keys_expiry on request_keys (expires_at)`
  yield* sql`create index commands_newest on commands (created_at desc, id desc)`
  yield* sql`create index commands_target on commands (target_id, created_at desc)`
  yield* sql`create index commands_cart on commands (cart_id, created_at desc)`
})
