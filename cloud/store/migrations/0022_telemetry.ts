/**
 * What devices tell of themselves, a partition a month. Partitions are made and dropped by `telemetry_keep`, which works with
 * the rights of whoever ran this migration, so that the program itself needs none over tables. What no partition is there for
 * is kept in `telemetry_default`, and moves to its month when that is made.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    create table telemetry (
      id bigserial not null,
      chain_id uuid not null references chains,
      device_id uuid not null references devices,
      event_type text not null,
      source text not null default '',
      event_data jsonb not null,
      session bigint not null,
      at timestamptz not null,
      received_at timestamptz not null
    ) partition by range (at)`
  yield* sql`create unique index telemetry_said on telemetry (device_id, event_type, source, at)`
  yield* sql`create index telemetry_device on telemetry (device_id, at, id)`
  yield* sql`create index telemetry_chain on telemetry (chain_id, at, id)`
  yield* sql`create table telemetry_default partition of telemetry default`
  yield* sql`
    create function telemetry_keep(as_of timestamptz, months_ahead integer, retention_days integer)
    returns table (made integer, dropped integer)
    language plpgsql security definer set search_path from current set lock_timeout = '2s' as $$
    declare
      cutoff constant timestamptz := as_of - make_interval(days => retention_days);
      month timestamptz;
      following timestamptz;
      part text;
    begin
      made := 0;
      dropped := 0;
      -- Two programs at once: one of them is enough.
      if not pg_try_advisory_xact_lock(hashtext('telemetry_keep')) then
        return next;
        return;
      end if;
      delete from telemetry_default where at < cutoff;
      for month in
        select (date_trunc('month', as_of at time zone 'UTC') + make_interval(months => n)) at time zone 'UTC'
        from generate_series(0, months_ahead) n
        union select date_trunc('month', at, 'UTC') from telemetry_default
      loop
        following := ((month at time zone 'UTC') + interval '1 month') at time zone 'UTC';
        part := 'telemetry_' || to_char(month at time zone 'UTC', 'YYYY_MM');
        continue when to_regclass(part) is not null;
        execute format('create table %I (like telemetry including defaults including constraints)', part);
        execute format('with moved as (delete from telemetry_default where at >= %L and at < %L returning *)
          insert into %I select * from moved', month, following, part);
        execute format('alter table telemetry attach partition %I for values from (%L) to (%L)', part, month, following);
        -- Read and written through the table as a whole only.
        execute format('alter table %I enable row level security', part);
        made := made + 1;
      end loop;
      for part in
        select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = 'telemetry'::regclass and c.relname ~ '^telemetry_[0-9]{4}_[0-9]{2}$'
          and (to_date(substr(c.relname, 11), 'YYYY_MM') + interval '1 month') at time zone 'UTC' <= cutoff
      loop
        execute format('drop table %I', part);
        dropped := dropped + 1;
      end loop;
      return next;
    end $$`
})
