/** Alarms as people see them: lists, one with what happened to it, and what people do to one. */
import { PgClient } from "@effect/sql-pg"
import { Clock, Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import type { AccessScope } from "#core/access/may.ts"
import type { Alarm, AlarmWithHistory } from "#core/api/Alarm.ts"
import type { AlarmCode, AlarmSeverity } from "#core/domain/Alarm.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { scopeCondition } from "../access/scopeCondition.ts"
import { type AlarmDeed, type AlarmPlace, type DeedDone, doToAlarm } from "./AlarmDeeds.ts"
import { alarmColumns, alarmLinesOf, alarmTables, type AlarmViewRow, toAlarm } from "./AlarmViews.ts"
import { orderByMaking } from "./ListOrder.ts"
import { type Listed, pageOf, type Position } from "./Page.ts"

export interface AlarmFilter {
  /** Whose alarms. */
  readonly scope: AccessScope
  readonly state?: "open" | "closed" | undefined
  readonly branchId?: string | undefined
  readonly severity?: AlarmSeverity | undefined
  readonly code?: AlarmCode | undefined
}

export class Alarms extends Context.Service<
  Alarms,
  {
    readonly list: (at: Position, filter: AlarmFilter) => Effect.Effect<Listed<Alarm>, SqlError.SqlError>
    readonly named: (ids: ReadonlyArray<number>) => Effect.Effect<ReadonlyArray<Alarm>, SqlError.SqlError>
    readonly get: (id: number) => Effect.Effect<AlarmWithHistory | undefined, SqlError.SqlError>
    /** Where an alarm is; undefined if there is none. */
    readonly placeOf: (id: number) => Effect.Effect<AlarmPlace | undefined, SqlError.SqlError>
    /** Does something to an alarm in somebody's name, if it can be done now; undefined if there is none. */
    readonly act: (id: number, by: string, deed: AlarmDeed) => Effect.Effect<DeedDone | undefined, SqlError.SqlError>
  }
>()("cartwise/cloud/store/Alarms") {
  static readonly layer = Layer.effect(
    Alarms,
    Effect.map(PgClient.PgClient, (sql) => {
      const columns = alarmColumns(sql)
      const tables = alarmTables(sql)
      const orNone = (value: string | undefined) => value ?? null
      return Alarms.of({
        list: (at, { scope, state, branchId, severity, code }) => {
          const order = orderByMaking(sql, at, sql`a.id`)
          return Effect.map(
            sql<AlarmViewRow>`
              select ${columns} from ${tables}
              where ${order.after} and a.raised_at is not null
                and ${scopeCondition(sql, scope, sql`a.chain_id`, sql`a.branch_id`)}
                and (cause.id is null or cause.raised_at is not null)
                and (${orNone(state)}::text is null or (a.closed_at is null) = (${orNone(state)}::text = 'open'))
                and (${orNone(branchId)}::uuid is null or a.branch_id = ${orNone(branchId)}::uuid)
                and (${orNone(severity)}::text is null or a.severity = ${orNone(severity)}::text)
                and (${orNone(code)}::text is null or a.code = ${orNone(code)}::text)
              order by ${order.by} limit ${at.limit + 1}`,
            (rows) => pageOf(rows, at, toAlarm),
          )
        },
        named: (ids) =>
          Effect.map(
            sql<AlarmViewRow>`
              select ${columns} from ${tables}
              where a.raised_at is not null
                and a.id in (select e::bigint from jsonb_array_elements_text(${sql.json(ids)}) as e) order by a.id`,
            (rows) => rows.map(toAlarm),
          ),
        get: Effect.fnUntraced(function* (id) {
          const [row] = yield* sql<AlarmViewRow>`
            select ${columns} from ${tables} where a.id = ${id} and a.raised_at is not null`
          if (row === undefined) return undefined
          const explains = yield* sql<AlarmViewRow>`
            select ${columns} from ${tables} where a.suppressed_by = ${id} and a.raised_at is not null order by a.id`
          return { alarm: toAlarm(row), history: yield* alarmLinesOf(sql, id), explains: explains.map(toAlarm) }
        }),
        placeOf: (id) =>
          Effect.map(
            sql<AlarmPlace>`
              select chain_id as "chainId", branch_id as "branchId" from alarms where id = ${id} and raised_at is not null`,
            ([row]) => row,
          ),
        act: Effect.fnUntraced(function* (id, by, deed) {
          const at = toInstant(yield* Clock.currentTimeMillis)
          const done = yield* doToAlarm(sql, id, by, deed, at)
          const [row] = yield* sql<AlarmViewRow>`
            select ${columns} from ${tables} where a.id = ${id} and a.raised_at is not null`
          return row === undefined ? undefined : { done, alarm: toAlarm(row) }
        }),
      })
    }),
  )
}
