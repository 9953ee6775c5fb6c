/**
 * How staff are signed in: sessions with the hashes of their refresh tokens, second factors with their recovery codes, and
 * invitations to set a password. Somebody who was invited and has set none yet has no password.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    create table staff_sessions (
      id uuid primary key,
      user_id uuid not null references users,
      created_at timestamptz not null,
      expires_at timestamptz not null,
      ended_at timestamptz,
      ended_why text
    )`
  yield* sql`create index staff_sessions_user on staff_sessions (user_id, created_at desc)`
  yield* sql`
    create table refresh_tokens (
      hash text primary key,
      session_id uuid not null references staff_sessions on delete cascade,
      replaces text,
      issued_at timestamptz not null,
      expires_at timestamptz not null,
      used_at timestamptz
    )`
  yield* sql`create index refresh_tokens_session on refresh_tokens (session_id)`
  yield* sql`
    create table second_factors (
      user_id uuid primary key references users,
      secret_sealed text not null,
      confirmed_at timestamptz,
      last_step bigint not null default 0,
      failures integer not null default 0,
      failed_at timestamptz
    )`
  yield* sql`
    create table recovery_codes (
      user_id uuid not null references users,
      code_name text not null,
      used_at timestamptz,
      primary key (user_id, code_name)
    )`
  yield* sql`
    create table invitations (
      hash text primary key,
      user_id uuid not null references users,
      expires_at timestamptz not null,
      used_at timestamptz
    )`
  yield* sql`create index invitations_user on invitations (user_id)`
  yield* sql`alter table users alter column password_hash drop not null`
  yield* sql`alter table users add column registry_password_hash text`
  yield* sql`update users set registry_password_hash = password_hash`
})
