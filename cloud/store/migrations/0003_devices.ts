/** Who is connected, how far each journal is safe, and what could not be understood. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`create sequence epochs as bigint`
  yield* sql`
    create table device_sessions (
      device_id uuid primary key references devices,
      session bigint not null,
      epoch bigint not null,
      journal_id uuid not null,
      boot_reason text not null,
      firmware_version text not null,
      machines jsonb not null,
      simulated boolean not null,
      booted_at timestamptz not null,
      last_seen_at timestamptz not null
    )`
  yield* sql`
    create table journals (
      device_id uuid not null references devices,
      journal_id uuid not null,
      watermark bigint not null,
      created_at timestamptz not null default now(),
      primary key (device_id, journal_id)
    )`
  yield* sql`
    create table quarantine (
      id bigint generated always as identity primary key,
      topic text not null,
      reason text not null,
      detail text not null,
      payload bytea not null,
      payload_bytes integer not null,
      at timestamptz not null
    )`
  yield* sql`
    create table quarantine_counts (
      reason text primary key,
      messages bigint not null,
      last_at timestamptz not null
    )`
})
