import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { UserId } from "#core/domain/Ids.ts"
import { Broker } from "../broker/Broker.ts"
import { testCloud } from "../Cloud.fixture.ts"
import { HttpServer } from "../http/HttpServer.ts"
import { Tokens } from "../http/Tokens.ts"
import { idOf, placesOf } from "../SmallRegistry.fixture.ts"
import { Quarantine } from "../store/Quarantine.ts"
import { observed, TestDevice } from "../sync/Device.fixture.ts"
import { Families } from "./Families.ts"
import { MetricsServer } from "./MetricsServer.ts"

const places = placesOf(1)
const [bay] = places.bayIds
const admin = UserId.make(idOf(7, 3))
const viewer = UserId.make(idOf(7, 2))

const tokenOf = (who: UserId) => Effect.flatMap(Tokens, (tokens) => tokens.issue(who))

const ask = Effect.fnUntraced(function* (path: string, who?: UserId, body?: object) {
  const { url } = yield* HttpServer
  const headers: Record<string, string> = { "content-type": "application/json" }
  if (who !== undefined) headers["authorization"] = `Bearer ${yield* tokenOf(who)}`
  const init = body === undefined ? { headers } : { method: "POST", headers, body: JSON.stringify(body) }
  return yield* Effect.promise(async () => {
    const response = await fetch(url + path, init)
    return { status: response.status, type: response.headers.get("content-type"), text: await response.text() }
  })
})

/** The metrics as series and values, and their text. */
const scrape = Effect.gen(function* () {
  const { url } = yield* MetricsServer
  const text = yield* Effect.promise(() => fetch(url ?? "").then((response) => response.text()))
  const series = new Map<string, number>()
  for (const line of text.trimEnd().split("\n")) {
    if (line.startsWith("# ")) continue
    const found = /^([a-z_]+(?:\{[^}]*\})?) (\S+)$/u.exec(line)
    assert.isNotNull(found, line)
    assert.isFalse(series.has(found?.[1] ?? ""), `${line} is there twice`)
    series.set(found?.[1] ?? "", Number(found?.[2]))
  }
  return { series, text }
})

layer(testCloud({ METRICS_PORT: "0" }), { excludeTestServices: true, timeout: 60_000 })("the metrics", (it) => {
  it.effect("tell what happened, under the names of the families, without any id", () =>
    Effect.gen(function* () {
      const broker = yield* Broker
      const refused = yield* ask(`/api/carts/${places.cartIds[0]}/unlock`, admin, { reason: "x" })
      assert.strictEqual(refused.status, 409)
      yield* ask("/api/staff/login", undefined, { email: "nobody@cartwise.example", password: "wrong" })
      yield* ask("/api/twins/bay/nobody", admin)
      yield* ask("/api/nowhere", admin)
      const device = yield* Effect.acquireRelease(
        Effect.promise(() => TestDevice.connect(broker.url, places)),
        (open) => Effect.promise(() => open.stop()),
      )
      yield* Effect.promise(() => device.boot())
      yield* Effect.promise(() =>
        device.facts([
          observed(1, bay, "closed", "present", "secured"),
          {
            ...observed(2, bay, "open", "present", { ajar: "undetermined" }),
            announces: ["RELEASED_UNCOMMANDED"],
          },
          observed(3, bay, "closed", "present", "jammed"),
        ]),
      )
      const quarantine = yield* Quarantine
      quarantine.put({ topic: "t", reason: "not_json", detail: "", payload: new Uint8Array() })
      yield* quarantine.flushed

      // The device is asked for a snapshot, which is on its way until the broker has it.
      const isQuiet = ({ series }: { readonly series: ReadonlyMap<string, number> }) =>
        series.get("cartwise_outbox_depth") === 0
      const { series, text } = yield* Effect.repeat(scrape, { until: isQuiet })
      const login = '{route="/api/staff/login",method="POST",code="401"}'
      for (const [name, value] of [
        [`cartwise_http_requests_total${login}`, 1],
        ['cartwise_http_requests_total{route="/api/twins/:kind/:id",method="GET",code="404"}', 1],
        ['cartwise_auth_failures_total{kind="password"}', 1],
        ['cartwise_command_rejected_total{by="api",reason="device_offline"}', 1],
        ["cartwise_unexplained_open_total", 1],
        ['cartwise_alarms_open{code="FORCED_OPEN"}', 1],
        ['cartwise_twin_divergence_total{rule="fact_replaces_mirror"}', 1],
        ['cartwise_twin_divergence_open{rule="fact_replaces_mirror"}', 1],
        ['cartwise_twin_resync_total{cause="a_fact_did_not_fit_the_mirror"}', 1],
        ["cartwise_twin_lag_seconds_count", 1],
        ["cartwise_device_connected", 1],
        ["cartwise_device_flaps_total", 0],
        ["cartwise_outbox_depth", 0],
        ['cartwise_dlq_total{source="mqtt",reason="not_json"}', 1],
        ['cartwise_mqtt_messages_total{direction="in",class="boot"}', 1],
        ['cartwise_mqtt_messages_total{direction="in",class="events"}', 1],
        ["cartwise_ws_clients", 0],
        ["cartwise_ws_dropped_total", 0],
      ] as const) {
        assert.strictEqual(series.get(name), value, `${name}\n${text}`)
      }
      assert.isAbove(series.get("cartwise_twin_stale") ?? 0, 0)
      assert.isAbove(series.get("process_resident_memory_bytes") ?? 0, 1_000_000)
      assert.notMatch(text, /[0-9a-f]{8}-[0-9a-f]{4}-/u)
    }),
  )

  it.effect("follow a command to its end, and how long it was in each stage", () =>
    Effect.gen(function* () {
      const broker = yield* Broker
      const device = yield* Effect.acquireRelease(
        Effect.promise(() => TestDevice.connect(broker.url, places)),
        (open) => Effect.promise(() => open.stop()),
      )
      device.session = 2
      yield* Effect.promise(() => device.boot())
      yield* Effect.promise(() => device.facts([observed(1, bay, "closed", "present", "secured")]))
      const { status, text } = yield* ask(`/api/carts/${places.cartIds[0]}/unlock`, admin, { reason: "x" })
      assert.strictEqual(status, 202, text)
      const command_id = JSON.parse(text).command_id
      const stage = (seq: number, name: string) => ({
        fact: "command",
        seq,
        command_id,
        stage: name,
        pulses: 1,
        at: Date.now(),
      })
      yield* Effect.promise(() =>
        device.facts(["accepted", "executing", "executed", "confirmed"].map((name, index) => stage(index + 2, name))),
      )
      const ended = 'cartwise_command_total{kind="unlock",outcome="confirmed"}'
      const { series } = yield* Effect.repeat(scrape, { until: ({ series }) => series.has(ended) })
      assert.strictEqual(series.get(ended), 1)
      assert.strictEqual(series.get('cartwise_command_duration_seconds_count{stage="confirm"}'), 1)
      assert.strictEqual(series.get('cartwise_command_duration_seconds_count{stage="edge"}'), 1)
    }),
  )

  it.effect("are beside the API only for somebody who is signed in and may read them", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* ask("/metrics")).status, 401)
      assert.strictEqual((yield* ask("/metrics", viewer)).status, 403)
      const { status, type, text } = yield* ask("/metrics", admin)
      assert.strictEqual(status, 200)
      assert.strictEqual(type, "text/plain; version=0.0.4; charset=utf-8")
      for (const name of [Families.devicesConnected.name, Families.outboxDepth.name, Families.quarantined.name]) {
        assert.include(text, `# TYPE ${name} `)
      }
    }),
  )

  it.effect("have a port that answers nothing else, on loopback unless told otherwise", () =>
    Effect.gen(function* () {
      const { url } = yield* MetricsServer
      const other = new URL("/api/devices", url)
      assert.strictEqual(other.hostname, "127.0.0.1")
      assert.strictEqual((yield* Effect.promise(() => fetch(other))).status, 404)
      assert.strictEqual((yield* Effect.promise(() => fetch(url ?? "", { method: "POST" }))).status, 404)
    }),
  )
})
