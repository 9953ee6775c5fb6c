/** How the people of each chain want the rules of alarms. */
import { PgClient } from "@effect/sql-pg"
import { Clock, Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import type { AlarmCode, AlarmSeverity } from "#core/domain/Alarm.ts"
import { toInstant } from "#core/domain/Instant.ts"
import type { RuleTuning } from "../alarms/RuleBook.ts"

/** A tuning with who wanted it, when and why. */
export interface StoredTuning extends RuleTuning {
  readonly changedAt: Date
  readonly changedBy: string
  readonly reason: string
}

interface Row {
  readonly chain_id: string
  readonly code: AlarmCode
  readonly is_on: boolean
  readonly severity: AlarmSeverity
  readonly raise_after_ms: number
  readonly clear_after_ms: number
  readonly changed_at: Date
  readonly changed_by: string
  readonly reason: string
}

const toTuning = (row: Row): StoredTuning => ({
  chainId: row.chain_id,
  code: row.code,
  isOn: row.is_on,
  severity: row.severity,
  raiseAfterMs: row.raise_after_ms,
  clearAfterMs: row.clear_after_ms,
  changedAt: row.changed_at,
  changedBy: row.changed_by,
  reason: row.reason,
})

export class AlarmTunings extends Context.Service<
  AlarmTunings,
  {
    readonly all: Effect.Effect<ReadonlyArray<StoredTuning>, SqlError.SqlError>
    /** Keeps it instead of the one before; false if there is no such chain. */
    readonly save: (tuning: RuleTuning, by: string, reason: string) => Effect.Effect<boolean, SqlError.SqlError>
  }
>()("cartwise/cloud/store/AlarmTunings") {
  static readonly layer = Layer.effect(
    AlarmTunings,
    Effect.map(PgClient.PgClient, (sql) =>
      AlarmTunings.of({
        all: Effect.map(sql<Row>`select * from alarm_rule_tunings order by chain_id, code`, (rows) =>
          rows.map(toTuning),
        ),
        save: Effect.fnUntraced(function* (one, by, reason) {
          const at = toInstant(yield* Clock.currentTimeMillis)
          const saved = yield* sql`
            insert into alarm_rule_tunings (chain_id, code, is_on, severity, raise_after_ms, clear_after_ms, changed_at,
                                            changed_by, reason)
            select c.id, ${one.code}, ${one.isOn}::boolean, ${one.severity}, ${one.raiseAfterMs}::integer,
                   ${one.clearAfterMs}::integer, ${at}::timestamptz, ${by}, ${reason}
            from chains c where c.id = ${one.chainId}
            on conflict (chain_id, code) do update set is_on = excluded.is_on, severity = excluded.severity,
              raise_after_ms = excluded.raise_after_ms, clear_after_ms = excluded.clear_after_ms,
              changed_at = excluded.changed_at, changed_by = excluded.changed_by, reason = excluded.reason
            returning chain_id`
          return saved.length > 0
        }),
      }),
    ),
  )
}
