/** Boards and bays that were taken out of use: whatever is still heard of them asks nobody to act. */
import type { PgClient } from "@effect/sql-pg"
import { Effect } from "effect"
import type { SqlError } from "effect/sql"
import type { Sighting } from "../../alarms/AlarmRecord.ts"
import type { PlaceConditions } from "../AlarmPlaces.ts"

/** Gives which of the places' boards and bays are out of use, and that every alarm about one of them is over. */
export const archivedSightings = Effect.fnUntraced(function* (
  sql: PgClient.PgClient,
  at: PlaceConditions,
): Effect.fn.Return<
  { readonly archived: ReadonlySet<string>; readonly over: ReadonlyArray<Sighting> },
  SqlError.SqlError
> {
  const rows = yield* sql<Omit<Sighting, "code"> & { readonly code: Sighting["code"] | null }>`
    select a.code, t.kind, t.id as "entityId", t.chain_id as "chainId", t.branch_id as "branchId",
           t.device_id as "deviceId", t.controller_id as "controllerId", 'over' as seen
    from twins t
    left join alarms a on a.closed_at is null and a.kind = t.kind and a.entity_id = t.id
    where ${at.branch(sql`t.branch_id`)}
      and ((t.kind = 'bay' and t.id in (select id from bays where archived_at is not null))
        or (t.kind = 'controller' and t.id in (select id from controllers where archived_at is not null)))`
  return {
    archived: new Set(rows.map(({ entityId }) => entityId)),
    over: rows.flatMap(({ code, ...row }) => (code === null ? [] : [{ ...row, code }])),
  }
})
