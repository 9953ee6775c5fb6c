/** Alarms as the evaluator reads and writes them, always within its transaction. */
import type { PgClient } from "@effect/sql-pg"
import { Effect } from "effect"
import type { SqlError, Statement } from "effect/sql"
import type { AlarmCode, AlarmSeverity } from "#core/domain/Alarm.ts"
import type { TwinRef } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import type { AlarmPhase } from "../alarms/AlarmLife.ts"
import type { AlarmRecord, Evaluated, NewAlarmLine } from "../alarms/AlarmRecord.ts"
import { type AlarmPlaces, conditionsOf } from "./AlarmPlaces.ts"
import { columns } from "./Columns.ts"

interface Row {
  readonly id: number
  readonly code: AlarmCode
  readonly kind: string
  readonly entity_id: string
  readonly chain_id: string
  readonly branch_id: string | null
  readonly device_id: string | null
  readonly controller_id: string | null
  readonly phase: AlarmPhase
  readonly since: Date
  readonly due_at: Date | null
  readonly raised_at: Date | null
  readonly last_at: Date
  readonly cleared_at: Date | null
  readonly times: number
  readonly severity: AlarmSeverity
  readonly suppressed_by: number | null
  readonly shelved_until: Date | null
  readonly acknowledged_at: Date | null
}

const orNull = (at: Date | null): number | null => at?.getTime() ?? null

const toRecord = (row: Row): AlarmRecord => ({
  id: row.id,
  code: row.code,
  kind: row.kind,
  entityId: row.entity_id,
  chainId: row.chain_id,
  branchId: row.branch_id,
  deviceId: row.device_id,
  controllerId: row.controller_id,
  life: {
    phase: row.phase,
    since: row.since.getTime(),
    dueAt: orNull(row.due_at),
    raisedAt: orNull(row.raised_at),
    lastAt: row.last_at.getTime(),
    clearedAt: orNull(row.cleared_at),
    times: row.times,
  },
  severity: row.severity,
  suppressedBy: row.suppressed_by,
  shelvedUntil: orNull(row.shelved_until),
  isAcknowledged: row.acknowledged_at !== null,
  closedAt: null,
})

/**
 * Every alarm of these places that is not closed, locked until the transaction ends. One that somebody else is writing to is
 * left out: what that comes to is heard of, and looked at then.
 */
export const holdAlarms = (
  sql: PgClient.PgClient,
  places: AlarmPlaces,
): Effect.Effect<ReadonlyArray<AlarmRecord>, SqlError.SqlError> => {
  const at = conditionsOf(sql, places)
  return Effect.map(
    sql<Row>`
      select a.id, a.code, a.kind, a.entity_id, a.chain_id, a.branch_id, a.device_id, a.controller_id, a.phase, a.since,
             a.due_at, a.raised_at, a.last_at, a.cleared_at, a.times, a.severity, a.suppressed_by, a.shelved_until,
             a.acknowledged_at
      from alarms a
      where a.closed_at is null and (${at.branch(sql`a.branch_id`)} or (a.branch_id is null and ${at.chain(sql`a.chain_id`)}))
      order by a.id limit ${Limits.alarmRows}
      for no key update of a skip locked`,
    (rows) => rows.map(toRecord),
  )
}

/** Ids for so many new alarms. */
export const newAlarmIds = (
  sql: PgClient.PgClient,
  count: number,
): Effect.Effect<ReadonlyArray<number>, SqlError.SqlError> =>
  Effect.map(
    sql<{ readonly id: number }>`
      select nextval(pg_get_serial_sequence('alarms', 'id')) as id from generate_series(1, ${count})`,
    (rows) => rows.map(({ id }) => id),
  )

/** Writes what a look has decided; a condition that somebody else has noted meanwhile is theirs. */
export const writeAlarms = Effect.fnUntraced(function* (
  sql: PgClient.PgClient,
  { added, changed, dropped, lines }: Evaluated,
  nowMs: number,
): Effect.fn.Return<void, SqlError.SqlError> {
  if (added.length > 0) {
    yield* sql`
      insert into alarms (id, code, kind, entity_id, chain_id, branch_id, device_id, controller_id, severity, phase, since,
                          due_at, raised_at, received_at, times, last_at)
      overriding system value
      select r.id, r.code, r.kind, r.entity_id, r.chain_id, r.branch_id, r.device_id, r.controller_id, r.severity, r.phase,
             r.since, r.due_at, r.raised_at, r.received_at, r.times, r.last_at
      from unnest(
        ${columns.bigint(added, ({ id }) => id)},
        ${columns.text(added, ({ code }) => code)},
        ${columns.text(added, ({ kind }) => kind)},
        ${columns.uuid(added, ({ entityId }) => entityId)},
        ${columns.uuid(added, ({ chainId }) => chainId)},
        ${columns.uuid(added, ({ branchId }) => branchId)},
        ${columns.uuid(added, ({ deviceId }) => deviceId)},
        ${columns.uuid(added, ({ controllerId }) => controllerId)},
        ${columns.text(added, ({ severity }) => severity)},
        ${columns.text(added, ({ life }) => life.phase)},
        ${columns.instant(added, ({ life }) => life.since)},
        ${columns.instant(added, ({ life }) => life.dueAt)},
        ${columns.instant(added, ({ life }) => life.raisedAt)},
        ${columns.instant(added, () => nowMs)},
        ${columns.integer(added, ({ life }) => life.times)},
        ${columns.instant(added, ({ life }) => life.lastAt)}
      ) as r (id, code, kind, entity_id, chain_id, branch_id, device_id, controller_id, severity, phase, since, due_at,
              raised_at, received_at, times, last_at)
      on conflict (kind, entity_id, code) where cleared_at is null do nothing`
  }
  // A new one may be explained by another new one, so causes are written when all are there.
  const written = [...changed, ...added.filter(({ suppressedBy }) => suppressedBy !== null)]
  if (written.length > 0) {
    yield* sql`
      update alarms a set
        phase = r.phase, since = r.since, due_at = r.due_at, raised_at = r.raised_at, last_at = r.last_at,
        cleared_at = r.cleared_at, times = r.times, severity = r.severity, suppressed_by = r.suppressed_by,
        closed_at = r.closed_at, shelved_until = r.shelved_until,
        shelved_by = case when r.shelved_until is null then null else a.shelved_by end,
        shelved_reason = case when r.shelved_until is null then null else a.shelved_reason end,
        acknowledged_at = case when r.is_acknowledged then a.acknowledged_at end,
        acknowledged_by = case when r.is_acknowledged then a.acknowledged_by end
      from unnest(
        ${columns.bigint(written, ({ id }) => id)},
        ${columns.text(written, ({ life }) => life.phase)},
        ${columns.instant(written, ({ life }) => life.since)},
        ${columns.instant(written, ({ life }) => life.dueAt)},
        ${columns.instant(written, ({ life }) => life.raisedAt)},
        ${columns.instant(written, ({ life }) => life.lastAt)},
        ${columns.instant(written, ({ life }) => life.clearedAt)},
        ${columns.integer(written, ({ life }) => life.times)},
        ${columns.text(written, ({ severity }) => severity)},
        ${columns.bigint(written, ({ suppressedBy }) => suppressedBy)},
        ${columns.instant(written, ({ closedAt }) => closedAt)},
        ${columns.instant(written, ({ shelvedUntil }) => shelvedUntil)},
        ${columns.boolean(written, ({ isAcknowledged }) => isAcknowledged)}
      ) as r (id, phase, since, due_at, raised_at, last_at, cleared_at, times, severity, suppressed_by, closed_at,
              shelved_until, is_acknowledged)
      where a.id = r.id`
  }
  if (dropped.length > 0) {
    yield* sql`delete from alarms where id = any(${columns.bigint(dropped, (id) => id)}) and raised_at is null`
  }
  yield* writeAlarmLines(sql, lines)
})

/** Appends to the history of alarms; a line of one that is not there is none. */
export const writeAlarmLines = Effect.fnUntraced(function* (
  sql: PgClient.PgClient,
  lines: ReadonlyArray<NewAlarmLine>,
): Effect.fn.Return<void, SqlError.SqlError> {
  if (lines.length === 0) return
  yield* sql`
    insert into alarm_events (alarm_id, chain_id, at, what, by, detail)
    select r.alarm_id, r.chain_id, r.at, r.what, r.by, r.detail::jsonb
    from unnest(
      ${columns.bigint(lines, ({ alarmId }) => alarmId)},
      ${columns.uuid(lines, ({ chainId }) => chainId)},
      ${columns.instant(lines, ({ at }) => at)},
      ${columns.text(lines, ({ what }) => what)},
      ${columns.text(lines, ({ by }) => by)},
      ${columns.json(lines, ({ detail }) => detail)}
    ) with ordinality as r (alarm_id, chain_id, at, what, by, detail, place)
    where exists (select 1 from alarms a where a.id = r.alarm_id)
    order by r.place`
})

/** When time alone changes an alarm next, after the given instant; null if it changes none. */
export const nextAlarmDue = (
  sql: PgClient.PgClient,
  afterMs: number,
): Effect.Effect<number | null, SqlError.SqlError> => {
  const after = sql`${toInstant(afterMs)}::timestamptz`
  return Effect.map(
    sql<{ readonly at: Date | null }>`
      select least(
        (select min(due_at) from alarms where due_at > ${after} and closed_at is null),
        (select min(shelved_until) from alarms where shelved_until > ${after} and closed_at is null)) as at`,
    ([row]) => row?.at?.getTime() ?? null,
  )
}

/** Places of the alarms that time changes by now and did not before. */
export const dueAlarmPlaces = (
  sql: PgClient.PgClient,
  afterMs: number,
  nowMs: number,
): Effect.Effect<AlarmPlaces, SqlError.SqlError> => {
  const isDue = (column: Statement.Fragment) =>
    sql`(${column} > ${toInstant(afterMs)}::timestamptz and ${column} <= ${toInstant(nowMs)}::timestamptz)`
  return Effect.map(
    sql<{ readonly chain_id: string; readonly branch_id: string | null }>`
      select distinct chain_id, branch_id from alarms
      where closed_at is null and (${isDue(sql`due_at`)} or ${isDue(sql`shelved_until`)})`,
    (rows) => ({
      all: false,
      branches: rows.flatMap(({ branch_id }) => branch_id ?? []),
      chains: rows.flatMap(({ chain_id, branch_id }) => (branch_id === null ? [chain_id] : [])),
    }),
  )
}

/** The branches in which these twins and the devices of these commands are. */
export const branchesOf = (
  sql: PgClient.PgClient,
  twins: ReadonlyArray<TwinRef>,
  commands: ReadonlyArray<string>,
): Effect.Effect<ReadonlyArray<string>, SqlError.SqlError> =>
  Effect.map(
    sql<{ readonly branch_id: string }>`
      select t.branch_id
      from unnest(${columns.text(twins, ({ kind }) => kind)}, ${columns.uuid(twins, ({ id }) => id)}) as r (kind, id)
      join twins t on t.kind = r.kind and t.id = r.id
      union
      select d.branch_id from commands c join devices d on d.id = c.device_id
      where c.id = any(${columns.uuid(commands, (id) => id)})`,
    (rows) => rows.map(({ branch_id }) => branch_id),
  )
