import { assert, layer } from "@effect/vitest"
import { PgClient } from "@effect/sql-pg"
import { Effect, Result } from "effect"
import type { HistoryPage } from "#core/api/TwinHistory.ts"
import type { Twin } from "#core/api/Twins.ts"
import { TwinRef, UserId } from "#core/domain/Ids.ts"
import { Limits } from "#core/Limits.ts"
import { readStoredAs } from "#twins/Migrate.ts"
import { testCloud } from "../Cloud.fixture.ts"
import { HttpServer } from "../http/HttpServer.ts"
import { Tokens } from "../http/Tokens.ts"
import { Life } from "../registry/Life.fixture.ts"
import { idOf, placesOf } from "../SmallRegistry.fixture.ts"
import { Twins } from "./Twins.ts"

const places = placesOf(1)
const refs = {
  device: TwinRef.make({ kind: "device", id: places.deviceId }),
  controller: TwinRef.make({ kind: "controller", id: places.controllerId }),
  bay: TwinRef.make({ kind: "bay", id: places.bayIds[0] }),
  cart: TwinRef.make({ kind: "cart", id: places.cartIds[0] }),
}
const reporter = { deviceId: places.deviceId, journalId: idOf(9, 1) }

type Row = Pick<Twin, "machine" | "version" | "value" | "context" | "deadlines" | "revision">

const rowOf = (ref: TwinRef) =>
  Effect.flatMap(PgClient.PgClient, (sql) =>
    Effect.map(
      sql<Row & { changed_at: Date }>`
        select machine, version, value, context, deadlines, revision, changed_at
        from twins where kind = ${ref.kind} and id = ${ref.id}`,
      ([row]) => {
        if (row === undefined) return assert.fail("there is no such twin")
        return { ...row, ...Result.getOrThrow(readStoredAs(ref.kind, storedIn(row))) }
      },
    ),
  )

const get = Effect.fnUntraced(function* <A>(path: string) {
  const { url } = yield* HttpServer
  const token = yield* (yield* Tokens).issue(UserId.make(idOf(7, 1)))
  return yield* Effect.promise(async () => {
    const response = await fetch(url + path, { headers: { authorization: `Bearer ${token}` } })
    return { status: response.status, body: (await response.json()) as A }
  })
})

interface Problem {
  readonly type: string
  readonly first_revision?: number | null
  readonly newest_revision?: number
}

const isProblem = Effect.fnUntraced(function* (path: string, status: number, type: string) {
  const answer = yield* get<Problem>(path)
  assert.deepInclude(
    { status: answer.status, type: answer.body.type },
    { status, type: `urn:cartwise:problem:${type}` },
  )
  return answer.body
})

const pathOf = ({ kind, id }: TwinRef) => `/api/twins/${kind}/${id}`

const past = (ref: TwinRef, moment: string) => Effect.map(get<Twin>(`${pathOf(ref)}?${moment}`), ({ body }) => body)

const storedIn = ({ machine, version, value, context, deadlines, revision }: Row): Row => ({
  machine,
  version,
  value,
  context,
  deadlines,
  revision,
})

/** Lets a twin live on, a few events in each transaction, and gives its row after each. */
const liveOn = Effect.fnUntraced(function* (life: Life, batches: number, events: number) {
  const sql = yield* PgClient.PgClient
  const twins = yield* Twins
  const rows = new Map<number, Row & { changed_at: Date }>()
  for (let n = 0; n < batches; n++) {
    yield* Effect.gen(function* () {
      const batch = yield* twins.hold([life.ref])
      for (let event = 0; event < events; event++) life.liveOn(batch)
      yield* twins.save(batch)
    }).pipe(sql.withTransaction)
    const row = yield* rowOf(life.ref)
    rows.set(row.revision, row)
  }
  return rows
})

/** Every event type the lines of a page name. */
const typesOf = ({ items }: HistoryPage) => items.map(({ event }) => (event as { type: string }).type)

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("the history of a twin", (it) => {
  for (const ref of Object.values(refs)) {
    it.effect(`gives a ${ref.kind} as it was stored at any revision and at any instant`, () =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        const born = yield* rowOf(ref)
        const rows = yield* liveOn(new Life(11, ref, reporter), 40, 7)
        // A hand in the database damages the row: what takes its place is kept as well.
        yield* sql`update twins set version = 99 where kind = ${ref.kind} and id = ${ref.id}`
        const more = yield* liveOn(new Life(12, ref, reporter), 40, 7)
        const all = new Map([...rows, ...more, [born.revision, born]])
        assert.isAbove(all.size, 40)
        for (const row of all.values()) {
          const shown = yield* past(ref, `revision=${row.revision}`)
          assert.deepStrictEqual(storedIn(shown), storedIn(row))
          if (row !== born) assert.strictEqual(shown.changed_at, row.changed_at.toISOString())
          assert.deepStrictEqual(shown.can, {})
          assert.isBelow(shown.past?.steps ?? Infinity, Limits.twinStateEvery)
          const at = yield* past(ref, `at=${shown.past?.since}`)
          assert.isAtLeast(at.revision, row.revision)
          assert.strictEqual(
            at.past?.until === null ? null : at.past?.since,
            shown.past?.until === null ? null : at.past?.since,
          )
          if (shown.past?.until !== null && shown.past?.until !== shown.past?.since) {
            assert.deepStrictEqual(storedIn(at), storedIn(row))
          }
        }
        const now = yield* rowOf(ref)
        assert.deepStrictEqual(storedIn(yield* past(ref, `revision=${now.revision}`)), storedIn(now))
      }),
    )
  }

  it.effect("looks at no more lines, however long it is and however often somebody was refused", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const ref = TwinRef.make({ kind: "bay", id: places.bayIds[1] })
      yield* liveOn(new Life(13, ref, reporter), 1, 1_200)
      const { revision } = yield* rowOf(ref)
      assert.isAbove(revision, Limits.twinStateEvery)
      const shown = yield* past(ref, `revision=${revision}`)
      assert.isAtLeast(shown.past?.kept_revision ?? 0, revision - Limits.twinStateEvery)
      yield* sql`
        insert into twin_events (kind, twin_id, revision, event, accepted, reason, value, announces, actor, at, received_at)
        select kind, twin_id, revision, event, false, 'busy', value, announces, actor, at, received_at
        from twin_events, generate_series(1, 20000)
        where id = (select max(id) from twin_events where kind = 'bay' and twin_id = ${ref.id})`
      yield* sql`analyze twin_events`
      const [{ "QUERY PLAN": plan } = { "QUERY PLAN": [] }] = yield* sql<{ "QUERY PLAN": ReadonlyArray<object> }>`
        explain (analyze, buffers, format json)
        select line.* from generate_series(${revision - 400}::bigint, ${revision}::bigint) as wanted (revision)
        cross join lateral (
          select revision, event, accepted, value, journal_id, at, received_at from twin_events
          where kind = 'bay' and twin_id = ${ref.id} and revision = wanted.revision order by id limit 1) as line`
      const told = JSON.stringify(plan)
      assert.include(told, "twin_events_revision")
      assert.notInclude(told, "Seq Scan")
      const buffers = Number(/"Shared Hit Blocks":(\d+)/u.exec(told)?.[1])
      assert.isBelow(buffers, 401 * 6)
      assert.deepStrictEqual(storedIn(yield* past(ref, `revision=${revision}`)), storedIn(yield* rowOf(ref)))
    }),
  )

  it.effect("answers a moment that never was, is not kept, or is none, each in its own way", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const path = pathOf(refs.cart)
      const { revision } = yield* rowOf(refs.cart)
      const ahead = yield* isProblem(`${path}?revision=${revision + 1}`, 404, "no_such_moment")
      assert.strictEqual(ahead.newest_revision, revision)
      yield* isProblem(`${path}?at=2099-01-01T00:00:00Z`, 404, "no_such_moment")
      yield* isProblem(`${path}?at=1999-01-01T00:00:00Z`, 404, "no_such_moment")
      for (const bad of ["revision=-1", "revision=1.5", "revision=x", "at=yesterday", "at=2026-13-01T00:00:00Z"]) {
        assert.strictEqual((yield* get(`${path}?${bad}`)).status, 400, bad)
      }
      assert.strictEqual((yield* get(`${path}?at=0000-01-01T00:00:00Z`)).status, 400)
      assert.strictEqual((yield* get(`${path}?revision=1&at=2026-01-01T00:00:00Z`)).status, 400)
      yield* isProblem(`/api/twins/cart/${idOf(6, 99)}?revision=0`, 404, "not_found")
      // A twin from before states were kept: its first one is what it was when the database was brought up to date.
      yield* sql`delete from twin_states where kind = 'cart' and revision < ${revision}`
      yield* sql`
        insert into twin_states select kind, id, revision, machine, version, value, context, deadlines, changed_at,
          fresh_at, now() from twins where kind = 'cart' on conflict do nothing`
      const gone = yield* isProblem(`${path}?revision=1`, 410, "history_not_kept")
      assert.strictEqual(gone.first_revision, revision)
      yield* isProblem(`${path}?at=2020-01-01T00:00:00Z`, 410, "history_not_kept")
      assert.strictEqual((yield* get(`${path}?revision=${revision}`)).status, 200)
    }),
  )

  it.effect("says of a past state whether its device was there then", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const { cartIds } = placesOf(2)
      const cart = TwinRef.make({ kind: "cart", id: cartIds[0] })
      assert.deepInclude(yield* past(cart, "revision=1"), { stale: true, stale_reason: "device_offline" })
      yield* sql`delete from twin_states where kind = 'device' and twin_id = ${placesOf(2).deviceId}`
      assert.deepInclude(yield* past(cart, "revision=1"), { stale: true, stale_reason: "history_not_kept" })
    }),
  )

  it.effect("pages its lines both ways without repeating or skipping one", () =>
    Effect.gen(function* () {
      const path = `${pathOf(refs.bay)}/events`
      const whole: Array<number> = []
      let page = yield* get<HistoryPage>(`${path}?limit=37`)
      const first = page.body
      assert.isNull(first.previous)
      while (true) {
        whole.push(...page.body.items.map(({ id }) => id))
        if (page.body.next === null) break
        page = yield* get<HistoryPage>(`${path}?limit=37&cursor=${page.body.next}`)
      }
      assert.deepStrictEqual(
        whole,
        [...new Set(whole)].sort((a, b) => b - a),
      )
      assert.isAbove(whole.length, 500)
      const back: Array<number> = page.body.items.map(({ id }) => id)
      while (page.body.previous !== null) {
        page = yield* get<HistoryPage>(`${path}?limit=37&cursor=${page.body.previous}`)
        back.unshift(...page.body.items.map(({ id }) => id))
      }
      assert.deepStrictEqual(back, whole)
      assert.strictEqual((yield* get(`${path}?cursor=rubbish`)).status, 400)
    }),
  )

  it.effect("finds lines by type, by whether they were refused, and by time, a bounded look at a time", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const path = `${pathOf(refs.bay)}/events`
      const refused = (yield* get<HistoryPage>(`${path}?limit=1000&accepted=false`)).body
      assert.isTrue(refused.items.length > 20 && refused.items.every(({ accepted }) => !accepted))
      const pulsed = (yield* get<HistoryPage>(`${path}?limit=1000&type=bay.pulsed`)).body
      assert.deepStrictEqual([...new Set(typesOf(pulsed))], ["bay.pulsed"])
      const all = (yield* get<HistoryPage>(`${path}?limit=1000`)).body.items
      const from = all[400]?.received_at ?? assert.fail()
      const to = all[100]?.received_at ?? assert.fail()
      const between = (yield* get<HistoryPage>(`${path}?limit=1000&from=${from}&to=${to}`)).body.items
      const expected = all.filter(({ received_at }) => received_at >= from && received_at < to)
      assert.isAbove(between.length, 100)
      assert.deepStrictEqual(between, expected)
      for (const bad of ["from=never", "accepted=perhaps", `type=${"x".repeat(65)}`]) {
        assert.strictEqual((yield* get(`${path}?${bad}`)).status, 400, bad)
      }

      // The flood of refusals of another test: what one type is looked for in is looked at page by page.
      const flooded = `/api/twins/bay/${places.bayIds[1]}/events?type=nothing.like.it`
      const [count] = yield* sql<{ lines: number }>`
        select count(*)::integer as lines from twin_events where twin_id = ${places.bayIds[1]}`
      let pages = 0
      for (let next: string | null = ""; next !== null; pages++) {
        const page: HistoryPage = (yield* get<HistoryPage>(`${flooded}${next === "" ? "" : `&cursor=${next}`}`)).body
        assert.lengthOf(page.items, 0)
        next = page.next
      }
      assert.strictEqual(pages, Math.ceil(((count?.lines ?? 0) + 1) / Limits.historyLinesPerPage))
    }),
  )

  it.effect("says of each line why it was written, by whom, in which journal and trace", () =>
    Effect.gen(function* () {
      const pages = yield* Effect.forEach(Object.values(refs), (ref) =>
        get<HistoryPage>(`${pathOf(ref)}/events?limit=1000`),
      )
      const items = pages.flatMap(({ body }) => body.items)
      const causes = new Set(items.map(({ cause }) => cause))
      for (const cause of ["fact", "cloud", "deadline", "snapshot", "mended"] as const)
        assert.isTrue(causes.has(cause), cause)
      const fact = items.find(({ cause }) => cause === "fact")
      assert.strictEqual(fact?.journal?.journal_id, reporter.journalId)
      assert.isNull(items.find(({ cause }) => cause === "cloud")?.journal)
      const placed = items.at(-1)
      assert.deepInclude(placed, { cause: "request", actor: "registry", revision: 1, trace_id: null })
    }),
  )
})
