/**
 * What people may do, and where: a role for the platform, a chain or a branch, perhaps until some day. The role a person had
 * until now is one for the whole platform; what the registry's file last said of it stays beside the person, so that the
 * same file read again does not give back what somebody took.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    create table grants (
      id uuid primary key default gen_random_uuid(),
      user_id uuid not null references users,
      role text not null,
      chain_id uuid references chains,
      branch_id uuid references branches,
      expires_at timestamptz,
      granted_by text not null,
      granted_at timestamptz not null default now(),
      unique nulls not distinct (user_id, role, chain_id, branch_id),
      check (branch_id is null or chain_id is not null)
    )`
  yield* sql`insert into grants (user_id, role, granted_by) select id, role, 'registry' from users`
  yield* sql`alter table users rename column role to registry_role`
  yield* sql`alter table users alter column registry_role drop not null`
})
