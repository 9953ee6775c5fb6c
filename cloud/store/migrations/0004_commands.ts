/** Commands, every stage they reached, and the outbox from which they are published. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    create table commands (
      id uuid primary key,
      kind text not null,
      target_kind text not null,
      target_id uuid not null,
      cart_id uuid references carts,
      device_id uuid not null references devices,
      epoch bigint not null,
      stage text not null,
      reason text,
      pulses integer not null default 0,
      requested_by text not null,
      requested_reason text not null,
      traceparent text,
      created_at timestamptz not null,
      expires_at timestamptz not null,
      updated_at timestamptz not null
    )`
  yield* sql`create index commands_open on commands (expires_at)
    where stage in ('created', 'sent', 'accepted', 'executing', 'executed')`
  yield* sql`create index commands_device on commands (device_id, created_at desc)`
  yield* sql`
    create table command_stages (
      command_id uuid not null references commands,
      stage text not null,
      reason text,
      at timestamptz not null,
      recorded_at timestamptz not null,
      primary key (command_id, stage)
    )`
  yield* sql`
    create table outbox (
      command_id uuid primary key references commands,
      topic text not null,
      payload text not null,
      expires_at timestamptz not null
    )`
})
