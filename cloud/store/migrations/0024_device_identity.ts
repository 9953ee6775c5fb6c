/**
 * Who a device is: its key, its login at the broker, whether it was put out; claims that let new devices in; access tokens,
 * stored as hashes only; and every try to register, from which limits are counted.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    alter table devices
      add column public_key text,
      add column broker_hash text,
      add column broker_until timestamptz,
      add column enrolled_at timestamptz,
      add column revoked_at timestamptz,
      add column archived_at timestamptz`
  yield* sql`
    create table device_claims (
      id uuid primary key,
      branch_id uuid not null references branches,
      code_hash text unique,
      mac_address text,
      keyless boolean not null default false,
      replaces uuid references devices,
      note text,
      created_by text not null,
      created_at timestamptz not null,
      expires_at timestamptz not null,
      used_at timestamptz,
      used_by uuid references devices,
      withdrawn_at timestamptz,
      check (not keyless or mac_address is not null),
      check (keyless = (code_hash is null))
    )`
  yield* sql`create index device_claims_branch on device_claims (branch_id, created_at desc)`
  yield* sql`create index device_claims_mac on device_claims (mac_address) where keyless`
  yield* sql`
    create table device_tokens (
      hash text primary key,
      device_id uuid not null references devices,
      created_at timestamptz not null,
      expires_at timestamptz not null
    )`
  yield* sql`create index device_tokens_device on device_tokens (device_id)`
  yield* sql`
    create table device_nonces (
      public_key text not null,
      nonce text not null,
      at timestamptz not null,
      primary key (public_key, nonce)
    )`
  yield* sql`create index device_nonces_at on device_nonces (at)`
  yield* sql`
    create table registration_tries (
      id bigint generated always as identity primary key,
      at timestamptz not null,
      client_name text not null,
      branch_id uuid references branches,
      device_id uuid references devices,
      outcome text not null,
      taken boolean not null
    )`
  yield* sql`create index registration_tries_at on registration_tries (at)`
  yield* sql`create index registration_tries_client on registration_tries (client_name, at desc)`
  yield* sql`create index registration_tries_branch on registration_tries (branch_id, at desc)`
})
