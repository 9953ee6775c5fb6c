/**
 * Every database that a released version could have left is brought up to date with everything in it: each begins as that
 * version made and filled it (`OldRows.fixture.ts`). A start that is killed in the middle has changed nothing.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import path from "node:path"
import { PgMigrator } from "@effect/sql-pg"
import { assert, layer } from "@effect/vitest"
import { Effect, Result, Schedule } from "effect"
import { SqlClient } from "effect/sql"
import { readStored } from "#twins/Migrate.ts"
import { testCloud } from "../Cloud.fixture.ts"
import { request, signIn } from "../http/Http.fixture.ts"
import { TestPostgres } from "../postgres/TestPostgres.fixture.ts"
import { migrate, migrations, migrationsTable } from "./Migrations.ts"
import { old, oldRows } from "./OldRows.fixture.ts"
import { raiseWalls } from "./RaiseWalls.ts"

/** Every version's way is walked to its end, on a machine that may have other work. */
const patienceMs = 240_000

const versions = Object.keys(migrations).toSorted() as ReadonlyArray<keyof typeof migrations>

const inDatabase = TestPostgres.in
const urlOf = (name: string) => Effect.map(TestPostgres, ({ url }) => url(name))

const statement = (text: string) => Effect.flatMap(SqlClient.SqlClient, (sql) => sql.unsafe(text))

const create = (name: string) => inDatabase("cartwise", statement(`create database ${name}`))

/** Takes the database as far as the version that had so many migrations, and fills it as the program of its day did. */
const takeTo = (count: number) =>
  Effect.gen(function* () {
    const upToThis = Object.fromEntries(versions.slice(0, count).map((one) => [one, migrations[one]]))
    yield* PgMigrator.run({ loader: PgMigrator.fromRecord(upToThis), table: migrationsTable })
    for (const row of oldRows[versions[count - 1] ?? ""] ?? []) yield* statement(row)
  })

const inTransaction = <A, E, R>(work: Effect.Effect<A, E, R>) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) => sql.withTransaction(work))

/** Does it and leaves nothing of it. */
const undone = <A, E, R>(work: Effect.Effect<A, E, R>) =>
  Effect.flip(inTransaction(Effect.flatMap(work, (done) => Effect.fail({ done })))).pipe(
    Effect.filterOrFail(
      (failure): failure is { readonly done: A } =>
        typeof failure === "object" && failure !== null && "done" in failure,
    ),
  )

/** Makes a database as the version left it that had so many migrations. */
const leftBy = (name: string, count: number) =>
  Effect.andThen(
    create(name),
    inDatabase(name, inTransaction(Effect.forEach(versions.slice(0, count), (_, n) => takeTo(n + 1)))),
  )

/** The schema as Postgres describes it: columns, indexes, constraints, triggers and functions. */
const schema = Effect.gen(function* () {
  const rows = yield* statement(`
    select 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' '
           || coalesce(column_default, '') as part
    from information_schema.columns where table_schema = 'public'
    union all select 'index ' || indexdef from pg_indexes where schemaname = 'public'
    union all select 'constraint ' || conrelid::regclass || ' ' || pg_get_constraintdef(oid)
    from pg_constraint where connamespace = 'public'::regnamespace
    union all select 'trigger ' || pg_get_triggerdef(oid) from pg_trigger where not tgisinternal
    order by 1`)
  return rows.map((row) => String(Object(row).part))
})

/** Rows of every table, by its name. */
const counts = Effect.gen(function* () {
  const tables = yield* statement(`
    select c.relname as name,
           (xpath('/row/n/text()', query_to_xml(format('select count(*) as n from %I', c.relname), false, true, '')))[1]
             ::text::integer as rows
    from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition`)
  return new Map((tables as ReadonlyArray<{ name: string; rows: number }>).map(({ name, rows }) => [name, rows]))
})

const one = (text: string) => Effect.map(statement(text), ([row]): Record<string, unknown> => Object(row))

/** Everything that was there is there, in the form of today. */
const everythingIsThere = (count: number) =>
  Effect.gen(function* () {
    const has = (version: keyof typeof migrations) => count > versions.indexOf(version)
    assert.deepInclude(yield* one(`select name, active, version from chains where id = '${old.chain}'`), {
      name: "סופר ישן",
      active: true,
      version: 1,
    })
    assert.deepInclude(yield* one(`select registry_role from users where id = '${old.user}'`), {
      registry_role: "platform_admin",
    })
    const grants = yield* statement(`select role from grants where user_id = '${old.user}'`)
    // From the day of grants on a person has them by being given them.
    if (!has("0017_grants")) assert.deepStrictEqual(grants, [{ role: "platform_admin" }])
    if (!has("0002_twins")) return
    const twins = yield* statement(`select machine, version, value, context, deadlines, revision::integer from twins`)
    assert.lengthOf(twins, 4)
    for (const twin of twins) assert.isTrue(Result.isSuccess(readStored(twin)), JSON.stringify(twin))
    const open = yield* one(`select count(*)::integer as n, sum(times)::integer as times from divergences
                             where resolved_at is null`)
    // The same, seen twice, is one.
    assert.deepStrictEqual(open, { n: 1, times: 1 })
    if (!has("0008_alarms")) return
    assert.deepInclude(yield* one(`select severity, phase, chain_id from alarms`), {
      severity: "major",
      phase: "active",
      chain_id: old.chain,
    })
    if (!has("0016_rentals") || has("0025_rental_revisions")) return
    // What a rental has seen was the number of a line, and is the revision of its bay.
    assert.deepInclude(yield* one(`select seen_revision::integer, is_open from rentals`), {
      seen_revision: 1,
      is_open: true,
    })
  })

const program = (url: string, ...args: ReadonlyArray<string>) => {
  const root = path.join(import.meta.dirname, "..", "..")
  const env = { ...process.env, DATABASE_URL: url, NODE_ENV: "test" }
  return spawn(process.execPath, [path.join(root, "bin", "cartwise.ts"), ...args], {
    cwd: root,
    env,
    stdio: ["ignore", "ignore", "inherit"],
  })
}

const exitOf = (child: ChildProcess) => Effect.promise(() => once(child, "exit") as Promise<[number | null]>)

layer(TestPostgres.layer, { excludeTestServices: true, timeout: 120_000 })("migrations", (it) => {
  let fromNothing: ReadonlyArray<string> = []

  it.effect("run up from nothing, and have nothing to do a second time", () =>
    Effect.gen(function* () {
      yield* create("from_nothing")
      const ran = yield* inDatabase("from_nothing", Effect.all([migrate, migrate]))
      assert.deepStrictEqual(
        ran.map((each) => each.length),
        [versions.length, 0],
      )
      fromNothing = yield* inDatabase("from_nothing", schema)
      assert.isAbove(fromNothing.length, 300)
    }),
  )

  it.effect(
    "run up from every version that was released, and keep everything that was there",
    () =>
      Effect.gen(function* () {
        yield* create("every_version")
        const all = Effect.forEach(versions, (version, n) =>
          Effect.gen(function* () {
            yield* takeTo(n + 1)
            const before = yield* counts
            const upgraded = Effect.gen(function* () {
              yield* migrate
              assert.deepStrictEqual(yield* schema, fromNothing, version)
              if (n === 0 || n === versions.length - 1) yield* raiseWalls
              const after = yield* counts
              for (const [table, rows] of before) {
                if (table !== migrationsTable) assert.isAtLeast(after.get(table) ?? -1, rows, `${version}: ${table}`)
              }
              yield* everythingIsThere(n + 1)
            })
            yield* undone(upgraded)
          }),
        )
        yield* inDatabase("every_version", inTransaction(all))
      }),
    patienceMs,
  )

  it.effect(
    "that are killed in the middle have changed nothing, and the next start does all of it",
    () =>
      Effect.gen(function* () {
        const name = "killed"
        const count = versions.indexOf("0004_commands") + 1
        yield* leftBy(name, count)
        const url = yield* urlOf(name)
        const before = yield* inDatabase(name, counts)
        const isWaiting = inDatabase(
          name,
          statement(`select query from pg_stat_activity
          where datname = '${name}' and wait_event_type = 'Lock' and query like 'alter table users%'`),
        )
        const killed = Effect.gen(function* () {
          // What a migration far on its way must wait for.
          yield* statement("lock table users in access share mode")
          const child = program(url, "migrate")
          yield* Effect.repeat(isWaiting, {
            until: (found) => found.length > 0,
            schedule: Schedule.spaced("50 millis"),
          })
          child.kill("SIGKILL")
          yield* exitOf(child)
        })
        yield* inDatabase(name, inTransaction(killed))
        assert.deepStrictEqual(yield* inDatabase(name, counts), before)

        const [code] = yield* exitOf(program(url, "migrate"))
        assert.strictEqual(code, 0)
        yield* inDatabase(name, everythingIsThere(count))
      }),
    patienceMs,
  )

  it.effect("run once when two programs start at the same moment", () =>
    Effect.gen(function* () {
      const name = "twice"
      yield* leftBy(name, 1)
      const url = yield* urlOf(name)
      const ends = yield* Effect.all([program(url, "migrate"), program(url, "migrate")].map(exitOf), {
        concurrency: 2,
      })
      assert.deepStrictEqual(
        ends.map(([code]) => code),
        [0, 0],
      )
      const ran = yield* inDatabase(name, statement(`select migration_id from ${migrationsTable}`))
      assert.lengthOf(ran, versions.length)
    }),
  )

  for (const version of ["0008_alarms", "0016_rentals"] as const) {
    it.effect(`leave a cloud that works on what ${version} left: people sign in and see what was theirs`, () =>
      Effect.gen(function* () {
        const name = `works_on_${version}`
        yield* leftBy(name, versions.indexOf(version) + 1)
        const url = yield* urlOf(name)
        yield* Effect.gen(function* () {
          const { body } = yield* signIn({ email: "admin@cartwise.example", password: old.password })
          const token = String(body["access_token"])
          const see = (at: string) => Effect.map(request("GET", at, { token }), (answer) => answer.body)
          assert.deepInclude((yield* see(`/api/chains/${old.chain}`))["name"], "סופר ישן")
          assert.strictEqual((yield* see(`/api/carts/${old.cart}`))["cart_number"], "7")
          assert.deepInclude(yield* see(`/api/twins/bay/${old.bay}`), { id: old.bay, revision: 2 })
          assert.strictEqual((yield* see(`/api/commands/${old.command}`))["stage"], "confirmed")
          const alarms = (yield* see("/api/alarms"))["items"] as ReadonlyArray<{ readonly code: string }>
          assert.include(
            alarms.map(({ code }) => code),
            "FORCED_OPEN",
          )
        }).pipe(Effect.provide(testCloud({ DATABASE_URL: url, REGISTRY_FILE: "" })))
      }),
    )
  }
})
