/** Twins kept whole, now and then, as rows: from the nearest one any later state is played again (`Replay.ts`). */
import type { PgClient } from "@effect/sql-pg"
import type { Statement } from "effect/sql"
import { toInstant } from "#core/domain/Instant.ts"
import { pack } from "#twins/Packed.ts"
import type { HeldTwin } from "../registry/TwinBatch.ts"

const toStateRow = ({ ref, stored, changedAt, freshAt }: HeldTwin) => ({
  kind: ref.kind,
  twin_id: ref.id,
  ...pack(stored),
  changed_at: toInstant(changedAt),
  fresh_at: freshAt === null ? null : toInstant(freshAt),
})

/** The statement that keeps the twins as they are, received at the given instant. */
export const insertTwinStates = (
  sql: PgClient.PgClient,
  twins: ReadonlyArray<HeldTwin>,
  receivedAt: string,
): Statement.Statement<unknown> => {
  // Of two states at one revision the later is what was stored.
  const rows = new Map(twins.map((twin) => [`${twin.ref.kind}:${twin.ref.id}:${twin.stored.revision}`, twin]))
  return sql`
    insert into twin_states (kind, twin_id, revision, machine, version, value, context, deadlines, changed_at, fresh_at,
                             received_at)
    select r.kind, r.twin_id, r.revision, r.machine, r.version, coalesce(r.value, 'null'), r.context, r.deadlines,
           r.changed_at, r.fresh_at, ${receivedAt}::timestamptz
    from jsonb_to_recordset(${sql.json([...rows.values()].map(toStateRow))}) as r (
      kind text, twin_id uuid, revision bigint, machine text, version integer, value jsonb, context jsonb,
      deadlines jsonb, changed_at timestamptz, fresh_at timestamptz)
    on conflict (kind, twin_id, revision) do update set machine = excluded.machine, version = excluded.version,
      value = excluded.value, context = excluded.context, deadlines = excluded.deadlines,
      changed_at = excluded.changed_at, fresh_at = excluded.fresh_at`
}
