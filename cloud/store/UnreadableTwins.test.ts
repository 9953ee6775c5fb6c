import { assert, layer } from "@effect/vitest"
import { PgClient } from "@effect/sql-pg"
import { Effect, Layer, Redacted } from "effect"
import { type TwinRef, UserId } from "#core/domain/Ids.ts"
import { Broker } from "../broker/Broker.ts"
import { testCloud } from "../Cloud.fixture.ts"
import { OverdueCommands } from "../commands/OverdueCommands.ts"
import { Deadlines } from "../registry/Deadlines.ts"
import { idOf, placesOf } from "../SmallRegistry.fixture.ts"
import { HttpServer } from "../http/HttpServer.ts"
import { Tokens } from "../http/Tokens.ts"
import { Ingest } from "../sync/Ingest.ts"
import { Silence } from "../sync/Silence.ts"
import { observed, TestDevice } from "../sync/Device.fixture.ts"
import { TwinViews } from "../views/TwinViews.ts"
import { DatabaseServer } from "./Database.ts"

const places = placesOf(1)
const [bay, otherBay] = places.bayIds
const refs = {
  device: { kind: "device", id: places.deviceId },
  controller: { kind: "controller", id: places.controllerId },
  bay: { kind: "bay", id: bay },
  cart: { kind: "cart", id: places.cartIds[0] },
} as const satisfies Record<string, TwinRef>

/** What a hand in the database, a half-done restore or a newer program may leave in a row. */
const damages = {
  "a version nobody knows": { version: 99 },
  "no such machine": { machine: "toaster" },
  "the machine of another kind": { machine: "controller", value: { link: "polling" }, context: {} },
  "a state no machine has": { value: "banana" },
  "a state that is null": { value: null },
  "a region missing": { value: {} },
  "a memory that is none": { context: [1, 2] },
  "deadlines that are none": { deadlines: { soon: true } },
} as const

/** Damages a row, all of it at once, so that nobody reads it half damaged; one that is `due` is looked at by the sweeps too. */
const damage = Effect.fnUntraced(function* (ref: TwinRef, what: object, due = true) {
  const sql = yield* PgClient.PgClient
  yield* sql.withTransaction(damageRow(sql, ref, what, due))
})

const damageRow = Effect.fnUntraced(function* (sql: PgClient.PgClient, ref: TwinRef, what: object, due: boolean) {
  for (const [column, given] of Object.entries(what)) {
    const json = JSON.stringify(given)
    const value = column === "version" || column === "machine" ? sql`${given}` : sql`${json}::text::jsonb`
    yield* sql`update twins set ${sql(column)} = ${value} where kind = ${ref.kind} and id = ${ref.id}`
  }
  if (due)
    yield* sql`update twins set cloud_due_at = now() - interval '1 hour' where kind = ${ref.kind} and id = ${ref.id}`
})

const rowsAside = (ref: TwinRef) =>
  Effect.flatMap(
    PgClient.PgClient,
    (sql) => sql<{ payload: string }>`
      select convert_from(payload, 'UTF8') as payload from quarantine
      where reason = 'unreadable_twin' and topic = ${`twin/${ref.kind}/${ref.id}`} order by id`,
  )

const forgetRowsAside = Effect.flatMap(PgClient.PgClient, (sql) => sql`delete from quarantine`)

const get = (path: string) => ask(path)

const ask = Effect.fnUntraced(function* (path: string, body?: object) {
  const { url } = yield* HttpServer
  const token = yield* (yield* Tokens).issue(UserId.make(idOf(7, 3)))
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" }
  const init = body === undefined ? { headers } : { headers, method: "POST", body: JSON.stringify(body) }
  return yield* Effect.promise(async () => {
    const response = await fetch(url + path, init)
    return { status: response.status, body: await response.json() }
  })
})

const sweep = Effect.gen(function* () {
  yield* (yield* Deadlines).fire
  yield* (yield* OverdueCommands).end
  yield* (yield* Silence).sweep
})

const booted = Effect.gen(function* () {
  const broker = yield* Broker
  const device = yield* Effect.acquireRelease(
    Effect.promise(() => TestDevice.connect(broker.url, places)),
    (open) => Effect.promise(() => open.stop()),
  )
  device.session = nextSession++
  yield* Effect.promise(() => device.boot())
  return device
})
let nextSession = 1

layer(testCloud(), { excludeTestServices: true, timeout: 120_000 })("a twin's row that cannot be read", (it) => {
  for (const [name, what] of Object.entries(damages)) {
    it.effect(`(${name}) breaks no list and no sweep, is put aside once, and starts anew`, () =>
      Effect.gen(function* () {
        yield* forgetRowsAside
        const kinds = Object.values(refs).filter((ref) => !("machine" in what) || what.machine !== ref.kind)
        for (const ref of kinds) yield* damage(ref, what)
        for (const path of [
          "/api/devices",
          `/api/devices/${places.deviceId}/controllers`,
          `/api/branches/${places.branchId}/carts`,
          `/api/branches/${places.branchId}/bays`,
          ...kinds.map(({ kind, id }) => `/api/twins/${kind}/${id}`),
          ...kinds.map(({ kind, id }) => `/api/twins/${kind}/${id}/events`),
        ]) {
          assert.strictEqual((yield* get(path)).status, 200, path)
        }
        assert.isNotEmpty(yield* (yield* TwinViews).inScope({ scope: "all" }))
        yield* sweep
        yield* sweep
        yield* sweep
        for (const ref of kinds) {
          const aside = yield* rowsAside(ref)
          assert.strictEqual(aside.length, 1, ref.kind)
          for (const [column, value] of Object.entries(what)) {
            assert.deepStrictEqual(JSON.parse(aside[0]?.payload ?? "{}")[column], value)
          }
          const { body } = yield* get(`/api/twins/${ref.kind}/${ref.id}`)
          assert.notStrictEqual(body.stale_reason, "unreadable", ref.kind)
        }
        const listed = yield* get("/api/quarantine?reason=unreadable_twin")
        assert.strictEqual(listed.body.items.length, kinds.length)
      }),
    )
  }

  it.effect("is shown as unknown, and somebody only looking is enough to have it mended", () =>
    Effect.gen(function* () {
      yield* forgetRowsAside
      const sql = yield* PgClient.PgClient
      yield* damage(refs.bay, { version: 99 }, false)
      const { body } = yield* get(`/api/twins/bay/${bay}`)
      assert.deepInclude(body, { stale: true, stale_reason: "unreadable" })
      assert.strictEqual(body.value.latch, "dark")
      yield* Effect.repeat(rowsAside(refs.bay), { until: (rows) => rows.length > 0 })
      const [row] = yield* sql<{ version: number }>`select version from twins where id = ${bay}`
      assert.strictEqual(row?.version, 1)
    }),
  )

  it.effect("takes the facts of its twin again, with those of the others, and asks the device what else there is", () =>
    Effect.gen(function* () {
      const device = yield* booted
      yield* forgetRowsAside
      yield* damage(refs.bay, { value: "banana" })
      const ack = yield* Effect.promise(() =>
        device.facts([
          observed(1, bay, "closed", "present", "secured"),
          observed(2, otherBay, "closed", "present", "secured"),
        ]),
      )
      assert.strictEqual(ack["seq"], 2)
      for (const id of [bay, otherBay]) {
        assert.strictEqual((yield* get(`/api/twins/bay/${id}`)).body.value.latch, "secured")
      }
      assert.strictEqual((yield* rowsAside(refs.bay)).length, 1)
      const asked = yield* Effect.promise(() => device.next("commands"))
      assert.isDefined(asked)
      const { body } = yield* get(`/api/twins/bay/${bay}/events`)
      assert.isTrue(body.items.some(({ reason }: { reason: string | null }) => reason === "unreadable_twin"))
    }),
  )

  for (const [kind, status, reason] of [
    ["bay", 409, "not_possible_now"],
    ["cart", 202, undefined],
  ] as const) {
    it.effect(`of a ${kind} answers an unlock with ${status}`, () =>
      Effect.gen(function* () {
        const device = yield* booted
        yield* Effect.promise(() => device.facts([observed(1, bay, "closed", "present", "secured")]))
        yield* damage(refs[kind], { value: null }, false)
        const answer = yield* ask(`/api/carts/${refs.cart.id}/unlock`, { reason: "x" })
        assert.strictEqual(answer.status, status, JSON.stringify(answer.body))
        assert.strictEqual(answer.body.reason, reason)
      }),
    )
  }

  it.effect("of a device makes it boot again, and then it is online", () =>
    Effect.gen(function* () {
      const device = yield* booted
      const from = device.heard.length
      yield* damage(refs.device, { version: 99 })
      yield* (yield* Deadlines).fire
      const reply = yield* Effect.promise(() => device.next("boot/reply", () => true, from))
      assert.deepInclude(reply, { status: "pending", reason: "twin_unreadable" })
      yield* Effect.promise(() => device.boot({ reason: "epoch_lost" }))
      const { body } = yield* get("/api/devices")
      assert.strictEqual(body.items.find(({ id }: { id: string }) => id === places.deviceId).connection, "online")
    }),
  )

  it.effect("does not keep a cloud from starting, and the others go on there", () =>
    Effect.gen(function* () {
      yield* forgetRowsAside
      for (const ref of Object.values(refs)) yield* damage(ref, { value: "banana" })
      const { url } = yield* DatabaseServer
      const second = Layer.fresh(testCloud({ DATABASE_URL: Redacted.value(url) }))
      yield* Effect.gen(function* () {
        assert.strictEqual((yield* get("/api/devices")).status, 200)
        const device = yield* booted
        const ack = yield* Effect.promise(() => device.facts([observed(1, otherBay, "open", "absent", "empty")]))
        assert.strictEqual(ack["seq"], 1)
        yield* (yield* Ingest).settled
      }).pipe(Effect.scoped, Effect.provide(second))
      for (const ref of Object.values(refs)) yield* get(`/api/twins/${ref.kind}/${ref.id}`)
      for (const ref of Object.values(refs)) {
        const aside = yield* Effect.repeat(rowsAside(ref), { until: (rows) => rows.length > 0 })
        assert.strictEqual(aside.length, 1, ref.kind)
      }
    }),
  )
})
