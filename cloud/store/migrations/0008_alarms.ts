/**
 * Alarms (`alarms`): what asks a person to act, raised and cleared in the transaction of the fact that says so, one live
 * alarm a twin and code. Divergences are counted while they are open instead of repeated, and resolved by somebody.
 * What was put aside can be found by its device.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    create table alarms (
      id bigint generated always as identity primary key,
      code text not null,
      kind text not null,
      twin_id uuid not null,
      device_id uuid not null references devices,
      journal_id uuid not null,
      seq bigint not null,
      raised_at timestamptz not null,
      received_at timestamptz not null,
      times integer not null default 1,
      last_at timestamptz not null,
      cleared_at timestamptz,
      acknowledged_at timestamptz,
      acknowledged_by text,
      foreign key (kind, twin_id) references twins (kind, id),
      unique (device_id, journal_id, seq, code)
    )`
  yield* sql`create unique index alarms_live on alarms (kind, twin_id, code) where cleared_at is null`
  yield* sql`create index alarms_open on alarms (id desc) where cleared_at is null or acknowledged_at is null`

  yield* sql`
    alter table divergences
      add column last_seq bigint,
      add column times integer not null default 1,
      add column last_at timestamptz not null default now(),
      add column resolved_at timestamptz,
      add column resolved_by text,
      add column resolved_reason text,
      add column sameness text not null generated always as (
        md5(coalesce(event->>'type', '') || '/' || coalesce(expected::text, '') || '/' || coalesce(reported::text, ''))
      ) stored`
  yield* sql`update divergences set last_seq = seq, last_at = at`
  yield* sql`
    update divergences d set resolved_at = now(), resolved_by = 'cloud', resolved_reason = 'the same was seen again later'
    where exists (
      select 1 from divergences later
      where later.id > d.id and later.kind = d.kind and later.twin_id = d.twin_id and later.rule = d.rule
        and later.sameness = d.sameness)`
  yield* sql`
    create unique index divergences_open on divergences (kind, twin_id, rule, sameness) where resolved_at is null`

  yield* sql`
    alter table quarantine add column device_id text generated always as (
      substring(topic from 'devices/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?:/|$)')
    ) stored`
})
