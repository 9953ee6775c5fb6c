/** Many commands written at once, in stage `created`: rows, first stages, outbox entries, lines of history and of the audit log. */
import type { PgClient } from "@effect/sql-pg"
import type { Statement } from "effect/sql"
import { insertDeeds } from "../audit/Audit.ts"
import type { NewTwinEvent } from "../registry/TwinBatch.ts"
import { columns } from "./Columns.ts"
import type { NewCommand } from "./Commands.ts"
import { insertTwinEvents } from "./TwinEventRows.ts"

/** The statement; its rows are the outbox entries. What they are for must be held by the caller. */
export const insertCommands = (
  sql: PgClient.PgClient,
  commands: ReadonlyArray<NewCommand>,
  history: ReadonlyArray<NewTwinEvent>,
  createdAt: number,
): Statement.Statement<unknown> => sql`
  with made as (
    insert into commands (id, kind, target_kind, target_id, cart_id, device_id, epoch, stage, requested_by,
                          requested_reason, traceparent, created_at, expires_at, updated_at)
    select r.id, r.kind, r.target_kind, r.target_id, r.cart_id, r.device_id, r.epoch, 'created', r.requested_by,
           r.requested_reason, r.traceparent, r.created_at, r.expires_at, r.created_at
    from unnest(
      ${columns.uuid(commands, ({ id }) => id)},
      ${columns.text(commands, ({ kind }) => kind)},
      ${columns.text(commands, ({ target }) => target.kind)},
      ${columns.uuid(commands, ({ target }) => target.id)},
      ${columns.uuid(commands, ({ cartId }) => cartId)},
      ${columns.uuid(commands, ({ deviceId }) => deviceId)},
      ${columns.bigint(commands, ({ epoch }) => epoch)},
      ${columns.text(commands, ({ requestedBy }) => requestedBy)},
      ${columns.text(commands, ({ requestedReason }) => requestedReason)},
      ${columns.text(commands, ({ traceparent }) => traceparent)},
      ${columns.instant(commands, (one) => one.createdAt)},
      ${columns.instant(commands, ({ expiresAt }) => expiresAt)}
    ) as r (id, kind, target_kind, target_id, cart_id, device_id, epoch, requested_by, requested_reason, traceparent,
            created_at, expires_at)
    returning id, created_at, expires_at
  ), first_stages as (
    insert into command_stages (command_id, stage, at, recorded_at)
    select id, 'created', created_at, created_at from made
  ), lines as (${insertTwinEvents(sql, history, createdAt)}),
  deeds as (${insertDeeds(
    sql,
    commands.flatMap(({ deed }) => deed ?? []),
    createdAt,
  )})
  insert into outbox (command_id, topic, payload, expires_at)
  select made.id, r.topic, r.payload, made.expires_at
  from made join unnest(
    ${columns.uuid(commands, ({ id }) => id)},
    ${columns.text(commands, ({ topic }) => topic)},
    ${columns.text(commands, ({ payload }) => payload)}
  ) as r (id, topic, payload) on r.id = made.id
  returning command_id`
