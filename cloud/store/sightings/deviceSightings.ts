/** Conditions of devices and their buses, and of a branch of which no device is there. */
import type { PgClient } from "@effect/sql-pg"
import type { Statement } from "effect/sql"
import type { Sighting } from "../../alarms/AlarmRecord.ts"
import type { PlaceConditions } from "../AlarmPlaces.ts"
import { openAlarm, speaks } from "./openAlarm.ts"

export const deviceSightings = (
  sql: PgClient.PgClient,
  at: PlaceConditions,
): ReadonlyArray<Statement.Statement<Sighting>> => {
  const here = at.branch(sql`dev.branch_id`)
  /** Over once it was compared: a device that is back and says nothing yet may be gone again. */
  const offline = sql<Sighting>`
    select 'DEVICE_OFFLINE' as code, 'device' as kind, dev.id as "entityId", dev.chain_id as "chainId",
           dev.branch_id as "branchId", dev.id as "deviceId", null::uuid as "controllerId",
           case when dev.value->>'connection' = 'offline' then 'holds'
                when dev.value->>'connection' in ('lost', 'pending') then 'unknown'
                when dev.value->>'connection' = 'online' and not ${speaks(sql, sql`dev.value`)} then 'unknown'
                else 'over' end as seen
    from twins dev
    where dev.kind = 'device' and ${here}
      and (dev.value->>'connection' = 'offline' or ${openAlarm(sql, "DEVICE_OFFLINE", "device", sql`dev.id`)})`

  /** What its boards do is their own alarm, and the bus's: here is what else ails it. */
  const degraded = sql<Sighting>`
    select * from (
      select 'DEVICE_DEGRADED' as code, 'device' as kind, dev.id as "entityId", dev.chain_id as "chainId",
             dev.branch_id as "branchId", dev.id as "deviceId", null::uuid as "controllerId",
             case when not ${speaks(sql, sql`dev.value`)} or dev.value->>'health' = 'unknown' then 'unknown'
                  when dev.value->>'health' <> 'ok' and jsonb_path_exists(
                    dev.context, '$.** ? (@.type() == "string" && !(@ starts with "board "))') then 'holds'
                  else 'over' end as seen
      from twins dev where dev.kind = 'device' and ${here}
    ) device
    where seen = 'holds' or ${openAlarm(sql, "DEVICE_DEGRADED", "device", sql`device."entityId"`)}`

  const dark = sql<Sighting>`
    select * from (
      select 'BRANCH_DARK' as code, 'branch' as kind, b.id as "entityId", b.chain_id as "chainId", b.id as "branchId",
             null::uuid as "deviceId", null::uuid as "controllerId",
             case when count(dev.id) = 0 or bool_or(${speaks(sql, sql`dev.value`)}) then 'over'
                  when bool_and(dev.value->>'connection' = 'offline') then 'holds'
                  else 'unknown' end as seen
      from branches b
      left join twins dev on dev.kind = 'device' and dev.branch_id = b.id
        and dev.value->>'connection' not in ('enrolled', 'decommissioned')
      where ${at.branch(sql`b.id`)}
      group by b.id
    ) branch
    where seen = 'holds' or ${openAlarm(sql, "BRANCH_DARK", "branch", sql`branch."entityId"`)}`

  /** A port is gone, or several boards of one say nothing; a board that is alone and silent is the board. */
  const busDown = sql<Sighting>`
    with boards as (
      select con.device_id, c.port, con.value->>'link' as link
      from twins dev
      join twins con on con.kind = 'controller' and con.device_id = dev.id
      join controllers c on c.id = con.id and c.archived_at is null
      where dev.kind = 'device' and ${here} and con.value->>'link' <> 'disabled'
    ), ports as (
      select device_id,
             bool_and(link in ('silent', 'garbled', 'busDown')) and (count(*) > 1 or bool_or(link = 'busDown')) as is_down,
             bool_and(link in ('silent', 'garbled', 'busDown', 'probing')) as may_be_down
      from boards group by device_id, port
    ), buses as (
      select device_id, bool_or(is_down) as is_down, bool_or(may_be_down and not is_down) as may_be_down
      from ports group by device_id
    )
    select 'BUS_DOWN' as code, 'device' as kind, dev.id as "entityId", dev.chain_id as "chainId",
           dev.branch_id as "branchId", dev.id as "deviceId", null::uuid as "controllerId",
           case when not ${speaks(sql, sql`dev.value`)} then 'unknown'
                when coalesce(bus.is_down, false) then 'holds'
                when coalesce(bus.may_be_down, false) then 'unknown'
                else 'over' end as seen
    from twins dev
    left join buses bus on bus.device_id = dev.id
    where dev.kind = 'device' and ${here}
      and (coalesce(bus.is_down, false) or ${openAlarm(sql, "BUS_DOWN", "device", sql`dev.id`)})`
  return [offline, degraded, dark, busDown]
}
