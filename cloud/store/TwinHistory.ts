/**
 * The lines of a twin's history, the newest first, with a cursor each way. Whatever is asked for, only so many lines are
 * looked at: a filter that few lines fit gives a shorter page, with the place to go on from.
 */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer, Result, Schema } from "effect"
import type { SqlError } from "effect/sql"
import type { Cause, HistoryPage, TwinHistoryEvent } from "#core/api/TwinHistory.ts"
import { CommandId, JournalId, type TwinRef } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"

/** Where a page begins: behind this line, towards older or newer ones. */
const HistoryCursor = Schema.Tuple([
  Schema.Literals(["older", "newer"]),
  Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
  Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
])
export type HistoryCursor = typeof HistoryCursor.Type

const decodeCursor = Schema.decodeUnknownResult(Schema.fromJsonString(HistoryCursor))

/** Reads a cursor that a page has given; undefined if it is none. */
export const cursorOf = (text: string): HistoryCursor | undefined =>
  Result.getOrUndefined(decodeCursor(Buffer.from(text, "base64url").toString()))

const textOf = (towards: HistoryCursor[0], line: { readonly revision: number; readonly id: number } | undefined) =>
  line === undefined
    ? null
    : Buffer.from(JSON.stringify([towards, line.revision, line.id] satisfies HistoryCursor)).toString("base64url")

/** Which lines, and how many. */
export interface HistoryWanted {
  readonly limit: number
  readonly cursor?: HistoryCursor | undefined
  readonly accepted?: boolean | undefined
  readonly type?: string | undefined
  /** Stored here at or after, and before. */
  readonly fromMs?: number | undefined
  readonly toMs?: number | undefined
}

interface Row {
  readonly id: number
  readonly revision: number
  readonly event: Schema.Json
  readonly type: string | null
  readonly accepted: boolean
  readonly reason: string | null
  readonly value: Schema.Json
  readonly announces: TwinHistoryEvent["announces"]
  readonly actor: string
  readonly command_id: string | null
  readonly traceparent: string | null
  readonly journal_id: string | null
  readonly seq: number | null
  readonly at: Date
  readonly received_at: Date
}

const causeOf = ({ type, journal_id, actor }: Row): Cause => {
  if (type === "deadline.due") return "deadline"
  if (type === "snapshot.adopted") return "snapshot"
  if (type === "twin.unreadable") return "mended"
  if (journal_id !== null) return "fact"
  return actor === "cloud" ? "cloud" : "request"
}

const toEvent = (row: Row): TwinHistoryEvent => ({
  id: row.id,
  revision: row.revision,
  event: row.event,
  accepted: row.accepted,
  reason: row.reason,
  value: row.value,
  announces: row.announces,
  cause: causeOf(row),
  actor: row.actor,
  command_id: row.command_id === null ? null : CommandId.make(row.command_id),
  trace_id: row.traceparent?.split("-")[1] ?? null,
  journal:
    row.journal_id === null || row.seq === null ? null : { journal_id: JournalId.make(row.journal_id), seq: row.seq },
  at: toInstant(row.at.getTime()),
  received_at: toInstant(row.received_at.getTime()),
})

export class TwinHistory extends Context.Service<
  TwinHistory,
  { readonly list: (ref: TwinRef, wanted: HistoryWanted) => Effect.Effect<HistoryPage, SqlError.SqlError> }
>()("cartwise/cloud/store/TwinHistory") {
  static readonly layer = Layer.effect(
    TwinHistory,
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient

      /**
       * The lines behind the cursor in one direction, unfiltered: a walk along the index. Times become revisions by the
       * states kept whole, which are few, so that a walk through one hour does not begin at the newest line.
       */
      const walk = (ref: TwinRef, wanted: HistoryWanted) => {
        const { cursor, fromMs, toMs } = wanted
        const conditions = [sql`kind = ${ref.kind}`, sql`twin_id = ${ref.id}::uuid`]
        if (cursor?.[0] === "older") conditions.push(sql`(revision, id) < (${cursor[1]}::bigint, ${cursor[2]}::bigint)`)
        if (cursor?.[0] === "newer") conditions.push(sql`(revision, id) > (${cursor[1]}::bigint, ${cursor[2]}::bigint)`)
        if (fromMs !== undefined) {
          conditions.push(sql`revision >= coalesce((
            select revision from twin_states where kind = ${ref.kind} and twin_id = ${ref.id}::uuid
              and received_at < ${toInstant(fromMs)}::timestamptz order by received_at desc, revision desc limit 1), 0)`)
        }
        if (toMs !== undefined) {
          conditions.push(sql`revision <= coalesce((
            select revision from twin_states where kind = ${ref.kind} and twin_id = ${ref.id}::uuid
              and received_at >= ${toInstant(toMs)}::timestamptz order by received_at, revision limit 1), ${newest}::bigint)`)
        }
        const order = cursor?.[0] === "newer" ? sql`order by revision, id` : sql`order by revision desc, id desc`
        return { where: sql.and(conditions), order }
      }

      const fits = ({ accepted, type, fromMs, toMs }: HistoryWanted) => {
        const conditions = [sql`true`]
        if (accepted !== undefined) conditions.push(sql`accepted = ${accepted}`)
        if (type !== undefined) conditions.push(sql`event->>'type' = ${type}`)
        if (fromMs !== undefined) conditions.push(sql`received_at >= ${toInstant(fromMs)}::timestamptz`)
        if (toMs !== undefined) conditions.push(sql`received_at < ${toInstant(toMs)}::timestamptz`)
        return sql.and(conditions)
      }

      return TwinHistory.of({
        list: Effect.fnUntraced(function* (ref, wanted) {
          const { limit, cursor } = wanted
          const { where, order } = walk(ref, wanted)
          const rows = yield* sql<Row>`
            select *, event->>'type' as type from (
              select id, revision, event, accepted, reason, value, announces, actor, command_id, traceparent, journal_id,
                     seq, at, received_at
              from twin_events where ${where} ${order} limit ${Limits.historyLinesPerPage}) as walked
            where ${fits(wanted)} ${order} limit ${limit + 1}`
          const shown = rows.slice(0, limit)
          const more = rows.length > limit
          // Nothing more fits among the lines looked at; there may be others behind them.
          const [unseen] =
            more || !isFiltered(wanted)
              ? []
              : yield* sql<Pick<Row, "id" | "revision">>`
                select id, revision from twin_events where ${where} ${order}
                limit 1 offset ${Limits.historyLinesPerPage - 1}`
          const last = more ? shown.at(-1) : unseen
          if (cursor?.[0] === "newer") {
            const items = shown.toReversed()
            const [, revision, id] = cursor
            return {
              items: items.map(toEvent),
              // The line that the cursor names is itself older than everything here.
              next: textOf("older", items.at(-1) ?? { revision, id: id + 1 }),
              previous: textOf("newer", last),
            }
          }
          return {
            items: shown.map(toEvent),
            next: textOf("older", last),
            previous:
              cursor === undefined ? null : textOf("newer", shown[0] ?? { revision: cursor[1], id: cursor[2] - 1 }),
          }
        }),
      })
    }),
  )
}

const isFiltered = ({ accepted, type, fromMs, toMs }: HistoryWanted): boolean =>
  [accepted, type, fromMs, toMs].some((filter) => filter !== undefined)

/** Beyond the newest line there is. */
const newest = "9223372036854775807"
