/**
 * Alarms that bays announce: stored in the transaction of the fact that raised or cleared them, once each however often the
 * fact comes. What time and levels raise is the evaluator's (`cloud/alarms`).
 */
import type { PgClient } from "@effect/sql-pg"
import { Effect } from "effect"
import type { SqlError, Statement } from "effect/sql"
import { alarmRuleOf } from "#core/alarms/alarmRules.ts"
import type { AlarmCode } from "#core/domain/Alarm.ts"
import { toInstant } from "#core/domain/Instant.ts"
import {
  type AlarmChange,
  type AlarmSignal,
  followAlarms,
  type LiveAlarm,
  type NewAlarm,
} from "../registry/AlarmBook.ts"
import { columns } from "./Columns.ts"

const toNewRow = (alarm: NewAlarm) => ({
  code: alarm.code,
  kind: alarm.ref.kind,
  entity_id: alarm.ref.id,
  device_id: alarm.deviceId,
  journal_id: alarm.journalId,
  seq: alarm.seq,
  severity: alarmRuleOf(alarm.code).severity,
  raised_at: toInstant(alarm.raisedAt),
  times: alarm.times,
  last_at: toInstant(alarm.lastAt),
  cleared_at: alarm.clearedAt === null ? null : toInstant(alarm.clearedAt),
})

const toChangedRow = ({ id, times, lastAt, clearedAt }: AlarmChange) => ({
  id,
  times,
  last_at: lastAt === null ? null : toInstant(lastAt),
  cleared_at: clearedAt === null ? null : toInstant(clearedAt),
})

export interface LiveAlarmRow {
  readonly id: number
  readonly entity_id: string
  readonly code: AlarmCode
}

/** The statement that reads the alarms which are live at the bays of these signals. */
export const liveAlarms = (
  sql: PgClient.PgClient,
  signals: ReadonlyArray<AlarmSignal>,
): Statement.Statement<LiveAlarmRow> => sql<LiveAlarmRow>`
  select id, entity_id, code from alarms
  where cleared_at is null and kind = 'bay' and entity_id = any(${columns.uuid(signals, ({ ref }) => ref.id)})`

/**
 * Raises and clears the alarms of a unit of work, whose bays are locked until its transaction ends; `rows` are those that
 * were live before. Gives the ids of those that were raised or changed. Costs nothing when no line of it can matter.
 */
export const recordAlarms = Effect.fnUntraced(function* (
  sql: PgClient.PgClient,
  signals: ReadonlyArray<AlarmSignal>,
  rows: ReadonlyArray<LiveAlarmRow>,
  receivedAt: string,
): Effect.fn.Return<ReadonlyArray<number>, SqlError.SqlError> {
  if (signals.length === 0) return []
  const live = rows.map(({ id, entity_id, code }): LiveAlarm => ({ id, code, ref: { kind: "bay", id: entity_id } }))
  const { raised, changed } = followAlarms(signals, live)
  if (changed.length > 0) {
    yield* sql`
      with changed as (
        update alarms a set
          times = a.times + r.times, last_at = coalesce(r.last_at, a.last_at), cleared_at = r.cleared_at,
          raised_at = coalesce(a.raised_at, r.last_at), due_at = null,
          since = coalesce(r.cleared_at, case when a.phase = 'active' then a.since else r.last_at end),
          phase = case when r.cleared_at is null then 'active' else 'cleared' end,
          closed_at = case when a.acknowledged_at is not null or a.suppressed_by is not null
                             or coalesce(a.raised_at, r.last_at) is null then r.cleared_at end,
          shelved_until = case when r.cleared_at is null then a.shelved_until end
        from jsonb_to_recordset(${sql.json(changed.map(toChangedRow))}) as r (
          id bigint, times integer, last_at timestamptz, cleared_at timestamptz)
        where a.id = r.id
        returning a.id, a.chain_id, a.severity, a.raised_at, a.cleared_at, a.closed_at, a.times = r.times as is_first
      ), told as (
        select * from changed where raised_at is not null
      )
      insert into alarm_events (alarm_id, chain_id, at, what, by, detail)
      select id, chain_id, raised_at, 'raised', 'cloud', jsonb_build_object('severity', severity) from told where is_first
      union all
      select id, chain_id, cleared_at, 'cleared', 'cloud', '{}' from told where cleared_at is not null
      union all
      select id, chain_id, closed_at, 'closed', 'cloud', '{}' from told where closed_at is not null`
  }
  const ids = changed.map(({ id }) => id)
  if (raised.length === 0) return ids
  const stored = yield* sql<{ readonly id: number }>`
    with raised as (
      insert into alarms (code, kind, entity_id, chain_id, branch_id, device_id, controller_id, journal_id, seq, severity,
                          phase, since, raised_at, received_at, times, last_at, cleared_at)
      select r.code, r.kind, r.entity_id, t.chain_id, t.branch_id, r.device_id, t.controller_id, r.journal_id, r.seq,
             r.severity, case when r.cleared_at is null then 'active' else 'cleared' end,
             coalesce(r.cleared_at, r.raised_at), r.raised_at, ${receivedAt}::timestamptz, r.times, r.last_at, r.cleared_at
      from jsonb_to_recordset(${sql.json(raised.map(toNewRow))}) as r (
        code text, kind text, entity_id uuid, device_id uuid, journal_id uuid, seq bigint, severity text,
        raised_at timestamptz, times integer, last_at timestamptz, cleared_at timestamptz)
      join twins t on t.kind = r.kind and t.id = r.entity_id
      on conflict (device_id, journal_id, seq, code) do nothing
      returning id, chain_id, severity, raised_at, cleared_at
    ), noted as (
      insert into alarm_events (alarm_id, chain_id, at, what, by, detail)
      select id, chain_id, raised_at, 'raised', 'cloud', jsonb_build_object('severity', severity) from raised
      union all
      select id, chain_id, cleared_at, 'cleared', 'cloud', '{}' from raised where cleared_at is not null
    )
    select id from raised order by id`
  return [...ids, ...stored.map(({ id }) => id)]
})
