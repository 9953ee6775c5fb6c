/** Whether an alarm of this code about that is open: then it must be looked at, whatever is seen. */
import type { PgClient } from "@effect/sql-pg"
import type { Statement } from "effect/sql"
import type { AlarmCode, AlarmScope } from "#core/domain/Alarm.ts"

export const openAlarm = (
  sql: PgClient.PgClient,
  code: AlarmCode,
  kind: AlarmScope,
  id: Statement.Fragment,
): Statement.Fragment => sql`
  exists (select 1 from alarms a where a.closed_at is null and a.code = ${code} and a.kind = ${kind} and a.entity_id = ${id})`

/** True for a device's twin whose word is the newest and was compared with what is here. */
export const speaks = (sql: PgClient.PgClient, value: Statement.Fragment): Statement.Fragment => sql`
  coalesce(${value}->>'connection' = 'online' and ${value}->>'sync' in ('inSync', 'diverged'), false)`
