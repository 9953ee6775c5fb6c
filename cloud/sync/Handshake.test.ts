/** The cloud's half of the handshake, and what a snapshot makes of the twins, with a device that follows a script. */
import { assert, layer } from "@effect/vitest"
import { PgClient } from "@effect/sql-pg"
import { Effect } from "effect"
import { Limits } from "#core/Limits.ts"
import { BoardAddress, LockIndex } from "#core/domain/Ids.ts"
import { deviceExamples } from "#core/wire/Examples.ts"
import { Broker } from "../broker/Broker.ts"
import { later, testCloud } from "../Cloud.fixture.ts"
import { placesOf } from "../SmallRegistry.fixture.ts"
import { Equipment } from "../registry/Equipment.ts"
import { ControllerRecords } from "../store/ControllerRecords.ts"
import { Transaction } from "../store/Transaction.ts"
import { Connections } from "./Connections.ts"
import { observed, TestDevice } from "./Device.fixture.ts"
import { Ingest } from "./Ingest.ts"
import { Silence } from "./Silence.ts"

const places = placesOf(1)
const [bay, otherBay] = places.bayIds
let nextSession = 500

const connected = (place: ReturnType<typeof placesOf> = places) =>
  Effect.gen(function* () {
    const broker = yield* Broker
    const device = yield* Effect.acquireRelease(
      Effect.promise(() => TestDevice.connect(broker.url, place)),
      (open) => Effect.promise(() => open.stop()),
    )
    device.session = nextSession++
    return device
  })

const booted = Effect.tap(connected(), (device) => Effect.promise(() => device.boot()))

/** Everything said so far was dealt with: the broker delivers in order, so a device behind it is answered after it. */
const settled = Effect.gen(function* () {
  const probe = yield* connected(placesOf(2))
  yield* Effect.promise(() => probe.boot({ simulated: true }))
  yield* (yield* Ingest).settled
})

const bayValue = (latch: unknown) => ({ latch, sensor: "trusted", service: "inService" })
const bayContext = { hook: null, presence: null, command: null, expiresAt: 0, pulses: 0, failures: 0 }

/** A whole snapshot of the device as of a place in its journal; `latches` are those of its two bays. */
const snapshot = (device: TestDevice, seq: number, latches: readonly [unknown, unknown]) => {
  const twin = (kind: string, id: string, value: unknown, context: unknown = {}) => ({
    twin: { kind, id },
    version: 1,
    value,
    context,
    fresh_at: Date.now(),
  })
  return {
    v: 1,
    session: device.session,
    epoch: device.epoch,
    journal_id: device.journalId,
    seq,
    at: Date.now(),
    simulated: false,
    twins: [
      twin("device", places.deviceId, { health: "ok" }),
      twin("controller", places.controllerId, { link: "polling" }),
      twin("bay", bay, bayValue(latches[0]), bayContext),
      twin("bay", otherBay, bayValue(latches[1]), bayContext),
      twin("cart", places.cartIds[0], { dock: "secured" }),
      twin("cart", places.cartIds[1], { dock: "secured" }),
    ],
  }
}

const latchOf = (id: string) =>
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    const [row] = yield* sql<{ latch: unknown }>`select value->'latch' as latch from twins where id = ${id}`
    return row?.latch
  })

const deviceTwin = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  const [row] = yield* sql<{ connection: string; sync: string; divergences: number }>`
    select value->>'connection' as connection, value->>'sync' as sync, (context->>2)::int as divergences
    from twins where kind = 'device' and id = ${places.deviceId}`
  return row
})

const openDivergences = (rule: string) =>
  Effect.flatMap(
    PgClient.PgClient,
    (sql) => sql<{ twin_id: string; reported: unknown; expected: unknown; seq: number; event: unknown }>`
      select twin_id, reported, expected, seq, event from divergences
      where rule = ${rule} and resolved_at is null order by id`,
  )

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("the cloud", (it) => {
  it.effect("CW-MQTT-103: gives every boot of every device another epoch, each greater than those before", () =>
    Effect.gen(function* () {
      const device = yield* booted
      const other = yield* connected(placesOf(2))
      const epochs = [device.epoch]
      for (const reason of ["reconnect", "epoch_lost", "reconnect"]) {
        yield* Effect.promise(() => other.boot({ simulated: true, reason }))
        yield* Effect.promise(() => device.boot({ reason }))
        epochs.push(other.epoch, device.epoch)
      }
      assert.deepStrictEqual(
        epochs,
        [...new Set(epochs)].sort((one, next) => one - next),
      )
    }),
  )

  it.effect("CW-MQTT-124: answers with its time, the device's own clock reading, and how often to beat", () =>
    Effect.gen(function* () {
      const device = yield* connected()
      const before = Date.now()
      const reply = yield* Effect.promise(() => device.boot({ mono_ms: 12_345.678 }))
      const serverTime = Date.parse(String(reply["server_time"]))
      assert.deepInclude(reply, { mono_ms: 12_345.678, session: device.session, heartbeat_ms: Limits.heartbeatMs })
      assert.isTrue(serverTime >= before && serverTime <= Date.now())
    }),
  )

  it.effect("CW-MQTT-125: takes heartbeats of the newest epoch only, also within a session", () =>
    Effect.gen(function* () {
      const device = yield* booted
      const { epoch, session } = device
      yield* Effect.promise(() => device.boot({ reason: "reconnect" }))
      const seenAt = Effect.map(Connections, (connections) => connections.find(places.deviceId)?.lastSeenAt ?? 0)
      const before = yield* seenAt
      const journal = { id: device.journalId, written: 0 }
      const beat = { v: 1, session, epoch, at: "2026-11-22T10:15:00Z", health: "ok", journal, controllers: [] }
      yield* Effect.promise(() => device.say("heartbeat", beat))
      const asked = yield* Effect.promise(() => device.next("boot/reply", ({ status }) => status === "pending"))
      assert.strictEqual(asked["reason"], "epoch_lost")
      assert.strictEqual(yield* seenAt, before)
    }),
  )

  it.effect("CW-MQTT-126: brings a device back by any word of its session, not only by a heartbeat", () =>
    Effect.gen(function* () {
      const device = yield* booted
      const silence = yield* Silence
      const words: ReadonlyArray<() => Promise<unknown>> = [
        () => device.facts([observed(1, bay, "closed", "present", "secured")]),
        () => device.say("snapshot", snapshot(device, 1, ["secured", "secured"])),
        () => device.say("telemetry", { ...(deviceExamples.telemetry as object), session: device.session }),
      ]
      for (const word of words) {
        yield* later(Limits.offlineAfterMs + 1_000, silence.sweep)
        assert.strictEqual((yield* deviceTwin)?.connection, "offline")
        yield* Effect.promise(word)
        yield* settled
        assert.strictEqual((yield* deviceTwin)?.connection, "online")
      }
      yield* later(Limits.offlineAfterMs + 1_000, silence.sweep)
      const { session } = device
      const at = new Date().toISOString()
      yield* Effect.promise(() => device.say("status", { v: 1, session, status: "online", at, simulated: false }))
      yield* settled
      assert.strictEqual((yield* deviceTwin)?.connection, "offline")
    }),
  )

  it.effect("CW-MQTT-514: calls a device in sync when its snapshot agrees, and diverged when it does not", () =>
    Effect.gen(function* () {
      const device = yield* booted
      assert.strictEqual((yield* deviceTwin)?.sync, "comparing")
      yield* Effect.promise(() => device.say("snapshot", snapshot(device, 0, ["secured", "secured"])))
      yield* settled
      yield* Effect.promise(() => device.boot({ reason: "reconnect" }))
      yield* Effect.promise(() => device.say("snapshot", snapshot(device, 0, ["secured", "secured"])))
      yield* settled
      assert.deepInclude(yield* deviceTwin, { sync: "inSync", divergences: 0 })
      yield* Effect.promise(() => device.say("snapshot", snapshot(device, 0, ["secured", "empty"])))
      yield* settled
      assert.deepInclude(yield* deviceTwin, { sync: "diverged", divergences: 1 })
      assert.strictEqual(yield* latchOf(otherBay), "empty")
    }),
  )

  it.effect("CW-MQTT-515: keeps a twin that the snapshot leaves out, and says that it was left out", () =>
    Effect.gen(function* () {
      const device = yield* booted
      const before = yield* latchOf(bay)
      const whole = snapshot(device, 0, ["secured", "secured"])
      const without = { ...whole, twins: whole.twins.filter(({ twin }) => twin.id !== bay) }
      yield* Effect.promise(() => device.say("snapshot", without))
      yield* settled
      assert.strictEqual(yield* latchOf(bay), before)
      const missing = yield* openDivergences("twin_missing")
      assert.deepStrictEqual(
        missing.map(({ twin_id }) => twin_id),
        [bay],
      )
    }),
  )

  it.effect("CW-MQTT-520: misses nothing that was installed since the device has started, or taken out of use", () =>
    Effect.gen(function* () {
      const { installBoard } = yield* Equipment
      const board = { controller_address: BoardAddress.make(3), port: "/dev/ttyUSB0" }
      const bays = [{ label: "new", lock_index: LockIndex.make(0) }]
      const installed = yield* (yield* Transaction).run(installBoard(places, { ...board, bays }, "installer"))
      assert.lengthOf(installed.twins, 2)
      const before = yield* openDivergences("twin_missing")
      const device = yield* booted
      yield* Effect.promise(() => device.say("snapshot", snapshot(device, 0, ["secured", "secured"])))
      yield* settled
      assert.deepStrictEqual(yield* openDivergences("twin_missing"), before)
      // Once it was heard of it is missed like any other, until it is archived.
      const sql = yield* PgClient.PgClient
      yield* sql`update twins set fresh_at = now() where controller_id = ${installed.id}`
      yield* Effect.promise(() => device.say("snapshot", snapshot(device, 0, ["secured", "secured"])))
      yield* settled
      assert.lengthOf(yield* openDivergences("twin_missing"), before.length + 2)
      yield* sql`update divergences set resolved_at = now() where rule = 'twin_missing' and resolved_at is null`
      yield* (yield* ControllerRecords).archive(installed.id)
      yield* Effect.promise(() => device.say("snapshot", snapshot(device, 0, ["secured", "secured"])))
      yield* settled
      assert.deepStrictEqual(yield* openDivergences("twin_missing"), [])
    }),
  )

  it.effect("CW-MQTT-516: asks for a snapshot when a fact did not fit, and not again within half a minute", () =>
    Effect.gen(function* () {
      const place = placesOf(2)
      const [bayId] = place.bayIds
      const device = yield* connected(place)
      yield* Effect.promise(() => device.boot({ simulated: true }))
      yield* Effect.promise(() => device.facts([observed(1, bayId, "closed", "present", "secured")]))
      const from = device.heard.length
      // No machine comes from closed and present to empty.
      for (const seq of [2, 3]) {
        yield* Effect.promise(() => device.facts([observed(seq, bayId, "closed", "present", "empty", Date.now())]))
        yield* (yield* Ingest).settled
      }
      yield* Effect.promise(() => device.next("commands", ({ kind }) => kind === "snapshot", from))
      assert.lengthOf(
        device.heard.slice(from).filter(({ leaf }) => leaf === "commands"),
        1,
      )
      const [divergence] = yield* openDivergences("fact_replaces_mirror")
      assert.deepInclude(divergence, { twin_id: bayId, seq: 2 })
      assert.deepInclude(divergence?.event, { type: "bay.observed", hook: "closed" })
      assert.deepInclude(divergence?.reported, { latch: "empty" })
      assert.notDeepEqual(divergence?.expected, divergence?.reported)
      assert.strictEqual(yield* latchOf(bayId), "empty")
    }),
  )

  it.effect("CW-MQTT-517: believes the snapshot of a journal that has begun anew, whatever its numbers were", () =>
    Effect.gen(function* () {
      const old = yield* booted
      const facts = Array.from({ length: 9 }, (_, index) => observed(index + 1, bay, "closed", "present", "secured"))
      yield* Effect.promise(() => old.facts(facts))
      const device = yield* booted
      yield* Effect.promise(() => device.facts([observed(1, otherBay, "closed", "present", "secured")]))
      yield* Effect.promise(() => device.say("snapshot", snapshot(device, 1, ["empty", "secured"])))
      yield* settled
      assert.strictEqual(yield* latchOf(bay), "empty")
    }),
  )

  it.effect("CW-MQTT-224: goes on behind facts it acknowledged once and lost, and says how many", () =>
    Effect.gen(function* () {
      const device = yield* connected()
      const journal = { id: device.journalId, acknowledged: 40, written: 42 }
      const reply = yield* Effect.promise(() => device.boot({ journal }))
      assert.deepStrictEqual(reply["journal"], { id: device.journalId, acknowledged: 40 })
      const lost = (yield* openDivergences("facts_lost")).at(-1)
      assert.deepInclude(lost, { twin_id: places.deviceId, seq: 40, reported: 40 })
      const ack = yield* Effect.promise(() => device.facts([observed(41, bay, "closed", "present", "secured")]))
      assert.deepStrictEqual(ack, { v: 1, journal_id: device.journalId, seq: 41 })
    }),
  )

  it.effect("CW-MQTT-225: keeps the facts of a message in their order, and takes those it has not had", () =>
    Effect.gen(function* () {
      const device = yield* booted
      const sql = yield* PgClient.PgClient
      yield* Effect.promise(() => device.facts([1, 2].map((seq) => observed(seq, bay, "closed", "present", "secured"))))
      const overlapping = [2, 3, 4].map((seq) =>
        observed(seq, bay, "closed", "present", "secured", 1_700_000_000_000 + seq),
      )
      const ack = yield* Effect.promise(() => device.facts(overlapping))
      assert.strictEqual(ack["seq"], 4)
      const lines = yield* sql<{ seq: number; at: Date }>`
        select seq, at from twin_events where journal_id = ${device.journalId} order by id`
      assert.deepStrictEqual(
        lines.map(({ seq }) => seq),
        [1, 2, 3, 4],
      )
      assert.strictEqual(lines[3]?.at.getTime(), 1_700_000_000_004)
    }),
  )
})
