/**
 * The second limit: bare multi-row statements that write as many twin rows and event rows into the same Postgres as the
 * ingest of so many facts does, into tables of the same shape, and nothing else: no reading, no checking, no stepping.
 * Takes the database's address, facts and rows a statement; says how long the statements took.
 */
import { PgClient } from "@effect/sql-pg"
import { Effect, Redacted } from "effect"
import { randomUUID } from "node:crypto"
import { columns } from "#cloud/store/Columns.ts"

const [, , url = "", facts = "0", rowsPerStatement = "0"] = process.argv

interface TwinRow {
  readonly kind: string
  readonly id: string
  readonly chain_id: string
  readonly branch_id: string
  readonly device_id: string
  readonly controller_id: string | null
  readonly label: string
  readonly machine: string
  readonly version: number
  readonly value: unknown
  readonly context: unknown
  readonly deadlines: unknown
  readonly changed_at: Date
}

interface FactRow extends TwinRow {
  readonly seq: number
}

const event = { type: "bay.observed", hook: "closed", presence: "present", at: 1_795_000_000_000 }
const journal = randomUUID()

const warmUpBatches = 20

const noTwin = (): never => {
  throw new Error("there is no twin to write")
}

const program = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  yield* sql`drop table if exists bare_twin_events, bare_twins`
  yield* sql`create table bare_twins (like twins including all)`
  yield* sql`create table bare_twin_events (like twin_events including all)`
  yield* sql`insert into bare_twins select * from twins where kind in ('bay', 'cart')`
  const twins = yield* sql<TwinRow>`
    select kind, id, chain_id, branch_id, device_id, controller_id, label, machine, version, value, context, deadlines,
           changed_at from bare_twins order by random() limit ${Number(facts)}`
  const size = Number(rowsPerStatement)
  const batches = Array.from({ length: Math.ceil(Number(facts) / size) }, (_, batch) =>
    Array.from({ length: size }, (_, row) => {
      const seq = batch * size + row
      return { ...(twins[seq % twins.length] ?? noTwin()), seq }
    }),
  )
  const writeTwins = (rows: ReadonlyArray<FactRow>) => sql`
    insert into bare_twins as t (kind, id, chain_id, branch_id, device_id, controller_id, label, machine, version, value,
                                 context, deadlines, revision, changed_at, fresh_at, edge_seq)
    select r.kind, r.id, r.chain_id, r.branch_id, r.device_id, r.controller_id, r.label, r.machine, r.version, r.value::jsonb,
           r.context::jsonb, r.deadlines::jsonb, r.seq, r.changed_at, r.changed_at, r.seq
    from unnest(
      ${columns.text(rows, (row) => row.kind)}, ${columns.uuid(rows, (row) => row.id)},
      ${columns.uuid(rows, (row) => row.chain_id)}, ${columns.uuid(rows, (row) => row.branch_id)},
      ${columns.uuid(rows, (row) => row.device_id)}, ${columns.uuid(rows, (row) => row.controller_id)},
      ${columns.text(rows, (row) => row.label)}, ${columns.text(rows, (row) => row.machine)},
      ${columns.integer(rows, (row) => row.version)}, ${columns.json(rows, (row) => row.value)},
      ${columns.json(rows, (row) => row.context)}, ${columns.json(rows, (row) => row.deadlines)},
      ${columns.bigint(rows, (row) => BigInt(row.seq))}, ${columns.instant(rows, (row) => row.changed_at)}
    ) as r (kind, id, chain_id, branch_id, device_id, controller_id, label, machine, version, value, context, deadlines, seq,
            changed_at)
    on conflict (kind, id) do update set
      value = excluded.value, context = excluded.context, deadlines = excluded.deadlines, revision = excluded.revision,
      changed_at = excluded.changed_at, fresh_at = excluded.fresh_at, edge_seq = excluded.edge_seq`
  const writeEvents = (rows: ReadonlyArray<FactRow>) => sql`
    insert into bare_twin_events (kind, twin_id, revision, event, accepted, value, announces, actor, journal_id, seq, at,
                                  received_at)
    select r.kind, r.id, r.seq, r.event::jsonb, true, r.value::jsonb, '[]', 'edge', ${journal}::uuid, r.seq, r.at, r.at
    from unnest(
      ${columns.text(rows, (row) => row.kind)}, ${columns.uuid(rows, (row) => row.id)},
      ${columns.json(rows, () => event)}, ${columns.json(rows, (row) => row.value)},
      ${columns.bigint(rows, (row) => BigInt(row.seq))}, ${columns.instant(rows, (row) => row.changed_at)}
    ) as r (kind, id, event, value, seq, at)`
  const writeAll = (some: typeof batches) =>
    Effect.forEach(some, (rows) => Effect.andThen(writeTwins(rows), writeEvents(rows)).pipe(sql.withTransaction), {
      concurrency: 2,
      discard: true,
    })
  yield* writeAll(batches.slice(0, warmUpBatches))
  const started = performance.now()
  yield* writeAll(batches)
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
