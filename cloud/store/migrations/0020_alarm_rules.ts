/**
 * Alarms about anything, also about what lasts too long: a condition has a phase with a deadline, may be explained by another
 * alarm, and people assign, shelve and close it. What happened to each is on record (`alarm_events`).
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`alter table alarms rename column twin_id to entity_id`
  yield* sql`
    alter table alarms
      drop constraint alarms_kind_twin_id_fkey,
      alter column device_id drop not null,
      alter column journal_id drop not null,
      alter column seq drop not null,
      alter column raised_at drop not null,
      add column chain_id uuid references chains,
      add column branch_id uuid references branches,
      add column controller_id uuid,
      add column severity text not null default 'minor',
      add column phase text not null default 'active' check (phase in ('latent', 'active', 'clearing', 'cleared')),
      add column since timestamptz,
      add column due_at timestamptz,
      add column suppressed_by bigint references alarms on delete set null,
      add column shelved_until timestamptz,
      add column shelved_by text,
      add column shelved_reason text,
      add column assignee text,
      add column closed_at timestamptz`
  yield* sql`
    update alarms a set
      chain_id = t.chain_id, branch_id = t.branch_id, controller_id = t.controller_id,
      severity = case a.code when 'REMOVED_UNCOMMANDED' then 'critical'
                             when 'FORCED_OPEN' then 'major' when 'LOCK_JAMMED' then 'major' else 'minor' end,
      phase = case when a.cleared_at is null then 'active' else 'cleared' end,
      since = coalesce(a.cleared_at, a.raised_at),
      closed_at = case when a.cleared_at is null then null else a.acknowledged_at end
    from twins t where t.kind = a.kind and t.id = a.entity_id`
  yield* sql`
    alter table alarms
      alter column chain_id set not null,
      alter column since set not null,
      alter column severity drop default,
      alter column phase drop default`
  yield* sql`drop index alarms_open`
  yield* sql`create index alarms_open on alarms (id desc) where closed_at is null`
  yield* sql`create index alarms_open_of on alarms (branch_id) where closed_at is null`
  yield* sql`create index alarms_due on alarms (due_at) where due_at is not null`
  yield* sql`create index alarms_shelved on alarms (shelved_until) where shelved_until is not null`
  yield* sql`create index alarms_suppressed on alarms (suppressed_by) where suppressed_by is not null`

  yield* sql`
    create table alarm_events (
      id bigint generated always as identity primary key,
      alarm_id bigint not null references alarms on delete cascade,
      chain_id uuid not null references chains,
      at timestamptz not null,
      what text not null,
      by text not null,
      detail jsonb not null
    )`
  yield* sql`create index alarm_events_alarm on alarm_events (alarm_id, id)`
  yield* sql`
    insert into alarm_events (alarm_id, chain_id, at, what, by, detail)
    select a.id, a.chain_id, e.at, e.what, e.by, '{}' from alarms a
    cross join lateral (values
      (1, a.raised_at, 'raised', 'cloud'),
      (2, a.acknowledged_at, 'acknowledged', a.acknowledged_by),
      (3, a.cleared_at, 'cleared', 'cloud'),
      (4, a.closed_at, 'closed', 'cloud')
    ) as e (place, at, what, by)
    where e.at is not null
    order by a.id, e.at, e.place`

  yield* sql`create index twins_branch_kind on twins (branch_id, kind)`
  yield* sql`drop index twins_branch`
  yield* sql`create index commands_no_answer on commands (target_id, updated_at) where reason = 'no_answer'`
})
