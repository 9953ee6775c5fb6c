/**
 * The second limit: bare multi-row statements that write as many twin rows and event rows into the same Postgres as the
 * ingest of so many facts does, into tables of the same shape, and nothing else: no reading, no checking, no stepping.
 * Takes the database's address, facts and rows a statement; says how long the statements took.
 */
import { PgClient } from "@effect/sql-pg"
import { Effect, Redacted } from "effect"
import { randomUUID } from "node:crypto"

const [, , url = "", facts = "0", rowsPerStatement = "0"] = process.argv

interface TwinRow {
  readonly kind: string
  readonly id: string
}

const event = { type: "bay.observed", hook: "closed", presence: "present", at: 1_795_000_000_000 }
const journal = randomUUID()

const program = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  yield* sql`drop table if exists bare_twin_events, bare_twins`
  yield* sql`create table bare_twins (like twins including all)`
  yield* sql`create table bare_twin_events (like twin_events including all)`
  yield* sql`insert into bare_twins select * from twins where kind in ('bay', 'cart')`
  const twins = yield* sql<TwinRow>`
    select kind, id, chain_id, branch_id, device_id, controller_id, label, machine, version, value, context, deadlines,
           revision::int, changed_at, fresh_at, edge_seq::int from bare_twins order by random() limit ${Number(facts)}`
  const size = Number(rowsPerStatement)
  const batches = Array.from({ length: Math.ceil(Number(facts) / size) }, (_, batch) =>
    Array.from({ length: size }, (_, row) => ({
      seq: batch * size + row,
      twin: twins[(batch * size + row) % twins.length],
    })),
  )
  const writeTwins = (rows: ReadonlyArray<object>) => sql`
    insert into bare_twins as t (kind, id, chain_id, branch_id, device_id, controller_id, label, machine, version, value,
                                 context, deadlines, revision, changed_at, fresh_at, edge_seq)
    select r.* from jsonb_to_recordset(${sql.json(rows)}) as r (
      kind text, id uuid, chain_id uuid, branch_id uuid, device_id uuid, controller_id uuid, label text, machine text,
      version integer, value jsonb, context jsonb, deadlines jsonb, revision bigint, changed_at timestamptz,
      fresh_at timestamptz, edge_seq bigint)
    on conflict (kind, id) do update set
      value = excluded.value, context = excluded.context, deadlines = excluded.deadlines, revision = excluded.revision,
      changed_at = excluded.changed_at, fresh_at = excluded.fresh_at, edge_seq = excluded.edge_seq`
  const writeEvents = (rows: ReadonlyArray<object>) => sql`
    insert into bare_twin_events (kind, twin_id, revision, event, accepted, value, announces, actor, journal_id, seq, at,
                                  received_at)
    select r.* from jsonb_to_recordset(${sql.json(rows)}) as r (
      kind text, twin_id uuid, revision bigint, event jsonb, accepted boolean, value jsonb, announces jsonb, actor text,
      journal_id uuid, seq bigint, at timestamptz, received_at timestamptz)`
  const at = new Date().toISOString()
  const rows = batches.map((batch) => ({
    twins: batch.map(({ twin }) => ({ ...twin })),
    events: batch.map(({ seq, twin }) => ({
      kind: twin?.kind,
      twin_id: twin?.id,
      revision: seq,
      event,
      accepted: true,
      value: { latch: "secured", sensor: "trusted", service: "inService" },
      announces: [],
      actor: "edge",
      journal_id: journal,
      seq,
      at,
      received_at: at,
    })),
  }))
  const started = performance.now()
  yield* Effect.forEach(
    rows,
    (batch) => Effect.andThen(writeTwins(batch.twins), writeEvents(batch.events)).pipe(sql.withTransaction),
    { concurrency: 2, discard: true },
  )
  const seconds = (performance.now() - started) / 1_000
  yield* sql`drop table bare_twin_events, bare_twins`
  return { facts: batches.length * size, seconds }
})

const wrote = await program.pipe(
  Effect.provide(PgClient.layer({ url: Redacted.make(url), maxConnections: 2 })),
  Effect.scoped,
  Effect.runPromise,
)
console.log(JSON.stringify({ wrote }))
