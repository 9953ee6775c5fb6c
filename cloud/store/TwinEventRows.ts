/** Lines of twin history as rows: one statement however many, alone or as a part of a larger one. */
import { type PgClient, PgTypes } from "@effect/sql-pg"
import type { Statement } from "effect/sql"
import type { NewTwinEvent } from "../registry/TwinBatch.ts"
import { columns } from "./Columns.ts"

/** The statement that appends the lines, received at the given instant, in milliseconds UTC; `only` may be a condition. */
export const insertTwinEvents = (
  sql: PgClient.PgClient,
  lines: ReadonlyArray<NewTwinEvent>,
  receivedAt: number,
  only: Statement.Fragment = sql``,
): Statement.Statement<unknown> => sql`
  insert into twin_events (kind, twin_id, revision, event, accepted, reason, value, announces, actor, command_id,
                           traceparent, journal_id, seq, at, received_at)
  select r.kind, r.twin_id, r.revision, r.event::jsonb, r.accepted, r.reason, r.value::jsonb, r.announces::jsonb, r.actor,
         r.command_id, r.traceparent, r.journal_id, r.seq, r.at, ${PgTypes.timestamptz(receivedAt)}
  from unnest(
    ${columns.text(lines, ({ ref }) => ref.kind)},
    ${columns.uuid(lines, ({ ref }) => ref.id)},
    ${columns.bigint(lines, ({ revision }) => revision)},
    ${columns.json(lines, ({ event }) => event)},
    ${columns.boolean(lines, ({ accepted }) => accepted)},
    ${columns.text(lines, ({ reason }) => reason)},
    ${columns.json(lines, ({ value }) => value)},
    ${columns.json(lines, ({ announces }) => announces)},
    ${columns.text(lines, ({ actor }) => actor)},
    ${columns.uuid(lines, ({ commandId }) => commandId)},
    ${columns.text(lines, ({ traceparent }) => traceparent)},
    ${columns.uuid(lines, ({ journalId }) => journalId)},
    ${columns.bigint(lines, ({ seq }) => seq)},
    ${columns.instant(lines, ({ at }) => at)}
  ) as r (kind, twin_id, revision, event, accepted, reason, value, announces, actor, command_id, traceparent, journal_id,
          seq, at) ${only}`
