/** The rows of alarms as the API shows them. */
import type { PgClient } from "@effect/sql-pg"
import { Effect } from "effect"
import type { SqlError, Statement } from "effect/sql"
import type { Alarm, AlarmLine } from "#core/api/Alarm.ts"
import { type AlarmCode, type AlarmScope, type AlarmSeverity, alarmStateOf } from "#core/domain/Alarm.ts"
import { BranchId, ChainId, DeviceId } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import type { Keyed } from "./Page.ts"

export interface AlarmViewRow extends Keyed {
  readonly id: number
  readonly code: AlarmCode
  readonly severity: AlarmSeverity
  readonly kind: AlarmScope
  readonly entity_id: string
  readonly label: string
  readonly chain_id: string
  readonly branch_id: string | null
  readonly device_id: string | null
  readonly journal_id: string | null
  readonly seq: number | null
  readonly raised_at: Date
  readonly received_at: Date
  readonly times: number
  readonly last_at: Date
  readonly cleared_at: Date | null
  readonly acknowledged_at: Date | null
  readonly acknowledged_by: string | null
  readonly assignee: string | null
  readonly shelved_until: Date | null
  readonly shelved_by: string | null
  readonly shelved_reason: string | null
  readonly suppressed_by: number | null
  readonly closed_at: Date | null
}

/** What of an alarm is shown, from `alarmTables`. */
export const alarmColumns = (sql: PgClient.PgClient): Statement.Fragment => sql`
  a.id, a.code, a.severity, a.kind, a.entity_id, coalesce(t.label, b.name, c.name, '') as label, a.chain_id, a.branch_id,
  a.device_id, a.journal_id, a.seq, a.raised_at, a.received_at, a.times, a.last_at, a.cleared_at, a.acknowledged_at,
  a.acknowledged_by, a.assignee, a.shelved_until, a.shelved_by, a.shelved_reason, a.suppressed_by, a.closed_at,
  '' as sort_key`

/** Alarms (`a`) with the names of what they are about, and their causes (`cause`). */
export const alarmTables = (sql: PgClient.PgClient): Statement.Fragment => sql`
  alarms a
  left join twins t on t.kind = a.kind and t.id = a.entity_id
  left join branches b on a.kind = 'branch' and b.id = a.entity_id
  left join chains c on a.kind = 'chain' and c.id = a.entity_id
  left join alarms cause on cause.id = a.suppressed_by`

const instant = (at: Date) => toInstant(at.getTime())
const orNull = (at: Date | null) => (at === null ? null : instant(at))

export const toAlarm = (row: AlarmViewRow): Alarm => ({
  id: row.id,
  code: row.code,
  severity: row.severity,
  state: alarmStateOf(row.cleared_at !== null, row.acknowledged_at !== null, row.closed_at !== null),
  about: { kind: row.kind, id: row.entity_id },
  label: row.label,
  chain_id: ChainId.make(row.chain_id),
  branch_id: row.branch_id === null ? null : BranchId.make(row.branch_id),
  device_id: row.device_id === null ? null : DeviceId.make(row.device_id),
  fact: row.journal_id === null || row.seq === null ? null : { journal_id: row.journal_id, seq: row.seq },
  raised_at: instant(row.raised_at),
  received_at: instant(row.received_at),
  times: row.times,
  last_at: instant(row.last_at),
  cleared_at: orNull(row.cleared_at),
  acknowledged:
    row.acknowledged_at === null ? null : { at: instant(row.acknowledged_at), by: row.acknowledged_by ?? "" },
  assignee: row.assignee,
  shelved:
    row.shelved_until === null
      ? null
      : { until: instant(row.shelved_until), by: row.shelved_by ?? "", reason: row.shelved_reason ?? "" },
  suppressed_by: row.suppressed_by,
  closed_at: orNull(row.closed_at),
})

/** What happened to an alarm, the oldest first; of a very long history the newest lines. */
export const alarmLinesOf = (
  sql: PgClient.PgClient,
  alarmId: number,
): Effect.Effect<ReadonlyArray<AlarmLine>, SqlError.SqlError> =>
  Effect.map(
    sql<Omit<AlarmLine, "at"> & { readonly at: Date }>`
      select id, at, what, by, detail from alarm_events where alarm_id = ${alarmId}
      order by id desc limit ${Limits.alarmHistoryLines}`,
    (rows) => rows.map((row) => ({ ...row, at: instant(row.at) })).toReversed(),
  )
