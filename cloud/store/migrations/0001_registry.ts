/** What is installed where, and who may sign in. Nothing here is ever deleted while history points at it. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    create table chains (
      id uuid primary key,
      name text not null,
      slug text not null unique,
      description text,
      active boolean not null default true,
      simulated boolean not null default false,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    )`
  yield* sql`
    create table branches (
      id uuid primary key,
      chain_id uuid not null references chains,
      name text not null,
      branch_code text not null,
      address text,
      city text,
      latitude double precision,
      longitude double precision,
      timezone text not null,
      active boolean not null default true,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      unique (chain_id, branch_code)
    )`
  yield* sql`
    create table devices (
      id uuid primary key,
      branch_id uuid not null references branches,
      device_name text not null,
      mac_address text not null unique,
      serial_number text not null,
      firmware_version text,
      ip_address text,
      last_heartbeat timestamptz,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    )`
  yield* sql`create index devices_branch on devices (branch_id)`
  yield* sql`
    create table controllers (
      id uuid primary key,
      device_id uuid not null references devices,
      controller_address integer not null check (controller_address between 0 and 9),
      port text not null,
      baudrate integer not null,
      created_at timestamptz not null default now(),
      unique (device_id, port, controller_address)
    )`
  yield* sql`
    create table bays (
      id uuid primary key,
      branch_id uuid not null references branches,
      controller_id uuid not null references controllers,
      lock_index integer not null check (lock_index between 0 and 15),
      label text not null,
      created_at timestamptz not null default now(),
      unique (controller_id, lock_index) deferrable initially deferred,
      unique (branch_id, label) deferrable initially deferred
    )`
  yield* sql`
    create table carts (
      id uuid primary key,
      branch_id uuid not null references branches,
      cart_number text not null,
      bay_id uuid references bays unique deferrable initially deferred,
      assigned_to text,
      last_used timestamptz,
      maintenance_notes text,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      unique (branch_id, cart_number)
    )`
  yield* sql`
    create table users (
      id uuid primary key,
      email text not null,
      name text not null,
      role text not null,
      password_hash text not null,
      active boolean not null default true,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    )`
  yield* sql`create unique index users_email on users (lower(email))`
})
