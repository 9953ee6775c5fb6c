/**
 * Devices have a version like every record that people change. It grows with what people do to one, its name or its being
 * put out, and not with what the device says of itself every half minute.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`alter table devices add column version integer not null default 1`
  yield* sql`
    create trigger devices_version before update on devices
    for each row when (
      (old.device_name, old.serial_number, old.revoked_at, old.archived_at)
      is distinct from (new.device_name, new.serial_number, new.revoked_at, new.archived_at))
    execute function bump_version()`
  // Every look for alarms asks which boards and bays are out of use: few, among many.
  for (const table of ["controllers", "bays"]) {
    yield* sql`create index ${sql(`${table}_archived`)} on ${sql(table)} (id) where archived_at is not null`
  }
})
