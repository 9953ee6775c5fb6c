/** Conditions that are a state of one region of a twin, all of them at once: which states is in the rules. */
import type { PgClient } from "@effect/sql-pg"
import type { Schema } from "effect"
import type { Statement } from "effect/sql"
import { alarmRules } from "#core/alarms/alarmRules.ts"
import type { Sighting } from "../../alarms/AlarmRecord.ts"
import type { PlaceConditions } from "../AlarmPlaces.ts"
import { speaks } from "./openAlarm.ts"

const levels = alarmRules.flatMap(({ code, level }) =>
  level === undefined
    ? []
    : [{ code, kind: level.kind, region: level.region, raised_in: level.raisedIn, cleared_in: level.clearedIn }],
)

/** Most twins most of the time: no rule holds in these states, and they are told apart without looking into them. */
export const quietValues: ReadonlyArray<Schema.Json> = [
  { latch: "secured", sensor: "trusted", service: "inService" },
  { latch: "empty", sensor: "trusted", service: "inService" },
  { link: "polling" },
]

export const levelSightings = (sql: PgClient.PgClient, at: PlaceConditions): Statement.Statement<Sighting> => sql`
  with rules as (
    select * from jsonb_to_recordset(${sql.json(levels)}) as r (
      code text, kind text, region text, raised_in text[], cleared_in text[])
  ), open_alarms as materialized (
    select a.code, a.kind, a.entity_id from alarms a where a.closed_at is null
  ), candidates as materialized (
    select t.kind, t.id, t.chain_id, t.branch_id, t.device_id, t.controller_id, t.value
    from twins t
    where t.kind in (select kind from rules) and ${at.branch(sql`t.branch_id`)}
      and (t.value not in (select e from jsonb_array_elements(${sql.json(quietValues)}) as e)
           or t.id in (select entity_id from open_alarms))
  ), looked as (
    select r.*, t.id, t.chain_id, t.branch_id,
           case t.kind when 'device' then t.id else t.device_id end as device_id,
           case t.kind when 'controller' then t.id else t.controller_id end as controller_id,
           exists (select 1 from open_alarms a where a.code = r.code and a.kind = t.kind and a.entity_id = t.id) as is_open,
           ${speaks(sql, sql`dev.value`)} as is_known,
           case jsonb_typeof(t.value->r.region)
             when 'string' then t.value->>r.region
             else (select inner_state.key || '.' || coalesce(inner_state.value #>> '{}', '')
                   from jsonb_each(t.value->r.region) as inner_state limit 1)
           end as word
    from rules r
    join candidates t on t.kind = r.kind
    left join twins dev on dev.kind = 'device' and dev.id = case t.kind when 'device' then t.id else t.device_id end
  ), seen as (
    select looked.*, case
      when not is_known then 'unknown'
      when word = any(raised_in) or split_part(word, '.', 1) = any(raised_in) then 'holds'
      when word = any(cleared_in) or split_part(word, '.', 1) = any(cleared_in) then 'over'
      else 'unknown' end as seen
    from looked
  )
  select code, kind, id as "entityId", chain_id as "chainId", branch_id as "branchId", device_id as "deviceId",
         controller_id as "controllerId", seen
  from seen where is_open or seen = 'holds'`
