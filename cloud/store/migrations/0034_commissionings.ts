/** Reports of who installed a branch: what was found of each bay, as it was signed. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    create table commissionings (
      id uuid primary key,
      chain_id uuid not null references chains,
      branch_id uuid not null references branches,
      signed_by uuid not null references users,
      signed_name text not null,
      signed_at timestamptz not null,
      note text,
      bays jsonb not null
    )`
  yield* sql`create index commissionings_branch on commissionings (branch_id, signed_at desc)`
})
