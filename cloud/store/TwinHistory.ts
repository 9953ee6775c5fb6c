/** The history of a twin, the newest line first. */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import type { TwinHistoryEvent } from "#core/api/Twins.ts"
import { CommandId, type TwinRef } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { type Keyed, type Listed, pageOf, type Position } from "./Page.ts"

interface Row extends Keyed, Omit<TwinHistoryEvent, "at" | "received_at" | "command_id"> {
  readonly id: number
  readonly command_id: string | null
  readonly at: Date
  readonly received_at: Date
}

const toEvent = (row: Row): TwinHistoryEvent => ({
  revision: row.revision,
  event: row.event,
  accepted: row.accepted,
  reason: row.reason,
  value: row.value,
  announces: row.announces,
  actor: row.actor,
  command_id: row.command_id === null ? null : CommandId.make(row.command_id),
  at: toInstant(row.at.getTime()),
  received_at: toInstant(row.received_at.getTime()),
})

/** Beyond the newest line there is. */
const newest = "9223372036854775807"

export class TwinHistory extends Context.Service<
  TwinHistory,
  {
    readonly list: (ref: TwinRef, at: Position) => Effect.Effect<Listed<TwinHistoryEvent>, SqlError.SqlError>
  }
>()("cartwise/cloud/store/TwinHistory") {
  static readonly layer = Layer.effect(
    TwinHistory,
    Effect.map(PgClient.PgClient, (sql) =>
      TwinHistory.of({
        list: (ref, at) =>
          Effect.map(
            sql<Row>`
              select id, revision, event, accepted, reason, value, announces, actor, command_id, at, received_at,
                     '' as sort_key
              from twin_events
              where kind = ${ref.kind} and twin_id = ${ref.id}
                and id < ${at.afterId !== null && /^\d{1,18}$/u.test(at.afterId) ? at.afterId : newest}::bigint
              order by id desc limit ${at.limit + 1}`,
            (rows) => pageOf(rows, at, toEvent),
          ),
      }),
    ),
  )
}
