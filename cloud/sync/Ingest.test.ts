import { assert, layer } from "@effect/vitest"
import { PgClient } from "@effect/sql-pg"
import { Effect, PubSub } from "effect"
import { Limits } from "#core/Limits.ts"
import { deviceTopic } from "#core/wire/Topics.ts"
import { Broker } from "../broker/Broker.ts"
import { testCloud } from "../Cloud.fixture.ts"
import { Commits } from "../live/Commits.ts"
import { idOf, placesOf } from "../SmallRegistry.fixture.ts"
import { Quarantine } from "../store/Quarantine.ts"
import { observed, TestDevice } from "./Device.fixture.ts"
import { Ingest } from "./Ingest.ts"

const places = placesOf(1)
const [bay, otherBay] = places.bayIds

/** A booted device with a journal of its own, gone when the test is over. */
const booted = (n: 1 | 2 = 1) =>
  Effect.gen(function* () {
    const broker = yield* Broker
    const device = yield* Effect.acquireRelease(
      Effect.promise(() => TestDevice.connect(broker.url, placesOf(n))),
      (open) => Effect.promise(() => open.stop()),
    )
    device.session = nextSession++
    const reply = yield* Effect.promise(() => device.boot({ simulated: n === 2 }))
    assert.strictEqual(reply["status"], "accepted")
    return device
  })
let nextSession = 1

const revisionOf = (id: string) =>
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    const [row] = yield* sql<{
      revision: number
      value: { latch: unknown }
    }>`select revision, value from twins where id = ${id}`
    return { revision: row?.revision ?? -1, latch: row?.value.latch }
  })

const historyOf = (journalId: string) =>
  Effect.flatMap(
    PgClient.PgClient,
    (sql) => sql<{ seq: number; accepted: boolean; reason: string | null }>`
      select seq, accepted, reason from twin_events where journal_id = ${journalId} order by id`,
  )

const countOf = (reason: string) => Effect.map(Quarantine, (quarantine) => quarantine.counts()[reason] ?? 0)

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("ingest", (it) => {
  it.effect("CW-MQTT-118: answers the last of the boots that a device has repeated, and only that", () =>
    Effect.gen(function* () {
      const device = yield* booted()
      const ingest = yield* Ingest
      const said = device.heard.length
      const epoch = device.epoch
      const topic = deviceTopic(device.place, device.place.deviceId, "boot")
      for (const mono_ms of [1, 2, 3]) {
        const payload = Buffer.from(JSON.stringify(device.bootMessage({ mono_ms, reason: "reconnect" })))
        ingest.offer({ topic, payload, retained: false, receivedAt: Date.now() })
      }
      const reply = yield* Effect.promise(() => device.next("boot/reply", () => true, said))
      assert.deepInclude(reply, { status: "accepted", mono_ms: 3 })
      yield* ingest.settled
      const again = yield* Effect.promise(() => device.boot({ reason: "reconnect" }))
      const replies = device.heard.slice(said).filter(({ leaf }) => leaf === "boot/reply")
      assert.strictEqual(replies.length, 2)
      assert.isAbove(Number(again["epoch"]), epoch)
    }),
  )

  it.effect("stores a twin packed, as every reader of twins takes it", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const device = yield* booted()
      yield* Effect.promise(() => device.facts([observed(1, bay, "closed", "present", "secured")]))
      const [row] = yield* sql<{ context: unknown; deadlines: unknown; bytes: number }>`
        select context, deadlines, octet_length(value::text || context::text || deadlines::text) as bytes
        from twins where id = ${bay}`
      assert.deepStrictEqual(row?.context, ["closed", "present", null, 0, 0, 0])
      assert.deepStrictEqual(row?.deadlines, {})
      assert.isBelow(row?.bytes ?? Infinity, Limits.storedTwinBytes)
    }),
  )

  it.effect("CW-MQTT-205, CW-MQTT-206: acknowledges facts only when they are stored, and takes each once", () =>
    Effect.gen(function* () {
      const device = yield* booted()
      const before = yield* revisionOf(bay)
      const facts = [observed(1, bay, "closed", "present", "secured"), observed(2, bay, "open", "absent", "empty")]
      const ack = yield* Effect.promise(() => device.facts(facts))
      assert.deepStrictEqual(ack, { v: 1, journal_id: device.journalId, seq: 2 })
      const after = yield* revisionOf(bay)
      assert.deepStrictEqual(after, { revision: before.revision + 2, latch: "empty" })

      const again = yield* Effect.promise(() =>
        device.facts([...facts, observed(3, bay, "closed", "present", "settling")]),
      )
      assert.strictEqual(again["seq"], 3)
      assert.deepStrictEqual(yield* revisionOf(bay), { revision: before.revision + 3, latch: "settling" })
      assert.deepStrictEqual(
        (yield* historyOf(device.journalId)).map(({ seq }) => seq),
        [1, 2, 3],
      )
    }),
  )

  it.effect("CW-MQTT-207: applies nothing after a hole and asks for what is missing", () =>
    Effect.gen(function* () {
      const device = yield* booted()
      yield* Effect.promise(() => device.facts([observed(1, bay, "closed", "present", "secured")]))
      const before = yield* revisionOf(bay)
      const ack = yield* Effect.promise(() => device.facts([observed(3, bay, "open", "absent", "empty")]))
      assert.deepStrictEqual(ack, { v: 1, journal_id: device.journalId, seq: 1, gap: true })
      assert.deepStrictEqual(yield* revisionOf(bay), before)
    }),
  )

  it.effect("CW-MQTT-215: records what the edge refused", () =>
    Effect.gen(function* () {
      const device = yield* booted()
      const refused = {
        ...observed(1, bay, "closed", "present", "secured"),
        event: { type: "bay.jamCleared", at: 5 },
        accepted: false,
        reason: "not_possible_now",
        value: { latch: (yield* revisionOf(bay)).latch, sensor: "trusted", service: "inService" },
      }
      yield* Effect.promise(() => device.facts([refused]))
      assert.deepStrictEqual(yield* historyOf(device.journalId), [
        { seq: 1, accepted: false, reason: "not_possible_now" },
      ])
    }),
  )

  it.effect("CW-MQTT-213, CW-MQTT-214: puts a foreign fact aside, goes on, and says nothing of it to the twin", () =>
    Effect.gen(function* () {
      const device = yield* booted()
      const foreign = placesOf(2).bayIds[0]
      const before = yield* revisionOf(foreign)
      const counted = yield* countOf("wrong_device")
      const ack = yield* Effect.promise(() =>
        device.facts([
          observed(1, foreign, "open", "absent", "empty"),
          { seq: 2, fact: "rubbish" },
          observed(3, otherBay, "closed", "present", "secured"),
        ]),
      )
      assert.strictEqual(ack["seq"], 3)
      assert.deepStrictEqual(yield* revisionOf(foreign), before)
      assert.strictEqual((yield* revisionOf(otherBay)).latch, "secured")
      assert.strictEqual(yield* countOf("wrong_device"), counted + 1)
      assert.isAbove(yield* countOf("unreadable_fact"), 0)
    }),
  )

  it.effect("CW-MQTT-213: puts a fact that the database refuses aside, and the stream goes on behind it", () =>
    Effect.gen(function* () {
      const device = yield* booted()
      const before = yield* revisionOf(bay)
      const counted = yield* countOf("defect")
      const poison = observed(2, bay, "closed", "present", "secured")
      const ack = device.next("events/ack", ({ seq }) => seq === 3)
      yield* Effect.promise(() =>
        device.facts([
          observed(1, bay, "open", "absent", "empty"),
          { ...poison, value: { ...poison.value, unknown: "\u0000" } },
          observed(3, otherBay, "open", "absent", "empty"),
        ]),
      )
      assert.deepStrictEqual(yield* Effect.promise(() => ack), { v: 1, journal_id: device.journalId, seq: 3 })
      assert.strictEqual((yield* revisionOf(bay)).revision, before.revision + 1)
      assert.strictEqual((yield* revisionOf(otherBay)).latch, "empty")
      assert.strictEqual(yield* countOf("defect"), counted + 1)
      const next = yield* Effect.promise(() => device.facts([observed(4, bay, "closed", "present", "settling")]))
      assert.deepStrictEqual(next, { v: 1, journal_id: device.journalId, seq: 4 })
      const quarantine = yield* Quarantine
      yield* quarantine.flushed
      const sql = yield* PgClient.PgClient
      const [aside] = yield* sql<{ detail: string }>`select detail from quarantine where reason = 'defect'`
      assert.strictEqual(aside?.detail, `journal ${device.journalId} seq 2`)
    }),
  )

  it.effect("CW-MQTT-605: holds so many bytes for a database that does not answer, and no more", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const ingest = yield* Ingest
      const device = yield* booted()
      const dropped = yield* countOf("queue_full")
      const fact = JSON.stringify({
        v: 1,
        session: device.session,
        journal_id: device.journalId,
        replay: false,
        facts: [observed(1, bay, "closed", "present", "secured")],
      })
      const payload = Buffer.from(fact.padEnd(Limits.mqttPayloadBytes))
      const large = { topic: deviceTopic(places, places.deviceId, "events"), payload, retained: false, receivedAt: 0 }
      yield* Effect.gen(function* () {
        yield* sql`select 1 from journals where journal_id = ${device.journalId} for update`
        const fitting = Math.floor(Limits.ingestQueueBytes / Limits.mqttPayloadBytes)
        for (let offered = 0; offered < fitting; offered++) ingest.offer(large)
        assert.strictEqual(yield* countOf("queue_full"), dropped)
        ingest.offer(large)
        assert.strictEqual(yield* countOf("queue_full"), dropped + 1)
      }).pipe(sql.withTransaction)
      yield* ingest.settled
      ingest.offer(large)
      assert.strictEqual(yield* countOf("queue_full"), dropped + 1)
    }),
  )

  it.effect("CW-MQTT-602, CW-MQTT-603: counts garbage, keeps its beginning, and still takes the next message", () =>
    Effect.gen(function* () {
      const device = yield* booted()
      const large = Buffer.alloc(1024 * 1024, 0x61)
      yield* Effect.promise(() => device.say("events", "{"))
      yield* Effect.promise(() => device.say("snapshot", JSON.stringify({ v: 1 })))
      yield* Effect.promise(() => device.say("events", large))
      yield* Effect.promise(() => device.say("events", "{}", { ...places, branchCode: "B-2" }))
      yield* Effect.promise(() => device.facts([observed(1, bay, "closed", "present", "secured")]))
      const quarantine = yield* Quarantine
      yield* quarantine.flushed
      const sql = yield* PgClient.PgClient
      const rows = yield* sql<{ reason: string; kept: number; payload_bytes: number }>`
        select reason, length(payload) as kept, payload_bytes from quarantine
        where reason in ('not_json', 'wrong_schema', 'too_large', 'wrong_branch') order by id`
      assert.deepStrictEqual(
        rows.map(({ reason }) => reason),
        ["not_json", "wrong_schema", "too_large", "wrong_branch"],
      )
      assert.deepInclude(rows[2], { kept: Limits.quarantinePayloadBytes, payload_bytes: large.byteLength })
    }),
  )

  it.effect("CW-MQTT-210: asks a device with a journal that no boot announced to boot again", () =>
    Effect.gen(function* () {
      const device = yield* booted()
      yield* Effect.promise(() =>
        device.say("events", {
          v: 1,
          session: device.session,
          journal_id: idOf(9, 77),
          replay: false,
          facts: [observed(1, bay, "closed", "present", "secured")],
        }),
      )
      const reply = yield* Effect.promise(() => device.next("boot/reply", ({ status }) => status === "pending"))
      assert.strictEqual(reply["reason"], "journal_unknown")
    }),
  )

  it.effect("tells nobody of a change before it is committed", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const commits = yield* Commits
      const device = yield* booted()
      yield* Effect.promise(() => device.facts([observed(1, bay, "closed", "present", "secured")]))
      yield* (yield* Ingest).settled
      const subscription = yield* commits.subscribe
      const { revision } = yield* revisionOf(bay)
      // A lock on the row holds the transaction back just before it can write.
      const seen = yield* Effect.gen(function* () {
        yield* sql`select 1 from twins where id = ${bay} for update`
        yield* Effect.promise(() =>
          device.say("events", {
            v: 1,
            session: device.session,
            journal_id: device.journalId,
            replay: false,
            facts: [observed(2, bay, "open", "absent", "empty")],
          }),
        )
        // The heartbeat of another device is told while the fact waits.
        yield* commits.publish({ devices: ["marker"] })
        return yield* PubSub.take(subscription)
      }).pipe(sql.withTransaction)
      assert.deepStrictEqual(seen.devices, ["marker"])
      const next = yield* PubSub.take(subscription)
      assert.deepStrictEqual(
        next.twins.map(({ id }) => id),
        [bay],
      )
      assert.strictEqual((yield* revisionOf(bay)).revision, revision + 1)
    }),
  )

  it.effect("CW-MQTT-501: compares a snapshot when the facts before it have come, not earlier", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const device = yield* booted(2)
      const { deviceId, controllerId, bayIds, cartIds } = placesOf(2)
      const dark = { hook: null, presence: null, command: null, expiresAt: 0, pulses: 0, failures: 0 }
      const twin = (kind: string, id: string, value: unknown, context: unknown = {}) => ({
        twin: { kind, id },
        version: 1,
        value,
        context,
        fresh_at: null,
      })
      const bayValue = (latch: string) => ({ latch, sensor: "trusted", service: "inService" })
      yield* Effect.promise(() =>
        device.say("snapshot", {
          v: 1,
          session: device.session,
          epoch: device.epoch,
          journal_id: device.journalId,
          seq: 1,
          at: Date.now(),
          simulated: true,
          twins: [
            twin("device", deviceId, { health: "unknown" }),
            twin("controller", controllerId, { link: "probing" }),
            twin("bay", bayIds[0], bayValue("secured"), { ...dark, hook: "closed", presence: "present" }),
            twin("bay", bayIds[1], bayValue("dark"), dark),
            twin("cart", cartIds[0], { dock: "secured" }),
            twin("cart", cartIds[1], { dock: "unknown" }),
          ],
        }),
      )
      const early = yield* Effect.promise(() => device.next("events/ack"))
      assert.deepInclude(early, { seq: 0, gap: true })
      yield* Effect.promise(() => device.facts([observed(1, bayIds[0], "closed", "present", "secured")]))
      yield* (yield* Ingest).settled
      const [stored] = yield* sql<{ value: { sync: string }; divergences: number }>`
        select value, (context->>2)::integer as divergences from twins where kind = 'device' and id = ${deviceId}`
      // The bay agrees; the cart in it was never reported and is taken over.
      assert.strictEqual(stored?.value.sync, "diverged")
      assert.strictEqual(stored?.divergences, 1)
      const [cart] = yield* sql<{ value: { dock: string } }>`select value from twins where id = ${cartIds[0]}`
      assert.strictEqual(cart?.value.dock, "secured")
    }),
  )
})
