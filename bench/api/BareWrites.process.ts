/**
 * The other limit: bare statements that write as many rows as a rental does from its request to its return, in two
 * transactions (the start and the return) on as many connections as the cloud has, and nothing else: nothing is read,
 * checked or stepped. Takes the database's address, seconds, and how many rows of each kind a rental writes.
 */
import { PgClient } from "@effect/sql-pg"
import { Effect, Redacted } from "effect"
import { randomUUID } from "node:crypto"
import { Limits } from "#core/Limits.ts"

const [, , url = "", seconds = "1", eventRows = "0", twinWrites = "0", stageRows = "0"] = process.argv

const program = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  yield* sql`drop table if exists bare_events, bare_lent_twins, bare_rentals, bare_commands, bare_stages`
  yield* sql`create table bare_events (like twin_events including all)`
  yield* sql`create table bare_lent_twins (like twins including all)`
  yield* sql`create table bare_rentals (like rentals including all)`
  yield* sql`create table bare_commands (like commands including all)`
  yield* sql`create table bare_stages (like command_stages including all)`
  yield* sql`insert into bare_lent_twins select * from twins where kind = 'bay'`
  const bays = yield* sql<{ id: string }>`select id from bare_lent_twins`
  const [sample] = yield* sql<{ id: string }>`select id from commands limit 1`
  const [rental] = yield* sql<{ id: string }>`select id from rentals limit 1`
  const half = { events: Math.ceil(Number(eventRows) / 2), twins: Math.ceil(Number(twinWrites) / 2) }
  const stages = Number(stageRows)

  const write = (command: string, isStart: boolean, bay: string) =>
    Effect.gen(function* () {
      if (isStart) {
        yield* sql`
          insert into bare_rentals select p.* from rentals r, lateral
            jsonb_populate_record(r, jsonb_build_object('id', ${command}::text, 'is_open', false)) p
          where r.id = ${rental?.id ?? ""}::uuid`
        yield* sql`
          insert into bare_commands select p.* from commands c, lateral
            jsonb_populate_record(c, jsonb_build_object('id', ${command}::text)) p
          where c.id = ${sample?.id ?? ""}::uuid`
        yield* sql`
          insert into bare_stages select p.* from command_stages s, generate_series(1, ${stages}::int) n, lateral
            jsonb_populate_record(s, jsonb_build_object('command_id', ${command}::text, 'stage', 'bare-' || n)) p
          where s.command_id = ${sample?.id ?? ""}::uuid and s.stage = 'created'`
      } else {
        yield* sql`update bare_rentals set ended_at = now(), state = 'returned' where id = ${command}::uuid`
      }
      yield* sql`update bare_lent_twins set revision = revision + 1, changed_at = now() where id = ${bay}::uuid`
      yield* sql`
        insert into bare_events (kind, twin_id, revision, event, accepted, value, announces, actor, at, received_at)
        select 'bay', ${bay}::uuid, n, '{"type":"bay.observed","hook":"open","presence":"absent","at":1795000000000}', true,
               '{"latch":"empty","sensor":"trusted","service":"inService"}', '[]', 'edge', now(), now()
        from generate_series(1, ${half.events}::int) n`
      for (let n = 1; n < half.twins; n++) {
        yield* sql`update bare_lent_twins set revision = revision + 1, changed_at = now() where id = ${bay}::uuid`
      }
    }).pipe(sql.withTransaction)

  let pairs = 0
  const lend = (worker: number) =>
    Effect.gen(function* () {
      const bay = bays[worker % bays.length]?.id ?? ""
      const command = randomUUID()
      yield* write(command, true, bay)
      yield* write(command, false, bay)
      pairs += 1
    })
  const startedAt = performance.now()
  const endsAt = startedAt + Number(seconds) * 1_000
  yield* Effect.all(
    Array.from({ length: Limits.databaseConnections }, (_, worker) =>
      Effect.repeat(lend(worker), { while: () => performance.now() < endsAt }),
    ),
    { concurrency: "unbounded" },
  )
  const took = (performance.now() - startedAt) / 1_000
  yield* sql`drop table bare_events, bare_lent_twins, bare_rentals, bare_commands, bare_stages`
  return { pairs, seconds: took }
})

const wrote = await program.pipe(
  Effect.provide(PgClient.layer({ url: Redacted.make(url), maxConnections: Limits.databaseConnections })),
  Effect.scoped,
  Effect.runPromise,
)
console.log(JSON.stringify({ wrote }))
