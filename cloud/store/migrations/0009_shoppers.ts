/**
 * Shoppers and the codes they are sent. A number is never stored in clear: it is sealed to its row, and found by a keyed
 * name that differs from chain to chain. Codes are stored as keyed hashes; limits are counted from their rows, so a restart
 * resets nothing.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    create table shoppers (
      id uuid primary key,
      chain_id uuid not null references chains,
      phone_name text not null,
      phone_sealed text not null,
      phone_masked text not null,
      locale text not null,
      created_at timestamptz not null,
      updated_at timestamptz not null,
      unique (chain_id, phone_name)
    )`
  yield* sql`
    create table otp_challenges (
      id uuid primary key,
      chain_id uuid not null references chains,
      branch_id uuid not null references branches,
      phone_name text not null,
      phone_sealed text not null,
      phone_masked text not null,
      client_name text not null,
      seat text not null,
      locale text not null,
      code_hash text not null,
      state text not null check (state in ('open', 'verified', 'burned', 'superseded')),
      tries integer not null default 0,
      last_failed_at timestamptz,
      sms text,
      created_at timestamptz not null,
      expires_at timestamptz not null,
      verified_at timestamptz
    )`
  yield* sql`create unique index otp_challenges_open on otp_challenges (phone_name) where state = 'open'`
  yield* sql`create index otp_challenges_phone on otp_challenges (phone_name, created_at desc)`
  yield* sql`create index otp_challenges_client on otp_challenges (client_name, created_at desc)`
  yield* sql`create index otp_challenges_chain on otp_challenges (chain_id, created_at desc)`
})
