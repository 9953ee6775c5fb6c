/** Conditions that take more than one state to see: a board without power for its locks, unlocks nobody answers, divergences. */
import type { PgClient } from "@effect/sql-pg"
import type { Statement } from "effect/sql"
import { toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import type { Sighting } from "../../alarms/AlarmRecord.ts"
import type { PlaceConditions } from "../AlarmPlaces.ts"
import { openAlarm, speaks } from "./openAlarm.ts"

export const twinSightings = (
  sql: PgClient.PgClient,
  at: PlaceConditions,
  nowMs: number,
): ReadonlyArray<Statement.Statement<Sighting>> => {
  const supply = sql<Sighting>`
    select * from (
      select 'LOCK_SUPPLY_LOST' as code, 'controller' as kind, con.id as "entityId", con.chain_id as "chainId",
             con.branch_id as "branchId", con.device_id as "deviceId", con.id as "controllerId",
             case when not ${speaks(sql, sql`dev.value`)} then 'unknown'
                  when count(*) filter (where bay.value->>'latch' = 'jammed') >= ${Limits.alarmJamsOfSupply} then 'holds'
                  when count(*) filter (where bay.value->>'latch' in ('jammed', 'dark')) >= ${Limits.alarmJamsOfSupply}
                  then 'unknown' else 'over' end as seen
      from twins con
      join twins dev on dev.kind = 'device' and dev.id = con.device_id
      join twins bay on bay.kind = 'bay' and bay.controller_id = con.id
      where con.kind = 'controller' and ${at.branch(sql`con.branch_id`)}
      group by con.id, con.chain_id, con.branch_id, con.device_id, dev.value
    ) board
    where seen = 'holds' or ${openAlarm(sql, "LOCK_SUPPLY_LOST", "controller", sql`board."entityId"`)}`

  /** It counts from the last unlock that was confirmed, and only one that is confirmed ends it. */
  const noAnswer = sql<Sighting>`
    select * from (
      select 'LOCK_NO_ANSWER' as code, 'bay' as kind, bay.id as "entityId", bay.chain_id as "chainId",
             bay.branch_id as "branchId", bay.device_id as "deviceId", bay.controller_id as "controllerId",
             case when unanswered.count >= ${Limits.alarmNoAnswers} then 'holds'
                  when confirmed.is_newer then 'over' else 'unknown' end as seen
      from twins bay
      cross join lateral (
        select count(*) as count from commands c
        where c.target_id = bay.id and c.reason = 'no_answer' and c.stage in ('failed', 'unknown')
          and c.updated_at > ${toInstant(nowMs - Limits.alarmNoAnswersMs)}::timestamptz
          and not exists (
            select 1 from commands good where good.device_id = bay.device_id and good.target_id = bay.id
              and good.stage = 'confirmed' and good.created_at > c.created_at)
      ) unanswered
      cross join lateral (
        select exists (
          select 1 from alarms a join commands good on good.device_id = bay.device_id and good.target_id = bay.id
          where a.closed_at is null and a.code = 'LOCK_NO_ANSWER' and a.kind = 'bay' and a.entity_id = bay.id
            and good.stage = 'confirmed' and good.updated_at > a.last_at) as is_newer
      ) confirmed
      where bay.kind = 'bay' and ${at.branch(sql`bay.branch_id`)}
        and bay.id in (
          select target_id from commands
          where reason = 'no_answer' and updated_at > ${toInstant(nowMs - Limits.alarmNoAnswersMs)}::timestamptz
          union
          select entity_id from alarms where closed_at is null and code = 'LOCK_NO_ANSWER' and kind = 'bay')
    ) bay
    where seen = 'holds' or ${openAlarm(sql, "LOCK_NO_ANSWER", "bay", sql`bay."entityId"`)}`

  /** One alarm a twin, however many of its divergences are open; a twin that is not known here stands where its device does. */
  const diverged = sql<Sighting>`
    with open as (
      select kind, twin_id, max(device_id::text)::uuid as device_id from divergences
      where resolved_at is null group by kind, twin_id
    ), about as (
      select kind, twin_id, device_id, true as is_open from open
      union
      select a.kind, a.entity_id, a.device_id, false from alarms a
      where a.closed_at is null and a.code = 'TWIN_DIVERGENCE'
        and not exists (select 1 from open o where o.kind = a.kind and o.twin_id = a.entity_id)
    )
    select 'TWIN_DIVERGENCE' as code, about.kind, about.twin_id as "entityId", place.chain_id as "chainId",
           place.branch_id as "branchId", case when about.kind = 'device' then about.twin_id else place.device_id end as "deviceId",
           place.controller_id as "controllerId", case when about.is_open then 'holds' else 'over' end as seen
    from about
    cross join lateral (
      select t.chain_id, t.branch_id, coalesce(t.device_id, about.device_id) as device_id, t.controller_id
      from twins t
      where (t.kind = about.kind and t.id = about.twin_id) or (t.kind = 'device' and t.id = about.device_id)
      order by t.kind = about.kind and t.id = about.twin_id desc limit 1
    ) place
    where ${at.branch(sql`place.branch_id`)}`
  return [supply, noAnswer, diverged]
}
