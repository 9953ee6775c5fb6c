/** The cloud on a Postgres that somebody else has set up: with the two logins of docs/production.md, and with one for everything. */
import { PgClient } from "@effect/sql-pg"
import { assert, layer } from "@effect/vitest"
import { ConfigProvider, Effect, Layer, Logger, References } from "effect"
import { SqlClient } from "effect/sql"
import { logLine } from "#core/log/LogLine.ts"
import { testCloud } from "../Cloud.fixture.ts"
import { request, tokenOf } from "../http/Http.fixture.ts"
import { TestPostgres } from "../postgres/TestPostgres.fixture.ts"
import { Settings } from "../Settings.ts"
import { placesOf, signIns } from "../SmallRegistry.fixture.ts"
import { Database } from "./Database.ts"
import { roles } from "./RaiseWalls.ts"
import { withinNothing } from "./Tenants.ts"

const owner = { name: "cartwise_owner", password: "of-the-owner" }
const cloud = { name: "cartwise_cloud", password: "of-the-cloud" }
const plain = { name: "somebody", password: "of-somebody" }

/** What docs/production.md says that somebody does once, and a login that nobody gave anything but a database. */
const prepared = TestPostgres.in(
  "cartwise",
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    for (const statement of [
      "create role cartwise_app nologin",
      "create role cartwise_work nologin",
      `create role ${owner.name} login password '${owner.password}'`,
      `create role ${cloud.name} login password '${cloud.password}' noinherit`,
      `create database shop owner ${owner.name}`,
      `grant cartwise_app, cartwise_work to ${owner.name}, ${cloud.name}`,
      `create role ${plain.name} login password '${plain.password}'`,
      `create database plain owner ${plain.name}`,
    ]) {
      yield* sql.unsafe(statement)
    }
  }),
)

const lines: Array<string> = []
const kept = Layer.merge(
  Logger.layer([Logger.map(logLine({ service: "cloud" }, "json"), (line) => void lines.push(line))]),
  Layer.succeed(References.MinimumLogLevel, "Warn"),
)

/** People sign in, see what is theirs, and a request that is nobody's is shown nothing. */
const works = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  const token = yield* tokenOf(signIns.manager)
  const { body } = yield* request("GET", `/api/branches/${placesOf(1).branchId}`, { token })
  assert.strictEqual(body["branch_code"], placesOf(1).branchCode)
  const asked = yield* request("POST", `/api/carts/${placesOf(1).cartIds[0]}/unlock`, { token, body: { reason: "x" } })
  assert.strictEqual(asked.body["reason"], "device_offline")
  assert.deepStrictEqual(yield* withinNothing(sql`select id from chains`), [])
})

const who = Effect.flatMap(PgClient.PgClient, (sql) =>
  sql<{ readonly name: string }>`select current_user::text as name`.pipe(Effect.map(([row]) => row?.name)),
)

const wallIsDown = () => lines.filter((line) => line.includes("a wall between tenants is down"))

layer(TestPostgres.layer, { excludeTestServices: true, timeout: 120_000 })("the cloud", (it) => {
  it.effect("works with a login that owns nothing, beside one that owns the tables", () =>
    Effect.gen(function* () {
      yield* prepared
      const { url } = yield* TestPostgres
      lines.length = 0
      yield* Effect.gen(function* () {
        yield* works
        assert.strictEqual(yield* withinNothing(who), roles.requests)
        assert.strictEqual(yield* who, roles.work)
        const sql = yield* PgClient.PgClient
        const owners = yield* sql<{ readonly name: string }>`
          select distinct tableowner as name from pg_tables where schemaname = 'public'`
        assert.deepStrictEqual(owners, [{ name: owner.name }])
        const refused = yield* Effect.flip(sql`drop table chains cascade`)
        assert.include(String(refused.reason.cause), "must be owner")
      }).pipe(
        Effect.provide(testCloud({ DATABASE_URL: url("shop", cloud), DATABASE_OWNER_URL: url("shop", owner) }, kept)),
      )
      assert.deepStrictEqual(wallIsDown(), [])
    }),
  )

  it.effect("works with one login for everything, and says at its start which wall is down", () =>
    Effect.gen(function* () {
      const { url } = yield* TestPostgres
      lines.length = 0
      yield* Effect.gen(function* () {
        yield* works
        assert.strictEqual(yield* withinNothing(who), plain.name)
      }).pipe(Effect.provide(testCloud({ DATABASE_URL: url("plain", plain) }, kept)))
      assert.lengthOf(wallIsDown(), 1)
      assert.include(wallIsDown()[0], "docs/production.md")
    }),
  )

  it.effect("does not start with that in production", () =>
    Effect.gen(function* () {
      const { url } = yield* TestPostgres
      const env = { NODE_ENV: "production", DATABASE_URL: url("plain", plain) }
      const started = Effect.void.pipe(
        Effect.provide(Database.pipe(Layer.provide(Settings.layer))),
        Effect.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env }))),
      )
      const error = yield* Effect.flip(started)
      assert.strictEqual(error._tag, "WallDown")
    }),
  )
})
