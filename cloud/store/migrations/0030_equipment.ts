/**
 * Boards and bays as records that people install, change and take out of use: an address, a lock and a label are free again
 * once what had them is archived. And what the registry's file last said of each record: a file that says the same again
 * does not undo what a person has changed since.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`alter table controllers add column updated_at timestamptz not null default now()`
  yield* sql`
    alter table bays add column archived_at timestamptz, add column updated_at timestamptz not null default now()`
  yield* sql`alter table controllers drop constraint controllers_device_id_port_controller_address_key`
  yield* sql`
    alter table controllers add constraint controllers_address
      exclude using btree (device_id with =, port with =, controller_address with =) where (archived_at is null)
      deferrable initially deferred`
  yield* sql`alter table bays drop constraint bays_controller_id_lock_index_key`
  yield* sql`
    alter table bays add constraint bays_lock
      exclude using btree (controller_id with =, lock_index with =) where (archived_at is null)
      deferrable initially deferred`
  yield* sql`alter table bays drop constraint bays_branch_id_label_key`
  yield* sql`
    alter table bays add constraint bays_label
      exclude using btree (branch_id with =, label with =) where (archived_at is null)
      deferrable initially deferred`
  for (const table of ["chains", "branches", "devices", "controllers", "bays", "carts"]) {
    yield* sql`alter table ${sql(table)} add column registry_said jsonb`
  }
})
