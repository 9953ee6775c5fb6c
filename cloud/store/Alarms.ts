/**
 * Alarms: stored in the transaction of the fact that raised or cleared them, once each however often the fact comes;
 * listed and acknowledged by people.
 */
import { PgClient } from "@effect/sql-pg"
import { Clock, Context, Effect, Layer } from "effect"
import type { SqlError, Statement } from "effect/sql"
import type { Alarm } from "#core/api/Alarm.ts"
import { type AlarmCode, alarmSeverities, alarmStateOf } from "#core/domain/Alarm.ts"
import { BranchId, ChainId, DeviceId, type TwinKind } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import {
  type AlarmChange,
  type AlarmSignal,
  followAlarms,
  type LiveAlarm,
  type NewAlarm,
} from "../registry/AlarmBook.ts"
import { columns } from "./Columns.ts"
import { idBefore } from "./IdBefore.ts"
import { type Keyed, type Listed, pageOf, type Position } from "./Page.ts"

interface Row extends Keyed {
  readonly id: number
  readonly code: AlarmCode
  readonly kind: TwinKind
  readonly twin_id: string
  readonly label: string
  readonly chain_id: string
  readonly branch_id: string
  readonly device_id: string
  readonly journal_id: string
  readonly seq: number
  readonly raised_at: Date
  readonly received_at: Date
  readonly times: number
  readonly last_at: Date
  readonly cleared_at: Date | null
  readonly acknowledged_at: Date | null
  readonly acknowledged_by: string | null
}

const instant = (at: Date) => toInstant(at.getTime())

const toAlarm = (row: Row): Alarm => ({
  id: row.id,
  code: row.code,
  severity: alarmSeverities[row.code],
  state: alarmStateOf(row.cleared_at !== null, row.acknowledged_at !== null),
  twin: { kind: row.kind, id: row.twin_id },
  label: row.label,
  chain_id: ChainId.make(row.chain_id),
  branch_id: BranchId.make(row.branch_id),
  device_id: DeviceId.make(row.device_id),
  journal_id: row.journal_id,
  seq: row.seq,
  raised_at: instant(row.raised_at),
  received_at: instant(row.received_at),
  times: row.times,
  last_at: instant(row.last_at),
  cleared_at: row.cleared_at === null ? null : instant(row.cleared_at),
  acknowledged:
    row.acknowledged_at === null ? null : { at: instant(row.acknowledged_at), by: row.acknowledged_by ?? "" },
})

export interface AlarmFilter {
  readonly state?: "open" | "closed" | undefined
  readonly branchId?: string | undefined
}

export class Alarms extends Context.Service<
  Alarms,
  {
    readonly list: (at: Position, filter: AlarmFilter) => Effect.Effect<Listed<Alarm>, SqlError.SqlError>
    readonly named: (ids: ReadonlyArray<number>) => Effect.Effect<ReadonlyArray<Alarm>, SqlError.SqlError>
    /** Notes who has seen it; `done` is false if somebody had before. Undefined if there is none. */
    readonly acknowledge: (
      id: number,
      by: string,
    ) => Effect.Effect<{ readonly done: boolean; readonly alarm: Alarm } | undefined, SqlError.SqlError>
  }
>()("cartwise/cloud/store/Alarms") {
  static readonly layer = Layer.effect(
    Alarms,
    Effect.map(PgClient.PgClient, (sql) => {
      const columns = sql`
        a.id, a.code, a.kind, a.twin_id, t.label, t.chain_id, t.branch_id, a.device_id, a.journal_id, a.seq,
        a.raised_at, a.received_at, a.times, a.last_at, a.cleared_at, a.acknowledged_at, a.acknowledged_by,
        '' as sort_key`
      return Alarms.of({
        list: (at, { state, branchId }) =>
          Effect.map(
            sql<Row>`
              select ${columns} from alarms a join twins t on t.kind = a.kind and t.id = a.twin_id
              where a.id < ${idBefore(at)}::bigint
                and (${state ?? null}::text is null
                     or (a.cleared_at is null or a.acknowledged_at is null) = (${state ?? null}::text = 'open'))
                and (${branchId ?? null}::uuid is null or t.branch_id = ${branchId ?? null}::uuid)
              order by a.id desc limit ${at.limit + 1}`,
            (rows) => pageOf(rows, at, toAlarm),
          ),
        named: (ids) =>
          Effect.map(
            sql<Row>`
              select ${columns} from alarms a join twins t on t.kind = a.kind and t.id = a.twin_id
              where a.id in (select e::bigint from jsonb_array_elements_text(${sql.json(ids)}) as e) order by a.id`,
            (rows) => rows.map(toAlarm),
          ),
        acknowledge: Effect.fnUntraced(function* (id, by) {
          const at = toInstant(yield* Clock.currentTimeMillis)
          const acknowledged = yield* sql`
            update alarms set acknowledged_at = ${at}::timestamptz, acknowledged_by = ${by}
            where id = ${id} and acknowledged_at is null returning id`
          const [row] = yield* sql<Row>`
            select ${columns} from alarms a join twins t on t.kind = a.kind and t.id = a.twin_id where a.id = ${id}`
          return row === undefined ? undefined : { done: acknowledged.length > 0, alarm: toAlarm(row) }
        }),
      })
    }),
  )
}

const toNewRow = (alarm: NewAlarm) => ({
  code: alarm.code,
  kind: alarm.ref.kind,
  twin_id: alarm.ref.id,
  device_id: alarm.deviceId,
  journal_id: alarm.journalId,
  seq: alarm.seq,
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
  readonly twin_id: string
  readonly code: AlarmCode
}

/** The statement that reads the alarms which are live at the bays of these signals. */
export const liveAlarms = (
  sql: PgClient.PgClient,
  signals: ReadonlyArray<AlarmSignal>,
): Statement.Statement<LiveAlarmRow> => sql<LiveAlarmRow>`
  select id, twin_id, code from alarms
  where cleared_at is null and kind = 'bay' and twin_id = any(${columns.uuid(signals, ({ ref }) => ref.id)})`

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
  const live = rows.map(({ id, twin_id, code }): LiveAlarm => ({ id, code, ref: { kind: "bay", id: twin_id } }))
  const { raised, changed } = followAlarms(signals, live)
  if (changed.length > 0) {
    yield* sql`
      update alarms a set
        times = a.times + r.times, last_at = coalesce(r.last_at, a.last_at), cleared_at = r.cleared_at
      from jsonb_to_recordset(${sql.json(changed.map(toChangedRow))}) as r (
        id bigint, times integer, last_at timestamptz, cleared_at timestamptz)
      where a.id = r.id`
  }
  const ids = changed.map(({ id }) => id)
  if (raised.length === 0) return ids
  const stored = yield* sql<{ readonly id: number }>`
    insert into alarms (code, kind, twin_id, device_id, journal_id, seq, raised_at, received_at, times, last_at, cleared_at)
    select r.code, r.kind, r.twin_id, r.device_id, r.journal_id, r.seq, r.raised_at, ${receivedAt}::timestamptz, r.times,
           r.last_at, r.cleared_at
    from jsonb_to_recordset(${sql.json(raised.map(toNewRow))}) as r (
      code text, kind text, twin_id uuid, device_id uuid, journal_id uuid, seq bigint, raised_at timestamptz,
      times integer, last_at timestamptz, cleared_at timestamptz)
    on conflict (device_id, journal_id, seq, code) do nothing
    returning id`
  return [...ids, ...stored.map(({ id }) => id)]
})
