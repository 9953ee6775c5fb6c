import { PgClient } from "@effect/sql-pg"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import type { BucketWidth } from "#core/api/Telemetry.ts"
import { testCloud } from "../Cloud.fixture.ts"
import { placesOf } from "../SmallRegistry.fixture.ts"
import { Telemetry, type TelemetryRow } from "./Telemetry.ts"
import { asOwner } from "./Tenants.ts"
import { TelemetryHistory, type TelemetryScope } from "./TelemetryHistory.ts"

const [real, simulated] = [placesOf(1), placesOf(2)]
const at = (text: string) => Date.parse(text)
const temperature = (text: string, celsius: number, given: Partial<TelemetryRow> = {}): TelemetryRow => ({
  chainId: real.chainId,
  deviceId: real.deviceId,
  type: "vitals",
  source: null,
  data: { cpu_temperature_c: celsius },
  session: 1,
  atMs: at(text),
  receivedMs: at(text) + 20,
  ...given,
})
const bus = (text: string, answers: number, source = "/dev/ttyUSB0"): TelemetryRow =>
  temperature(text, 0, { type: "bus", source, data: { answers, state: "open", latency_p99_ms: null } })

const keep = (...rows: ReadonlyArray<TelemetryRow>) => Effect.flatMap(Telemetry, (store) => store.keep(rows))
const tidy = (asOf: string, days = 90) => Effect.flatMap(Telemetry, (store) => store.tidy(at(asOf), 2, days))
const partOf = (text: string) =>
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    const [row] = yield* sql<{ part: string }>`
      select tableoid::regclass::text as part from telemetry where at = ${text}::timestamptz`
    return row?.part
  })
const parts = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  const rows = yield* sql<{ name: string }>`
    select inhrelid::regclass::text as name from pg_inherits where inhparent = 'telemetry'::regclass order by 1`
  return rows.map(({ name }) => name)
})
const clean = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  for (const name of yield* parts) if (name !== "telemetry_default") yield* sql`drop table ${sql(name)}`
  yield* sql`delete from telemetry`
}).pipe(asOwner)

const device: TelemetryScope = { kind: "device", id: real.deviceId }
const buckets = (
  [from, to]: readonly [string, string],
  bucket: BucketWidth,
  given: { readonly scope?: TelemetryScope; readonly timezone?: string; readonly metric?: string } = {},
) =>
  Effect.gen(function* () {
    const history = yield* TelemetryHistory
    const { scope = device, timezone = "UTC", metric = "cpu_temperature_c" } = given
    const type = metric === "cpu_temperature_c" ? "vitals" : "bus"
    return yield* history.buckets(scope, { type, metric, bucket, timezone, fromMs: at(from), toMs: at(to) })
  })

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("the table of telemetry", (it) => {
  it.effect("keeps a row in its month, to the last millisecond of it, in UTC", () =>
    Effect.gen(function* () {
      yield* clean
      const made = yield* tidy("2026-10-31T23:59:59.999Z")
      assert.deepStrictEqual(made, { made: 3, dropped: 0 })
      assert.deepStrictEqual(yield* parts, [
        "telemetry_2026_10",
        "telemetry_2026_11",
        "telemetry_2026_12",
        "telemetry_default",
      ])
      yield* keep(temperature("2026-10-31T23:59:59.999Z", 40), temperature("2026-11-01T00:00:00.000Z", 41))
      assert.strictEqual(yield* partOf("2026-10-31T23:59:59.999Z"), "telemetry_2026_10")
      assert.strictEqual(yield* partOf("2026-11-01T00:00:00.000Z"), "telemetry_2026_11")
      assert.deepStrictEqual(yield* tidy("2026-10-31T23:59:59.999Z"), { made: 0, dropped: 0 })
    }),
  )

  it.effect("loses no row for which there is no month yet, and moves it there when there is one", () =>
    Effect.gen(function* () {
      yield* clean
      yield* keep(temperature("2026-08-15T10:00:00.000Z", 40), temperature("2026-11-15T10:00:00.000Z", 41))
      assert.strictEqual(yield* partOf("2026-11-15T10:00:00.000Z"), "telemetry_default")
      yield* tidy("2026-11-15T11:00:00.000Z", 120)
      assert.strictEqual(yield* partOf("2026-11-15T10:00:00.000Z"), "telemetry_2026_11")
      assert.strictEqual(yield* partOf("2026-08-15T10:00:00.000Z"), "telemetry_2026_08")
      assert.deepStrictEqual(yield* keep(temperature("2026-08-15T10:00:00.000Z", 40)), 0)
    }),
  )

  it.effect("drops whole months when their last moment is older than the retention, and not a moment earlier", () =>
    Effect.gen(function* () {
      yield* clean
      yield* tidy("2026-07-20T00:00:00.000Z")
      yield* keep(temperature("2026-07-31T23:00:00.000Z", 40), temperature("2026-08-01T01:00:00.000Z", 41))
      assert.deepInclude(yield* tidy("2026-10-29T23:59:59.000Z"), { dropped: 0 })
      assert.deepInclude(yield* tidy("2026-10-30T00:00:00.000Z"), { dropped: 1 })
      assert.notInclude(yield* parts, "telemetry_2026_07")
      assert.strictEqual(yield* partOf("2026-08-01T01:00:00.000Z"), "telemetry_2026_08")
      // What waits for a month that is over is dropped too.
      yield* keep(temperature("2026-07-30T00:00:00.000Z", 40))
      yield* tidy("2026-11-30T00:00:00.000Z")
      assert.isUndefined(yield* partOf("2026-07-30T00:00:00.000Z"))
    }),
  )

  it.effect("may be tidied by two programs at once", () =>
    Effect.gen(function* () {
      yield* clean
      const done = yield* Effect.all(
        [1, 2, 3, 4].map(() => tidy("2026-11-25T00:00:00.000Z")),
        { concurrency: "unbounded" },
      )
      assert.strictEqual(
        done.reduce((sum, { made }) => sum + made, 0),
        3,
      )
    }),
  )

  it.effect("takes the same word of a device once, in one statement and in two", () =>
    Effect.gen(function* () {
      yield* clean
      const said = temperature("2026-11-20T10:00:00.000Z", 40)
      assert.strictEqual(yield* keep(said, { ...said, data: { cpu_temperature_c: 99 } }), 1)
      assert.strictEqual(
        yield* keep(said, bus("2026-11-20T10:00:00.000Z", 1), bus("2026-11-20T10:00:00.000Z", 1, "b")),
        2,
      )
      const [bucket] = yield* buckets(["2026-11-20T10:00:00.000Z", "2026-11-20T11:00:00.000Z"], "1h")
      assert.deepInclude(bucket, { samples: 1, avg: 40 })
    }),
  )
})

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("buckets of telemetry", (it) => {
  it.effect("tell mean, least and greatest of the samples in them; a sample at a border is of the later one", () =>
    Effect.gen(function* () {
      yield* clean
      yield* keep(
        temperature("2026-11-20T09:59:59.999Z", 90),
        temperature("2026-11-20T10:00:00.000Z", 40),
        temperature("2026-11-20T10:04:00.000Z", 44),
        temperature("2026-11-20T10:05:00.000Z", 50),
        temperature("2026-11-20T10:15:00.000Z", 99),
        temperature("2026-11-20T10:02:00.000Z", 70, { chainId: simulated.chainId, deviceId: simulated.deviceId }),
      )
      const range = ["2026-11-20T10:00:00.000Z", "2026-11-20T10:15:00.000Z"] as const
      assert.deepStrictEqual(yield* buckets(range, "5m"), [
        { at: "2026-11-20T10:00:00.000Z", samples: 2, avg: 42, min: 40, max: 44, increase: null },
        { at: "2026-11-20T10:05:00.000Z", samples: 1, avg: 50, min: 50, max: 50, increase: null },
      ])
      for (const scope of [
        { kind: "branch", id: simulated.branchId },
        { kind: "chain", id: simulated.chainId },
      ] as const) {
        const [only] = yield* buckets(range, "1h", { scope })
        assert.deepInclude(only, { samples: 1, max: 70 })
      }
    }),
  )

  it.effect("of days are those of the place's calendar: 23 hours when its clock is put forward, 25 when back", () =>
    Effect.gen(function* () {
      yield* clean
      const hours = (from: string, count: number) =>
        Array.from({ length: count }, (_, n) => temperature(new Date(at(from) + n * 3_600_000).toISOString(), n))
      yield* keep(...hours("2026-03-25T22:00:00.000Z", 72), ...hours("2026-10-23T21:00:00.000Z", 73))
      const days = (from: string, to: string) =>
        Effect.map(buckets([from, to], "1d", { timezone: "Asia/Jerusalem" }), (all) =>
          all.map(({ at: begin, samples }) => [begin, samples]),
        )
      assert.deepStrictEqual(yield* days("2026-03-25T22:00:00.000Z", "2026-03-28T21:00:00.000Z"), [
        ["2026-03-25T22:00:00.000Z", 24],
        ["2026-03-26T22:00:00.000Z", 23],
        ["2026-03-27T21:00:00.000Z", 24],
      ])
      assert.deepStrictEqual(yield* days("2026-10-23T21:00:00.000Z", "2026-10-26T22:00:00.000Z"), [
        ["2026-10-23T21:00:00.000Z", 24],
        ["2026-10-24T21:00:00.000Z", 25],
        ["2026-10-25T22:00:00.000Z", 24],
      ])
    }),
  )

  it.effect("of a counter tell what it grew by, from the sample before the range on, over a restart, bus by bus", () =>
    Effect.gen(function* () {
      yield* clean
      yield* keep(
        bus("2026-11-20T09:59:00.000Z", 100),
        bus("2026-11-20T10:00:00.000Z", 110),
        bus("2026-11-20T10:01:00.000Z", 125),
        bus("2026-11-20T10:02:00.000Z", 5),
        bus("2026-11-20T10:00:30.000Z", 1_000, "b"),
        bus("2026-11-20T10:01:30.000Z", 1_001, "b"),
        bus("2026-11-20T11:01:30.000Z", 1_002, "b"),
      )
      const range = ["2026-11-20T10:00:00.000Z", "2026-11-20T12:00:00.000Z"] as const
      const grown = yield* buckets(range, "1h", { metric: "answers" })
      assert.deepStrictEqual(
        grown.map(({ increase }) => increase),
        [10 + 15 + 5 + 1, 1],
      )
      assert.deepStrictEqual(yield* buckets(range, "1h", { metric: "state" }), [])
      assert.deepStrictEqual(yield* buckets(range, "1h", { metric: "latency_p99_ms" }), [])
    }),
  )
})
