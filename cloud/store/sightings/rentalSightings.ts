/** Conditions of rentals: overdue, the longer the worse, and lost. A return that settles is neither. */
import type { PgClient } from "@effect/sql-pg"
import type { Statement } from "effect/sql"
import type { Sighting } from "../../alarms/AlarmRecord.ts"
import type { PlaceConditions } from "../AlarmPlaces.ts"

export const rentalSightings = (
  sql: PgClient.PgClient,
  at: PlaceConditions,
): ReadonlyArray<Statement.Statement<Sighting>> => {
  const wordOf = sql`coalesce(t.value->'life'->>'overdue', t.value->>'life')`
  const isOverdue = sql`jsonb_exists(t.value->'life', 'overdue')`
  const columns = sql`
    'rental' as kind, t.id as "entityId", t.chain_id as "chainId", t.branch_id as "branchId", null::uuid as "deviceId",
    null::uuid as "controllerId"`
  const about = (code: string) => sql`
    from twins t left join rentals r on r.id = t.id
    where t.kind = 'rental' and ${at.branch(sql`t.branch_id`)}
      and t.id in (
        select id from rentals where is_open
        union
        select entity_id from alarms where closed_at is null and code = ${code} and kind = 'rental')
      and ((jsonb_typeof(t.value->'life') = 'object' and ${isOverdue})
           or exists (select 1 from alarms a where a.closed_at is null and a.code = ${code} and a.entity_id = t.id))`
  const seen = (condition: Statement.Fragment) => sql`
    case when ${wordOf} = 'settling' then 'unknown'
         when jsonb_typeof(t.value->'life') = 'object' and ${isOverdue} and ${condition} then 'holds' else 'over' end as seen`
  const overdue = sql<Sighting>`
    select 'RENTAL_OVERDUE' as code, ${columns}, ${seen(sql`true`)},
           case ${wordOf} when 'mild' then 'warning' when 'serious' then 'minor'
                          when 'severe' then 'major' when 'lost' then 'major' end as severity
    ${about("RENTAL_OVERDUE")}`
  const lost = sql<Sighting>`
    select 'RENTAL_LOST' as code, ${columns}, ${seen(sql`${wordOf} = 'lost'`)}
    ${about("RENTAL_LOST")}`
  return [overdue, lost]
}
