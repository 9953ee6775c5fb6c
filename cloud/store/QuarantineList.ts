/** What was put aside, for people: the newest first, with as much of the payload as was kept, and how many there were. */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer, Result } from "effect"
import type { SqlError } from "effect/sql"
import type { QuarantineCount, QuarantinedItem } from "#core/api/Operations.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { orderByMaking } from "./ListOrder.ts"
import { type Keyed, type Listed, pageOf, type Position } from "./Page.ts"

interface Row extends Keyed {
  readonly id: number
  readonly topic: string
  readonly reason: string
  readonly detail: string
  readonly device_id: string | null
  /** Base64, because text may hold no NUL. */
  readonly payload: string
  readonly payload_bytes: number
  readonly at: Date
}

export interface QuarantineFilter {
  readonly reason?: string | undefined
  readonly deviceId?: string | undefined
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
/** Control characters other than tab and line ends make it no text. */
const unprintable = /[^\P{Cc}\t\r\n]/u

/** Text if all of it is; the preview may end within a character, which alone does not make it binary. */
const previewOf = ({ payload, payload_bytes }: Row): QuarantinedItem["payload"] => {
  const bytes = Buffer.from(payload, "base64")
  const longest = bytes.byteLength < payload_bytes ? 3 : 0
  for (let cut = 0; cut <= longest; cut++) {
    const text = Result.try(() => utf8.decode(bytes.subarray(0, bytes.byteLength - cut)))
    if (Result.isFailure(text)) continue
    if (unprintable.test(text.success)) break
    return { encoding: "text", preview: text.success }
  }
  return { encoding: "base64", preview: bytes.toString("base64") }
}

const toItem = (row: Row): QuarantinedItem => ({
  id: row.id,
  topic: row.topic,
  reason: row.reason,
  detail: row.detail,
  device_id: row.device_id,
  payload: previewOf(row),
  payload_bytes: row.payload_bytes,
  at: toInstant(row.at.getTime()),
})

export class QuarantineList extends Context.Service<
  QuarantineList,
  {
    readonly list: (at: Position, filter: QuarantineFilter) => Effect.Effect<Listed<QuarantinedItem>, SqlError.SqlError>
    readonly counts: Effect.Effect<ReadonlyArray<QuarantineCount>, SqlError.SqlError>
  }
>()("cartwise/cloud/store/QuarantineList") {
  static readonly layer = Layer.effect(
    QuarantineList,
    Effect.map(PgClient.PgClient, (sql) =>
      QuarantineList.of({
        list: (at, { reason, deviceId }) => {
          const order = orderByMaking(sql, at, sql`id`)
          return Effect.map(
            sql<Row>`
              select id, topic, reason, detail, device_id, encode(payload, 'base64') as payload, payload_bytes, at,
                     '' as sort_key
              from quarantine
              where ${order.after}
                and (${reason ?? null}::text is null or reason = ${reason ?? null}::text)
                and (${deviceId ?? null}::text is null or device_id = ${deviceId ?? null}::text)
              order by ${order.by} limit ${at.limit + 1}`,
            (rows) => pageOf(rows, at, toItem),
          )
        },
        counts: Effect.map(
          sql<{ readonly reason: string; readonly messages: number; readonly last_at: Date }>`
            select reason, messages, last_at from quarantine_counts order by reason`,
          (rows) => rows.map((row) => ({ ...row, last_at: toInstant(row.last_at.getTime()) })),
        ),
      }),
    ),
  )
}
