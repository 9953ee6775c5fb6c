/**
 * Twins as they are (`twins`), how they came to be so (`twin_events`, append-only), and where the mirror and the bay
 * disagreed (`divergences`).
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    create table twins (
      kind text not null,
      id uuid not null,
      chain_id uuid not null references chains,
      branch_id uuid not null references branches,
      device_id uuid references devices,
      controller_id uuid references controllers,
      label text not null,
      machine text not null,
      version integer not null,
      value jsonb not null,
      context jsonb not null,
      deadlines jsonb not null,
      revision bigint not null,
      changed_at timestamptz not null,
      fresh_at timestamptz,
      edge_seq bigint not null default 0,
      cloud_due_at timestamptz,
      primary key (kind, id)
    )`
  yield* sql`create index twins_device on twins (device_id)`
  yield* sql`create index twins_controller on twins (controller_id)`
  yield* sql`create index twins_branch on twins (branch_id)`
  yield* sql`create index twins_chain on twins (chain_id)`
  yield* sql`create index twins_due on twins (cloud_due_at) where cloud_due_at is not null`
  yield* sql`
    create table twin_events (
      id bigint generated always as identity primary key,
      kind text not null,
      twin_id uuid not null,
      revision bigint not null,
      event jsonb not null,
      accepted boolean not null,
      reason text,
      value jsonb not null,
      announces jsonb not null,
      actor text not null,
      command_id uuid,
      traceparent text,
      journal_id uuid,
      seq bigint,
      at timestamptz not null,
      received_at timestamptz not null,
      foreign key (kind, twin_id) references twins (kind, id)
    )`
  yield* sql`create index twin_events_twin on twin_events (kind, twin_id, id desc)`
  yield* sql`
    create table divergences (
      id bigint generated always as identity primary key,
      device_id uuid references devices,
      kind text not null,
      twin_id uuid not null,
      journal_id uuid,
      seq bigint,
      rule text not null,
      event jsonb,
      expected jsonb,
      reported jsonb,
      at timestamptz not null default now()
    )`
  yield* sql`create index divergences_twin on divergences (kind, twin_id, id desc)`
})
