/**
 * The audit log. Lines and seals are appended and never change: a trigger refuses it to everybody, the owner of the tables
 * too, beside the rights of the roles. Every line waits in `audit_unsealed`, put there by a trigger in the same statement,
 * until it has its seal; only that table is ever emptied.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    create table audit_log (
      id bigint generated always as identity primary key,
      at timestamptz not null,
      chain_id uuid,
      branch_id uuid,
      actor_kind text not null,
      actor text not null,
      action text not null,
      target_kind text,
      target_id text,
      reason text,
      details jsonb not null
    )`
  yield* sql`create index audit_log_chain on audit_log (chain_id, id desc)`
  yield* sql`create index audit_log_actor on audit_log (actor, id desc)`
  yield* sql`create index audit_log_target on audit_log (target_id, id desc)`
  yield* sql`
    create table audit_seals (
      audit_id bigint primary key references audit_log,
      chain_id uuid,
      seq bigint not null,
      seal text not null,
      unique nulls not distinct (chain_id, seq)
    )`
  yield* sql`create table audit_unsealed (audit_id bigint primary key references audit_log)`
  yield* sql`
    create function cartwise_audit_waits() returns trigger language plpgsql as $$
    begin
      insert into audit_unsealed (audit_id) values (new.id);
      return null;
    end $$`
  yield* sql`create trigger waits after insert on audit_log for each row execute function cartwise_audit_waits()`
  yield* sql`
    create function cartwise_append_only() returns trigger language plpgsql as $$
    begin
      raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
    end $$`
  for (const table of ["audit_log", "audit_seals"]) {
    yield* sql`
      create trigger append_only before update or delete or truncate on ${sql(table)}
      for each statement execute function cartwise_append_only()`
  }
})
