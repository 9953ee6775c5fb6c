/** The alarm that a device will not take its configuration: raised and ended with what it says, in the same transaction. */
import type { PgClient } from "@effect/sql-pg"
import { Effect } from "effect"
import type { SqlError } from "effect/sql"
import { toInstant } from "#core/domain/Instant.ts"

interface Id {
  readonly id: number
}

const idsOf = (rows: ReadonlyArray<Id>): ReadonlyArray<number> => rows.map(({ id }) => id)

/** Ends the one there is; gives its id. */
export const endDrift = (
  sql: PgClient.PgClient,
  deviceId: string,
  atMs: number,
): Effect.Effect<ReadonlyArray<number>, SqlError.SqlError> => {
  const at = toInstant(atMs)
  return Effect.map(
    sql<Id>`
      with ended as (
        update alarms set cleared_at = ${at}::timestamptz, phase = 'cleared', since = ${at}::timestamptz,
          shelved_until = null, shelved_by = null, shelved_reason = null,
          closed_at = case when acknowledged_at is null and suppressed_by is null then null else ${at}::timestamptz end
        where code = 'CONFIG_DRIFT' and kind = 'device' and entity_id = ${deviceId} and cleared_at is null
        returning id, chain_id
      ), noted as (
        insert into alarm_events (alarm_id, chain_id, at, what, by, detail)
        select id, chain_id, ${at}::timestamptz, 'cleared', 'cloud', '{}' from ended
      )
      select id from ended`,
    idsOf,
  )
}

/** Raises it, or counts on the one there is; gives its id, or nothing for a device that never booted. */
export const raiseDrift = (
  sql: PgClient.PgClient,
  deviceId: string,
  version: number,
  atMs: number,
): Effect.Effect<ReadonlyArray<number>, SqlError.SqlError> => {
  const at = toInstant(atMs)
  return Effect.map(
    sql<Id>`
      with counted as (
        update alarms set times = times + 1, last_at = ${at}::timestamptz
        where code = 'CONFIG_DRIFT' and kind = 'device' and entity_id = ${deviceId} and cleared_at is null
        returning id
      ), raised as (
        insert into alarms (code, kind, entity_id, chain_id, branch_id, device_id, journal_id, seq, severity, phase, since,
                            raised_at, received_at, last_at)
        select 'CONFIG_DRIFT', 'device', s.device_id, t.chain_id, t.branch_id, s.device_id, s.journal_id,
               ${version}::bigint, 'minor', 'active', ${at}::timestamptz, ${at}::timestamptz, ${at}::timestamptz,
               ${at}::timestamptz
        from device_sessions s join twins t on t.kind = 'device' and t.id = s.device_id
        where s.device_id = ${deviceId} and not exists (select 1 from counted)
        on conflict (device_id, journal_id, seq, code) do update set
          times = alarms.times + 1, last_at = excluded.last_at, cleared_at = null, acknowledged_at = null,
          acknowledged_by = null, closed_at = null, phase = 'active', since = excluded.since
        returning id, chain_id, times
      ), noted as (
        insert into alarm_events (alarm_id, chain_id, at, what, by, detail)
        select id, chain_id, ${at}::timestamptz, case when times > 1 then 'returned' else 'raised' end, 'cloud',
               '{"severity":"minor"}' from raised
      )
      select id from counted union all select id from raised`,
    idsOf,
  )
}
