import { assert, layer } from "@effect/vitest"
import { PgClient } from "@effect/sql-pg"
import { Effect } from "effect"
import { Limits } from "#core/Limits.ts"
import { deviceTopic } from "#core/wire/Topics.ts"
import { Broker } from "../broker/Broker.ts"
import { testCloud } from "../Cloud.fixture.ts"
import { placesOf, signIns } from "../SmallRegistry.fixture.ts"
import { Quarantine } from "../store/Quarantine.ts"
import { asOwner } from "../store/Tenants.ts"
import { observed, TestDevice } from "../sync/Device.fixture.ts"
import { Ingest } from "../sync/Ingest.ts"
import { HttpServer } from "./HttpServer.ts"

interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

type Item = Readonly<Record<string, unknown>>

const ask = (path: string, init: RequestInit = {}) =>
  Effect.gen(function* () {
    const { url } = yield* HttpServer
    const response = yield* Effect.promise(() => fetch(url + path, init))
    return { status: response.status, body: yield* Effect.promise(() => response.json()) } as Answer
  })

const headers = (token: string) => ({ "content-type": "application/json", authorization: `Bearer ${token}` })

const signIn = (who: keyof typeof signIns) =>
  Effect.map(
    ask("/api/staff/login", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(signIns[who]),
    }),
    ({ body }) => String(body["access_token"]),
  )

const get = (path: string, token: string) => ask(path, { headers: headers(token) })

const post = (path: string, body: unknown, token: string) =>
  ask(path, { method: "POST", headers: headers(token), body: JSON.stringify(body) })

const itemsOf = ({ body }: Answer): ReadonlyArray<Item> => body["items"] as ReadonlyArray<Item>

const real = placesOf(1)
const [bay, otherBay] = real.bayIds
let nextSession = 1

/** A booted device with a journal of its own, gone when the test is over. */
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

/** Facts, each at the next place of the journal. */
const say = (device: TestDevice, from: number, facts: ReadonlyArray<object>) =>
  Effect.promise(() => device.facts(facts.map((fact, index) => ({ ...fact, seq: from + index }))))

const received = (topic: string, payload: Uint8Array) => ({ topic, payload, retained: false, receivedAt: Date.now() })

const opened = (id: string, at = Date.now()) => ({
  ...observed(0, id, "open", "present", { ajar: "undetermined" }, at),
  announces: ["RELEASED_UNCOMMANDED"],
})
const secured = (id: string) => ({ ...observed(0, id, "closed", "present", "secured"), announces: [] })

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("what people who run the system see", (it) => {
  it.effect("CW-MQTT-608: what could not be understood, newest first, page by page, with its true size", () =>
    Effect.gen(function* () {
      const ingest = yield* Ingest
      const quarantine = yield* Quarantine
      const token = yield* signIn("admin")
      const topic = deviceTopic(real, real.deviceId, "status")
      const long = `{"v": ${"1".repeat(Limits.quarantinePayloadBytes)}`
      ingest.offer(received(topic, Buffer.from("no json: שלום")))
      ingest.offer(received(topic, Buffer.from([0, 255, 1])))
      ingest.offer(received("cartwise/elsewhere", Buffer.from(long)))
      yield* quarantine.flushed

      const first = yield* get("/api/quarantine?limit=2", token)
      assert.deepInclude(itemsOf(first)[0], {
        topic: "cartwise/elsewhere",
        reason: "not_our_topic",
        device_id: null,
        payload: { encoding: "text", preview: long.slice(0, Limits.quarantinePayloadBytes) },
        payload_bytes: long.length,
      })
      assert.deepInclude(itemsOf(first)[1], {
        reason: "not_json",
        device_id: real.deviceId,
        payload: { encoding: "base64", preview: Buffer.from([0, 255, 1]).toString("base64") },
        payload_bytes: 3,
      })
      const second = yield* get(`/api/quarantine?limit=2&cursor=${String(first.body["next"])}`, token)
      assert.deepInclude(itemsOf(second)[0], {
        payload: { encoding: "text", preview: "no json: שלום" },
        payload_bytes: Buffer.byteLength("no json: שלום"),
      })
      assert.isNull(second.body["next"])

      const ofDevice = yield* get(`/api/quarantine?device_id=${real.deviceId}`, token)
      assert.strictEqual(itemsOf(ofDevice).length, 2)
      const ofReason = yield* get("/api/quarantine?reason=not_our_topic", token)
      assert.strictEqual(itemsOf(ofReason).length, 1)
      const counts = itemsOf(yield* get("/api/quarantine/counts", token))
      assert.deepStrictEqual(
        counts.map(({ reason, messages }) => [reason, messages]),
        [
          ["not_json", 2],
          ["not_our_topic", 1],
        ],
      )
      assert.strictEqual((yield* get("/api/quarantine", yield* signIn("viewer"))).status, 403)
      assert.strictEqual((yield* ask("/api/quarantine")).status, 401)
    }),
  )

  it.effect("a preview that ends within a character is still text", () =>
    Effect.gen(function* () {
      const quarantine = yield* Quarantine
      const payload = Buffer.from("a".repeat(Limits.quarantinePayloadBytes - 1) + "שלום")
      quarantine.put({ topic: "cut", reason: "not_json", detail: "", payload })
      yield* quarantine.flushed
      const [item] = itemsOf(yield* get("/api/quarantine?limit=1", yield* signIn("admin")))
      assert.deepInclude(item, { payload_bytes: payload.byteLength })
      assert.deepInclude(item?.["payload"], { encoding: "text" })
    }),
  )

  it.effect("CW-MQTT-507: one divergence for one disagreement, however often, until somebody resolves it", () =>
    Effect.gen(function* () {
      const device = yield* booted
      const token = yield* signIn("manager")
      const wrong = () => observed(0, bay, "closed", "present", "jammed")
      yield* say(device, 1, [secured(bay), wrong(), secured(bay), wrong(), wrong()])

      const path = `/api/divergences?state=open&kind=bay&twin_id=${bay}`
      const open = itemsOf(yield* get(path, token)).filter(({ reported }) =>
        JSON.stringify(reported).includes("jammed"),
      )
      assert.strictEqual(open.length, 1)
      assert.deepInclude(open[0], {
        twin: { kind: "bay", id: bay },
        device_id: real.deviceId,
        journal_id: device.journalId,
        first_seq: 2,
        last_seq: 4,
        times: 2,
        rule: "fact_replaces_mirror",
        expected: { latch: "secured", sensor: "trusted", service: "inService" },
        reported: { latch: "jammed", sensor: "trusted", service: "inService" },
        resolved: null,
      })

      const resolve = `/api/divergences/${String(open[0]?.["id"])}/resolve`
      assert.strictEqual((yield* post(resolve, { reason: "x" }, yield* signIn("viewer"))).status, 403)
      assert.strictEqual((yield* post(resolve, { reason: "" }, token)).status, 400)
      const resolved = yield* post(resolve, { reason: "the switch was loose" }, token)
      assert.strictEqual(resolved.status, 200)
      assert.deepInclude(resolved.body["resolved"], { by: signIns.manager.email, reason: "the switch was loose" })
      const again = yield* post(resolve, { reason: "again" }, token)
      assert.strictEqual(again.status, 409)
      assert.include(String(again.body["detail"]), signIns.manager.email)
      assert.strictEqual((yield* post("/api/divergences/999999/resolve", { reason: "x" }, token)).status, 404)

      yield* say(device, 6, [secured(bay), wrong()])
      const anew = itemsOf(yield* get(path, token)).filter(({ first_seq }) => first_seq === 7)
      assert.strictEqual(anew.length, 1)
    }),
  )

  it.effect("CW-MQTT-509: an uncommanded open is one alarm, in its fact's commit, until it is over and seen", () =>
    Effect.gen(function* () {
      const device = yield* booted
      const token = yield* signIn("manager")
      const at = Date.now()
      const openAlarms = Effect.map(get("/api/alarms?state=open", token), itemsOf)
      yield* say(device, 1, [secured(otherBay), opened(otherBay, at)])

      const [alarm, ...more] = yield* openAlarms
      assert.deepStrictEqual(more, [])
      assert.deepInclude(alarm, {
        code: "FORCED_OPEN",
        severity: "major",
        state: "active_unack",
        about: { kind: "bay", id: otherBay },
        device_id: real.deviceId,
        branch_id: real.branchId,
        fact: { journal_id: device.journalId, seq: 2 },
        raised_at: new Date(at).toISOString(),
        times: 1,
        cleared_at: null,
        acknowledged: null,
      })

      yield* say(device, 1, [secured(otherBay), opened(otherBay, at)])
      assert.strictEqual((yield* openAlarms).length, 1, "the same facts again raise nothing")

      const acknowledge = `/api/alarms/${String(alarm?.["id"])}/acknowledge`
      assert.strictEqual((yield* post(acknowledge, {}, yield* signIn("viewer"))).status, 403)
      const seen = yield* post(acknowledge, {}, token)
      assert.deepInclude(seen.body, { state: "active_ack" })
      assert.deepInclude(seen.body["acknowledged"], { by: signIns.manager.email })
      assert.strictEqual((yield* post(acknowledge, {}, token)).status, 409)
      assert.strictEqual((yield* post("/api/alarms/999999/acknowledge", {}, token)).status, 404)

      yield* say(device, 3, [secured(otherBay)])
      assert.deepStrictEqual(yield* openAlarms, [])
      const [closed] = itemsOf(yield* get(`/api/alarms?state=closed&branch_id=${real.branchId}`, token))
      assert.deepInclude(closed, { id: alarm?.["id"], state: "closed" })
      assert.deepStrictEqual(itemsOf(yield* get(`/api/alarms?branch_id=${placesOf(2).branchId}`, token)), [])
    }),
  )

  it.effect("no alarm whose fact was not committed", () =>
    Effect.gen(function* () {
      const device = yield* booted
      const token = yield* signIn("manager")
      const before = itemsOf(yield* get("/api/alarms", token)).length
      const sql = yield* PgClient.PgClient
      // The journal's watermark cannot be written, so the whole unit of work is undone.
      yield* asOwner(
        sql`alter table journals add constraint broken check (watermark < 2 or journal_id <> ${sql.literal(`'${device.journalId}'`)})`,
      )
      const facts = [
        { ...secured(bay), seq: 1 },
        { ...opened(bay), seq: 2 },
      ]
      const { session, journalId: journal_id } = device
      const message = JSON.stringify({ v: 1, session, journal_id, replay: false, facts })
      const ingest = yield* Ingest
      ingest.offer(received(deviceTopic(real, real.deviceId, "events"), Buffer.from(message)))
      yield* ingest.settled
      yield* asOwner(sql`alter table journals drop constraint broken`)
      assert.strictEqual(itemsOf(yield* get("/api/alarms", token)).length, before)
    }),
  )
})
