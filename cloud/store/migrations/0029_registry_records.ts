/**
 * The registry as records that people change: every one has a version that grows with each change, and what is taken out of
 * use is archived, never deleted. Branches have switches, opening hours and zones; chains have a policy. A client's key
 * for a request stands for its command, or for the answer it got.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    create function bump_version() returns trigger language plpgsql as $$
    begin
      new.version := old.version + 1;
      return new;
    end $$`
  yield* sql`
    create table zones (
      id uuid primary key,
      chain_id uuid not null references chains,
      branch_id uuid not null references branches,
      name text not null,
      version integer not null default 1,
      archived_at timestamptz,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    )`
  yield* sql`create unique index zones_name on zones (branch_id, name) where archived_at is null`
  yield* sql`
    create table recounts (
      id uuid primary key,
      chain_id uuid not null references chains,
      branch_id uuid not null references branches,
      counted_by text not null,
      at timestamptz not null,
      result jsonb not null
    )`
  yield* sql`create index recounts_branch on recounts (branch_id, at desc)`
  yield* sql`
    alter table chains add column version integer not null default 1, add column archived_at timestamptz,
      add column policy jsonb not null default '{}'`
  yield* sql`
    alter table branches add column version integer not null default 1, add column archived_at timestamptz,
      add column is_lending boolean not null default true, add column is_returning boolean not null default true,
      add column hours jsonb`
  yield* sql`
    alter table controllers add column version integer not null default 1, add column archived_at timestamptz`
  yield* sql`
    alter table bays add column version integer not null default 1, add column zone_id uuid references zones,
      add column is_accessible boolean not null default false`
  yield* sql`
    alter table carts add column version integer not null default 1, add column archived_at timestamptz,
      add column cart_type text not null default 'regular'
        check (cart_type in ('regular', 'child', 'accessible', 'large'))`
  for (const table of ["chains", "branches", "zones", "controllers", "bays", "carts"]) {
    yield* sql`
      create trigger ${sql(`${table}_version`)} before update on ${sql(table)}
      for each row when (old.* is distinct from new.*) execute function bump_version()`
  }
  yield* sql`alter table request_keys alter column command_id drop not null, add column answer jsonb`
})
