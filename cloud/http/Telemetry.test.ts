import { PgClient } from "@effect/sql-pg"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { Limits } from "#core/Limits.ts"
import { deviceExamples } from "#core/wire/Examples.ts"
import { deviceTopic } from "#core/wire/Topics.ts"
import { Broker } from "../broker/Broker.ts"
import { testCloud } from "../Cloud.fixture.ts"
import { Families } from "../metrics/Families.ts"
import { Meters } from "../metrics/Meters.ts"
import { idOf, placesOf, signIns } from "../SmallRegistry.fixture.ts"
import { TestDevice } from "../sync/Device.fixture.ts"
import { Ingest } from "../sync/Ingest.ts"
import { TelemetryIntake } from "../telemetry/TelemetryIntake.ts"
import { HttpServer } from "./HttpServer.ts"

interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

const real = placesOf(1)

const ask = (path: string, init: RequestInit = {}) =>
  Effect.gen(function* () {
    const { url } = yield* HttpServer
    const response = yield* Effect.promise(() => fetch(url + path, init))
    return { status: response.status, body: yield* Effect.promise(() => response.json()) } as Answer
  })

const signIn = (who: keyof typeof signIns) =>
  Effect.map(
    ask("/api/staff/login", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(signIns[who]),
    }),
    ({ body }) => String(body["access_token"]),
  )

const get = Effect.fnUntraced(function* (path: string) {
  token ??= yield* signIn("admin")
  return yield* ask(`/api/telemetry/${path}`, { headers: { authorization: `Bearer ${token}` } })
})

let token: string | undefined

const itemsOf = ({ body }: Answer) => body["items"] as ReadonlyArray<Readonly<Record<string, unknown>>>

const example = deviceExamples.telemetry as Readonly<Record<string, unknown>>

const booted = Effect.gen(function* () {
  const broker = yield* Broker
  const device = yield* Effect.acquireRelease(
    Effect.promise(() => TestDevice.connect(broker.url, real)),
    (open) => Effect.promise(() => open.stop()),
  )
  device.session = nextSession++
  assert.strictEqual((yield* Effect.promise(() => device.boot()))["status"], "accepted")
  return device
})
let nextSession = 1

/** Offers as the broker would, and waits until it is written. */
const offer = Effect.fnUntraced(function* (session: number, message: object | string) {
  const ingest = yield* Ingest
  const intake = yield* TelemetryIntake
  const text = typeof message === "string" ? message : JSON.stringify({ ...example, session, ...message })
  const topic = deviceTopic(real, real.deviceId, "telemetry")
  ingest.offer({ topic, payload: Buffer.from(text), retained: false, receivedAt: Date.now() })
  yield* intake.settled
})

const rowsCounted = (result: string) =>
  Effect.map(Meters, (book) => {
    const found = new RegExp(`^${Families.telemetryRows.name}\\{result="${result}"\\} (\\d+)$`, "mu").exec(book.text())
    return Number(found?.[1] ?? 0)
  })

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("telemetry over HTTP", (it) => {
  it.effect("what a device says is there, row by row, the newest first, and the next page goes on", () =>
    Effect.gen(function* () {
      const device = yield* booted
      const at = Date.now() - 60_000
      for (const n of [0, 1, 2]) {
        yield* offer(device.session, { at: new Date(at + n).toISOString(), rss_bytes: n })
      }
      const all = yield* get(`devices/${real.deviceId}`)
      assert.lengthOf(itemsOf(all), 15)
      const first = yield* get(`devices/${real.deviceId}?event_type=vitals&limit=2`)
      assert.deepStrictEqual(
        itemsOf(first).map(({ event_data, timestamp, session }) => [
          (event_data as { rss_bytes: number }).rss_bytes,
          timestamp,
          session,
        ]),
        [2, 1].map((n) => [n, new Date(at + n).toISOString(), device.session]),
      )
      const second = yield* get(`devices/${real.deviceId}?event_type=vitals&limit=2&cursor=${first.body["next"]}`)
      assert.lengthOf(itemsOf(second), 1)
      assert.isNull(second.body["next"])
      const [bus] = itemsOf(yield* get(`branches/${real.branchId}?event_type=bus&limit=1`))
      assert.deepInclude(bus, { device_id: real.deviceId, event_type: "bus", source: "/dev/ttyUSB0" })
      assert.lengthOf(itemsOf(yield* get(`chains/${real.chainId}?event_type=journal`)), 3)
      assert.lengthOf(itemsOf(yield* get(`chains/${placesOf(2).chainId}`)), 0)
    }),
  )

  it.effect("one number in buckets says whose calendar its days are of and how many devices it is about", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      yield* sql`update branches set timezone = 'Asia/Jerusalem' where id = ${real.branchId}`
      const device = yield* booted
      yield* offer(device.session, { at: new Date().toISOString(), host: { cpu_temperature_c: 61 } })
      for (const scope of [`devices/${real.deviceId}`, `branches/${real.branchId}`, `chains/${real.chainId}`]) {
        const answer = yield* get(`${scope}?event_type=vitals&metric=cpu_temperature_c&bucket=1d`)
        assert.deepInclude(answer.body, { timezone: "Asia/Jerusalem", devices: 1, bucket: "1d", next: null })
        assert.strictEqual(itemsOf(answer).at(-1)?.["max"], 61)
      }
    }),
  )

  it.effect("CW-MQTT-135: telemetry said twice is kept once, and of a clock that cannot be as of when it came", () =>
    Effect.gen(function* () {
      const device = yield* booted
      const before = yield* rowsCounted("repeated")
      const said = { at: new Date().toISOString(), buses: [], commands: [] }
      yield* offer(device.session, said)
      yield* offer(device.session, said)
      assert.strictEqual((yield* rowsCounted("repeated")) - before, 3)
      const from = new Date().toISOString()
      for (const at of ["1970-01-01T00:00:01.000Z", "2099-01-01T00:00:00.000Z"]) {
        yield* offer(device.session, { at, buses: [], commands: [], rss_bytes: 7 })
      }
      const rows = itemsOf(yield* get(`devices/${real.deviceId}?event_type=vitals&from=${from}`))
      assert.isAtLeast(rows.length, 1)
      for (const { timestamp, received_at } of rows) assert.strictEqual(timestamp, received_at)
    }),
  )

  it.effect("keeps nothing of what is no telemetry, or of an earlier start of the device", () =>
    Effect.gen(function* () {
      const device = yield* booted
      const count = Effect.map(get(`devices/${real.deviceId}?limit=1000`), (answer) => itemsOf(answer).length)
      const before = yield* count
      yield* offer(device.session, "no json")
      yield* offer(device.session, { buses: [{ name: "x" }] })
      yield* offer(device.session, { defects: "1; drop table telemetry" })
      yield* offer(device.session - 1, { at: new Date().toISOString() })
      assert.strictEqual(yield* count, before)
    }),
  )

  it.effect("refuses a question that would be answered at length, and says which part of it", () =>
    Effect.gen(function* () {
      const path = `devices/${real.deviceId}`
      const wanted = "event_type=vitals&metric=load_1m"
      const days = (n: number) => new Date(Date.now() - n * 86_400_000).toISOString()
      for (const [query, name] of [
        ["bucket=1h", "event_type"],
        ["bucket=1h&event_type=bus", "metric"],
        [`bucket=1m&${wanted}&from=${days(3)}`, "bucket"],
        [
          `bucket=1d&${wanted}&from=${days((Limits.telemetryRowsRead * Limits.telemetryEveryMs) / 86_400_000 + 1)}`,
          "from",
        ],
        [`from=${days(0)}&to=${days(1)}`, "from"],
        ["cursor=W10", "cursor"],
        [`cursor=${Buffer.from(JSON.stringify(["x", "1"])).toString("base64url")}`, "cursor"],
        [`cursor=${Buffer.from(JSON.stringify([days(1), "1' or 1"])).toString("base64url")}`, "cursor"],
      ] as const) {
        const { status, body } = yield* get(`${path}?${query}`)
        assert.strictEqual(status, 400, query)
        assert.include(JSON.stringify(body["errors"]), `"${name}"`, query)
      }
      for (const query of ["event_type=secrets", "bucket=2h", "from=yesterday", "limit=0"]) {
        assert.strictEqual((yield* get(`${path}?${query}`)).status, 400, query)
      }
      assert.strictEqual((yield* get(`devices/${idOf(3, 9)}`)).status, 404)
      assert.strictEqual((yield* get(`chains/${real.branchId}`)).status, 404)
      assert.strictEqual((yield* ask(`/api/telemetry/${path}`)).status, 401)
    }),
  )
})
