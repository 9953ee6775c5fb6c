import { assert, layer } from "@effect/vitest"
import { PgClient } from "@effect/sql-pg"
import { Effect } from "effect"
import { Limits } from "#core/Limits.ts"
import { testCloud } from "../Cloud.fixture.ts"
import { placesOf } from "../SmallRegistry.fixture.ts"
import { Alarms } from "../store/Alarms.ts"
import { DeviceConfigs } from "../store/DeviceConfigs.ts"
import { Quarantine } from "../store/Quarantine.ts"
import { Ingest } from "../sync/Ingest.ts"
import { stateOf } from "./Arrangement.ts"
import { configDevice } from "./ConfigDevice.fixture.ts"
import { Configs } from "./Configs.ts"

const places = placesOf(1)
const { deviceId } = places
const why = { by: "manager@cartwise.example", reason: "the board answers slowly" }

/** What is stored once everything said so far was taken in: a later boot is answered after it. */
const stored = Effect.gen(function* () {
  const probe = yield* configDevice(placesOf(2))
  yield* Effect.promise(() => probe.boot({ simulated: true }))
  yield* (yield* Ingest).settled
  return (yield* (yield* DeviceConfigs).get(deviceId)) ?? assert.fail("nothing is stored")
})

const change = (over: Parameters<(typeof Configs)["Service"]["change"]>[2], expected?: number) =>
  Effect.gen(function* () {
    const version = expected ?? (yield* stored).desired.version
    return yield* (yield* Configs).change(deviceId, version, over, why)
  })

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("a device's configuration", (it) => {
  it.effect("CW-MQTT-421: is first its own file with the places of the registry", () =>
    Effect.gen(function* () {
      const device = yield* configDevice(places)
      const reply = yield* Effect.promise(() => device.boot())
      assert.deepStrictEqual(reply["config"], { desired: null, report: true })
      yield* Effect.promise(() => device.say())
      const offer = yield* Effect.promise(() => device.offered())
      assert.deepStrictEqual(
        offer.document.bays.map(({ label }) => label),
        ["A1", "A2"],
      )
      assert.deepStrictEqual(offer.document.boards, device.document.boards)
      yield* Effect.promise(() => device.take(offer))
      assert.strictEqual(stateOf(yield* stored), "in_sync")
    }),
  )

  it.effect("CW-MQTT-422: is offered again at each boot while it differs, and so often only", () =>
    Effect.gen(function* () {
      const device = yield* configDevice(places)
      yield* Effect.promise(() => device.settle())
      const { row } = yield* Effect.map(change({ timing: { poll_ms: 200 } }), (changed) =>
        changed.was === "changed" ? changed : assert.fail(changed.was),
      )
      const { version, hash } = row.desired
      for (let boot = 1; boot <= Limits.configOffers + 1; boot++) {
        const from = device.device.heard.length
        const reply = yield* Effect.promise(() => device.boot())
        assert.deepStrictEqual(reply["config"], { desired: { version, hash }, report: false })
        if (boot <= Limits.configOffers) {
          const offer = yield* Effect.promise(() => device.device.next("config/desired", () => true, from))
          assert.deepInclude(offer, { version, hash })
        }
      }
      const { desired } = yield* stored
      assert.strictEqual(desired.offers, Limits.configOffers)
      assert.strictEqual(stateOf(yield* stored), "drifted")
      const alarms = yield* Alarms
      const drift = Effect.map(
        alarms.list({ limit: 10, afterKey: null, afterId: null }, { scope: { all: true } }),
        ({ items }) => items,
      )
      const [raised, ...others] = yield* drift
      assert.deepInclude(raised, { code: "CONFIG_DRIFT", state: "active_unack", times: 1 })
      assert.strictEqual(raised?.fact?.seq, version)
      assert.deepStrictEqual([raised?.about, others.length], [{ kind: "device", id: deviceId }, 0])
      yield* Effect.promise(() => device.take({ version, document: desired.document }))
      assert.strictEqual(stateOf(yield* stored), "in_sync")
      assert.strictEqual((yield* drift)[0]?.state, "cleared_unack")
    }),
  )

  it.effect("is compared by content: the same under another number is no difference", () =>
    Effect.gen(function* () {
      const device = yield* configDevice(places)
      yield* Effect.promise(() => device.settle())
      device.version += 100
      device.revision += 1
      const reply = yield* Effect.promise(() => device.boot())
      assert.deepInclude(reply["config"], { report: true })
      yield* Effect.promise(() => device.say())
      const { desired, reported } = yield* stored
      assert.strictEqual(stateOf(yield* stored), "in_sync")
      assert.strictEqual(reported.version, device.version)
      // A cloud restored from before counts on from what the device has seen.
      assert.isAtLeast(desired.version, device.version)
    }),
  )

  it.effect("CW-MQTT-423: says what was refused and why, and is not offered the same again by the refusal", () =>
    Effect.gen(function* () {
      const device = yield* configDevice(places)
      yield* Effect.promise(() => device.settle())
      const before = device.document.timing
      const changed = yield* change({ timing: { poll_ms: 150 } })
      const { version, hash } = changed.was === "changed" ? changed.row.desired : assert.fail(changed.was)
      device.revision += 1
      const errors = [{ path: "bays[x]", message: "there is no such bay on this device" }]
      yield* Effect.promise(() => device.say({ version, hash, errors }))
      const row = yield* stored
      assert.strictEqual(stateOf(row), "refused")
      assert.deepStrictEqual(row.reported.refused, { version, hash, errors })
      assert.strictEqual(row.desired.offers, 0)
      yield* change({ timing: before })
      assert.strictEqual(stateOf(yield* stored), "in_sync")
    }),
  )

  it.effect("follows the device's file until a person has changed it", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      yield* sql`delete from device_configs where device_id = ${deviceId}`
      const device = yield* configDevice(places)
      yield* Effect.promise(() => device.boot())
      yield* Effect.promise(() => device.say())
      yield* stored
      const edited = { ...device.document, timing: { ...device.document.timing, poll_ms: 250 } }
      device.document = edited
      device.revision += 1
      yield* Effect.promise(() => device.boot())
      yield* Effect.promise(() => device.say())
      assert.strictEqual((yield* stored).desired.document.timing.poll_ms, 250)
      yield* change({ timing: { poll_ms: 300 } })
      device.document = { ...edited, timing: { ...edited.timing, poll_ms: 350 } }
      device.revision += 1
      yield* Effect.promise(() => device.boot())
      yield* Effect.promise(() => device.say())
      assert.strictEqual((yield* stored).desired.document.timing.poll_ms, 300)
    }),
  )

  it.effect("is changed only by who has read its newest version, and history says who and why", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const { desired } = yield* stored
      const late = yield* change({ timing: { poll_ms: 111 } }, desired.version - 1)
      assert.deepStrictEqual(late, { was: "stale", version: desired.version })
      yield* change({ bays: [{ id: desired.document.bays[0]?.id ?? assert.fail("no bay"), service: "disabled" }] })
      const [line] = yield* sql<{ actor: string; event: object }>`
        select actor, event from twin_events where kind = 'device' and twin_id = ${deviceId} order by id desc limit 1`
      assert.strictEqual(line?.actor, why.by)
      assert.deepInclude(line?.event, { type: "config.desired", reason: why.reason, version: desired.version + 1 })
    }),
  )

  it.effect("a label that another bay has, and a bay of another device, are refused by name", () =>
    Effect.gen(function* () {
      const [bay] = (yield* stored).desired.document.bays
      if (bay === undefined) return assert.fail("no bay")
      const taken = yield* change({ bays: [{ id: bay.id, label: "A2" }] })
      assert.deepInclude(taken, { was: "refused", reason: "label_taken" })
      const foreign = yield* change({ bays: [{ id: bay.id.replace("00010", "00020") as typeof bay.id, label: "x" }] })
      assert.deepInclude(foreign, { was: "refused", reason: "unknown_place" })
    }),
  )

  it.effect(
    "CW-MQTT-424: a word whose hash is of another document, or of an old session, changes nothing and is counted",
    () =>
      Effect.gen(function* () {
        const quarantine = yield* Quarantine
        const device = yield* configDevice(places)
        yield* Effect.promise(() => device.boot())
        const before = yield* stored
        const counted = quarantine.counts()["wrong_schema"] ?? 0
        const { session } = device.device
        const report = { v: 1, session, revision: 999, version: 1, applied_at: "2026-01-01T00:00:00Z", refused: null }
        const wrong = { ...report, hash: "0".repeat(64), document: device.document }
        yield* Effect.promise(() => device.device.say("config/reported", wrong))
        const old = { ...report, session: session - 1, hash: device.hash, document: device.document }
        yield* Effect.promise(() => device.device.say("config/reported", old))
        assert.deepStrictEqual((yield* stored).reported, before.reported)
        assert.strictEqual(quarantine.counts()["wrong_schema"], counted + 1)
      }),
  )
})
