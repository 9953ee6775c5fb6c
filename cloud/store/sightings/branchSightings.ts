/** Conditions that are arithmetic over the bays and carts of a branch (domain.md §6.3). */
import type { PgClient } from "@effect/sql-pg"
import type { Statement } from "effect/sql"
import { Limits } from "#core/Limits.ts"
import type { Sighting } from "../../alarms/AlarmRecord.ts"
import type { PlaceConditions } from "../AlarmPlaces.ts"
import { openAlarm, speaks } from "./openAlarm.ts"

export const branchSightings = (
  sql: PgClient.PgClient,
  at: PlaceConditions,
): ReadonlyArray<Statement.Statement<Sighting>> => {
  const columns = sql`
    'branch' as kind, b.id as "entityId", b.chain_id as "chainId", b.id as "branchId", null::uuid as "deviceId",
    null::uuid as "controllerId"`

  /**
   * Carts that stand latched in their bay while somebody is said to have them: they came back, and ended no rental. And
   * returns of which nobody can say whose they are.
   */
  const unattributed = sql<Sighting>`
    select * from (
      select 'UNATTRIBUTED_RETURN' as code, ${columns}, case when b.id in (
        select t.branch_id from twins t
        join carts c on c.id = t.id
        join twins bay on bay.kind = 'bay' and bay.id = c.bay_id
        where t.kind = 'cart' and ${at.branch(sql`t.branch_id`)} and t.value->>'custody' in ('rented', 'overdue', 'missing')
          and t.value->>'dock' = 'secured' and bay.value->>'latch' = 'secured' and bay.value->>'sensor' = 'trusted'
      ) or exists (select 1 from returns r where r.branch_id = b.id and r.state = 'open')
      then 'holds' else 'over' end as seen
      from branches b where ${at.branch(sql`b.id`)}
    ) branch
    where seen = 'holds' or ${openAlarm(sql, "UNATTRIBUTED_RETURN", "branch", sql`branch."entityId"`)}`

  /** Carts out by what the bays see, and by what the account says: a cart in maintenance may be in or out. */
  const mismatch = sql<Sighting>`
    with bays as (
      select bay.branch_id,
             count(*) filter (where bay.value->>'latch' = 'dark' or not ${speaks(sql, sql`dev.value`)}) as unknown,
             count(*) filter (where bay.value->>'latch' in ('empty', 'latchedEmpty')) as empty,
             count(*) filter (where c.id is null) as spare
      from twins bay
      join twins dev on dev.kind = 'device' and dev.id = bay.device_id
      left join carts c on c.bay_id = bay.id
      where bay.kind = 'bay' and ${at.branch(sql`bay.branch_id`)}
        and bay.id not in (select id from bays where archived_at is not null)
      group by bay.branch_id
    ), carts_out as (
      select c.branch_id,
             count(*) filter (where t.value->>'custody' in ('rented', 'overdue', 'missing')) as away,
             count(*) filter (where t.value->>'custody' in ('maintenance', 'retired')) as maintenance
      from carts c join twins t on t.kind = 'cart' and t.id = c.id
      where c.bay_id is not null and ${at.branch(sql`c.branch_id`)}
      group by c.branch_id
    )
    select code, kind, "entityId", "chainId", "branchId", "deviceId", "controllerId", seen from (
      select 'INVENTORY_MISMATCH' as code, ${columns},
             case when bays.unknown > 0 then 'unknown'
                  when coalesce(bays.empty - bays.spare, 0) between coalesce(away, 0)
                       and coalesce(away, 0) + coalesce(maintenance, 0) then 'over'
                  else 'holds' end as seen
      from branches b
      left join bays on bays.branch_id = b.id
      left join carts_out on carts_out.branch_id = b.id
      where ${at.branch(sql`b.id`)}
    ) branch
    where seen = 'holds' or ${openAlarm(sql, "INVENTORY_MISMATCH", "branch", sql`branch."entityId"`)}`

  /** A cart in a bay that nobody can see may or may not be there to lend. */
  const low = sql<Sighting>`
    with lendable as (
      select c.branch_id, count(*) as total,
             count(*) filter (where t.value->>'custody' = 'available' and bay.value->>'latch' = 'secured'
                                and bay.value->>'service' = 'inService' and ${speaks(sql, sql`dev.value`)}) as available,
             count(*) filter (where t.value->>'custody' = 'available'
                                and (bay.value->>'latch' = 'dark' or not ${speaks(sql, sql`dev.value`)})) as unseen
      from carts c
      join twins t on t.kind = 'cart' and t.id = c.id
      join twins bay on bay.kind = 'bay' and bay.id = c.bay_id
      join twins dev on dev.kind = 'device' and dev.id = bay.device_id
      where ${at.branch(sql`c.branch_id`)} and t.value->>'custody' not in ('retired', 'unplaced')
      group by c.branch_id
    )
    select code, kind, "entityId", "chainId", "branchId", "deviceId", "controllerId", seen,
           case when coalesce("available", 0) = 0 then 'major' else 'warning' end as severity
    from (
      select 'LOW_CARTS' as code, ${columns}, l.available as "available",
             case when coalesce(l.total, 0) = 0 then 'over'
                  when (l.available + l.unseen) * 100 < ${Limits.alarmLowCartsPercent} * l.total then 'holds'
                  when l.available * 100 > ${Limits.alarmEnoughCartsPercent} * l.total then 'over'
                  else 'unknown' end as seen
      from branches b left join lendable l on l.branch_id = b.id
      where ${at.branch(sql`b.id`)}
    ) branch
    where seen = 'holds' or ${openAlarm(sql, "LOW_CARTS", "branch", sql`branch."entityId"`)}`
  return [unattributed, mismatch, low]
}
