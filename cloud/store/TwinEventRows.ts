/** Lines of twin history as rows: one statement however many, alone or as a part of a larger one. */
import type { PgClient } from "@effect/sql-pg"
import type { Statement } from "effect/sql"
import { toInstant } from "#core/domain/Instant.ts"
import type { NewTwinEvent } from "../registry/TwinBatch.ts"

const toEventRow = (event: NewTwinEvent) => ({
  kind: event.ref.kind,
  twin_id: event.ref.id,
  revision: event.revision,
  event: event.event,
  accepted: event.accepted,
  reason: event.reason,
  value: event.value,
  announces: event.announces,
  actor: event.actor,
  command_id: event.commandId,
  traceparent: event.traceparent,
  journal_id: event.journalId,
  seq: event.seq,
  at: toInstant(event.at),
})

/** The statement that appends the lines, received at the given instant. */
export const insertTwinEvents = (
  sql: PgClient.PgClient,
  events: ReadonlyArray<NewTwinEvent>,
  receivedAt: string,
): Statement.Statement<unknown> => sql`
  insert into twin_events (kind, twin_id, revision, event, accepted, reason, value, announces, actor, command_id,
                           traceparent, journal_id, seq, at, received_at)
  select r.kind, r.twin_id, r.revision, r.event, r.accepted, r.reason, coalesce(r.value, 'null'), r.announces, r.actor,
         r.command_id, r.traceparent, r.journal_id, r.seq, r.at, ${receivedAt}::timestamptz
  from jsonb_to_recordset(${sql.json(events.map(toEventRow))}) as r (
    kind text, twin_id uuid, revision bigint, event jsonb, accepted boolean, reason text, value jsonb,
    announces jsonb, actor text, command_id uuid, traceparent text, journal_id uuid, seq bigint, at timestamptz)`
