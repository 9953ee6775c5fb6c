/**
 * What people do to alarms. Each deed is one statement that changes the alarm if it can be done now and puts it on record, so
 * two people who act at once do not undo each other.
 */
import type { PgClient } from "@effect/sql-pg"
import { Effect } from "effect"
import type { SqlError, Statement } from "effect/sql"
import type { Alarm } from "#core/api/Alarm.ts"
import { alarmRules } from "#core/alarms/alarmRules.ts"
import type { AlarmHappening } from "#core/domain/Alarm.ts"
import type { Instant } from "#core/domain/Instant.ts"

export interface AlarmPlace {
  readonly chainId: string
  readonly branchId: string | null
}

export type AlarmDeed =
  | { readonly what: "acknowledge" }
  /** To somebody by e-mail address, or to nobody. */
  | { readonly what: "assign"; readonly to: string | null }
  | { readonly what: "comment"; readonly text: string }
  /** Puts one aside that is going on. */
  | { readonly what: "shelve"; readonly until: Instant; readonly reason: string }
  | { readonly what: "unshelve" }
  /** Of one that is over, or of which only a person can say that it is. */
  | { readonly what: "close"; readonly reason: string }

export interface DeedDone {
  /** False if it could not be done: the alarm is as it was. */
  readonly done: boolean
  readonly alarm: Alarm
}

/** Nobody sees these end: an alarm of one is over when somebody says so. */
const endedByPeople = alarmRules.flatMap(({ code, announcedBy }) => (announcedBy === undefined ? [] : [code]))

interface Change {
  readonly line: AlarmHappening
  readonly detail: Readonly<Record<string, string | null>>
  readonly set: Statement.Fragment
  /** Beside that it is open. */
  readonly onlyIf: Statement.Fragment
}

const noShelf = (sql: PgClient.PgClient) => sql`shelved_until = null, shelved_by = null, shelved_reason = null`

const changeOf = (sql: PgClient.PgClient, by: string, deed: AlarmDeed, now: string): Change => {
  const at = sql`${now}::timestamptz`
  switch (deed.what) {
    case "acknowledge":
      return {
        line: "acknowledged",
        detail: {},
        set: sql`acknowledged_at = ${at}, acknowledged_by = ${by},
                 closed_at = case when cleared_at is null or phase = 'latent' then null else ${at} end`,
        onlyIf: sql`acknowledged_at is null`,
      }
    case "assign":
      return {
        line: "assigned",
        detail: { to: deed.to },
        set: sql`assignee = ${deed.to}::text`,
        onlyIf: sql`assignee is distinct from ${deed.to}::text`,
      }
    case "comment":
      return { line: "commented", detail: { text: deed.text }, set: sql`times = times`, onlyIf: sql`true` }
    case "shelve":
      return {
        line: "shelved",
        detail: { until: deed.until, reason: deed.reason },
        set: sql`shelved_until = ${deed.until}::timestamptz, shelved_by = ${by}, shelved_reason = ${deed.reason}`,
        onlyIf: sql`cleared_at is null and ${deed.until}::timestamptz > ${at}`,
      }
    case "unshelve":
      return { line: "unshelved", detail: {}, set: noShelf(sql), onlyIf: sql`shelved_until is not null` }
    case "close":
      return {
        line: "closed",
        detail: { reason: deed.reason },
        set: sql`closed_at = ${at}, cleared_at = coalesce(cleared_at, ${at}), phase = 'cleared', due_at = null,
                 acknowledged_at = coalesce(acknowledged_at, ${at}), acknowledged_by = coalesce(acknowledged_by, ${by}),
                 ${noShelf(sql)}`,
        onlyIf: sql`(phase = 'cleared' or code in (select e from jsonb_array_elements_text(${sql.json(endedByPeople)}) as e))`,
      }
  }
}

/** Gives whether it was done. */
export const doToAlarm = (
  sql: PgClient.PgClient,
  id: number,
  by: string,
  deed: AlarmDeed,
  at: string,
): Effect.Effect<boolean, SqlError.SqlError> => {
  const { line, detail, set, onlyIf } = changeOf(sql, by, deed, at)
  return Effect.map(
    sql`
      with changed as (
        update alarms set ${set} where id = ${id} and raised_at is not null and closed_at is null and ${onlyIf}
        returning id, chain_id
      )
      insert into alarm_events (alarm_id, chain_id, at, what, by, detail)
      select id, chain_id, ${at}::timestamptz, ${line}, ${by}, ${sql.json(detail)} from changed
      returning id`,
    (rows) => rows.length > 0,
  )
}
