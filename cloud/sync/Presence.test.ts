import { assert, layer } from "@effect/vitest"
import { PgClient } from "@effect/sql-pg"
import { Effect } from "effect"
import { Limits } from "#core/Limits.ts"
import { Broker } from "../broker/Broker.ts"
import { later, testCloud } from "../Cloud.fixture.ts"
import { Deadlines } from "../registry/Deadlines.ts"
import { idOf, placesOf } from "../SmallRegistry.fixture.ts"
import { Connections } from "./Connections.ts"
import { TestDevice } from "./Device.fixture.ts"
import { Ingest } from "./Ingest.ts"
import { doubtEveryone } from "./Restart.ts"
import { Silence } from "./Silence.ts"

const places = placesOf(1)
let nextSession = 10

const connected = (place = { ...places }) =>
  Effect.gen(function* () {
    const broker = yield* Broker
    const device = yield* Effect.acquireRelease(
      Effect.promise(() => TestDevice.connect(broker.url, place)),
      (open) => Effect.promise(() => open.stop()),
    )
    device.session = nextSession++
    return device
  })

const connectionOf = (deviceId: string) =>
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    const [row] = yield* sql<{ connection: string }>`
      select value->>'connection' as connection from twins where kind = 'device' and id = ${deviceId}`
    return row?.connection
  })

const say = (device: TestDevice, leaf: "status" | "heartbeat", message: object) =>
  Effect.gen(function* () {
    yield* Effect.promise(() => device.say(leaf, { v: 1, at: new Date().toISOString(), ...message }))
    // The broker delivers in order: once a later boot is answered, this was taken.
    const probe = yield* connected(placesOf(2))
    yield* Effect.promise(() => probe.boot({ simulated: true }))
    yield* (yield* Ingest).settled
  })

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("presence", (it) => {
  it.effect("CW-MQTT-103, CW-MQTT-104: binds a session to a fresh epoch and tells how far its journal is safe", () =>
    Effect.gen(function* () {
      const device = yield* connected()
      const first = yield* Effect.promise(() => device.boot())
      assert.deepInclude(first, { status: "accepted", session: device.session, heartbeat_ms: Limits.heartbeatMs })
      assert.deepStrictEqual(first["journal"], { id: device.journalId, acknowledged: 0 })
      const repeated = yield* Effect.promise(() => device.boot())
      assert.strictEqual(repeated["epoch"], first["epoch"])
      device.session = nextSession++
      const second = yield* Effect.promise(() => device.boot())
      assert.isAbove(Number(second["epoch"]), Number(first["epoch"]))
      assert.strictEqual(yield* connectionOf(places.deviceId), "online")
    }),
  )

  it.effect("CW-MQTT-105, CW-MQTT-110: never listens to an older session again", () =>
    Effect.gen(function* () {
      const device = yield* connected()
      yield* Effect.promise(() => device.boot())
      const { epoch, session } = device
      yield* Effect.promise(() => device.say("boot", { ...oldBoot(device), session: session - 1 }))
      yield* say(device, "status", { session: session - 1, status: "offline", simulated: false })
      assert.strictEqual(yield* connectionOf(places.deviceId), "online")
      assert.deepInclude((yield* Connections).find(places.deviceId), { session, epoch })
    }),
  )

  it.effect("CW-MQTT-111, CW-MQTT-113: loses a device with its last will, finds it by a word of the same session", () =>
    Effect.gen(function* () {
      const device = yield* connected()
      yield* Effect.promise(() => device.boot())
      const { session, epoch } = device
      yield* say(device, "status", { session, status: "offline", simulated: false })
      assert.strictEqual(yield* connectionOf(places.deviceId), "lost")
      const journal = { id: device.journalId, written: 0 }
      yield* say(device, "heartbeat", { session, epoch, health: "ok", journal, controllers: [] })
      yield* Effect.repeat(connectionOf(places.deviceId), { until: (state) => state === "online" })
    }),
  )

  it.effect("hears a device whose heartbeat the database does not take yet", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const connections = yield* Connections
      const device = yield* connected()
      yield* Effect.promise(() => device.boot())
      yield* (yield* Ingest).settled
      const { session, epoch, deviceId } = { ...device, ...places }
      const before = connections.find(deviceId)?.lastSeenAt ?? 0
      yield* Effect.gen(function* () {
        yield* sql`select 1 from device_sessions where device_id = ${deviceId} for update`
        const journal = { id: device.journalId, written: 0 }
        const beat = { v: 1, at: new Date().toISOString(), session, epoch, health: "ok", journal, controllers: [] }
        yield* Effect.promise(() => device.say("heartbeat", beat))
        const seen = Effect.sync(() => connections.find(deviceId)?.lastSeenAt ?? 0)
        yield* Effect.repeat(Effect.delay(seen, 1), { until: (at) => at > before })
      }).pipe(sql.withTransaction)
    }),
  )

  it.effect("CW-MQTT-111: calls a lost device offline when its time to come back is over, also after a restart", () =>
    Effect.gen(function* () {
      const device = yield* connected()
      yield* Effect.promise(() => device.boot())
      yield* say(device, "status", { session: device.session, status: "offline", simulated: false })
      const deadlines = yield* Deadlines
      yield* later(Limits.lostConfirmMs + 1_000, deadlines.fire)
      assert.strictEqual(yield* connectionOf(places.deviceId), "offline")
      assert.strictEqual((yield* Connections).find(places.deviceId)?.state, "offline")
    }),
  )

  it.effect("CW-MQTT-112: calls a silent device offline", () =>
    Effect.gen(function* () {
      const device = yield* connected()
      yield* Effect.promise(() => device.boot())
      const silence = yield* Silence
      assert.strictEqual(yield* silence.sweep, 0)
      yield* later(Limits.offlineAfterMs + 1_000, silence.sweep)
      assert.strictEqual(yield* connectionOf(places.deviceId), "offline")
    }),
  )

  it.effect("CW-MQTT-113: asks a device that is back after having been offline for a snapshot", () =>
    Effect.gen(function* () {
      const device = yield* connected()
      yield* Effect.promise(() => device.boot())
      const { session, epoch } = device
      const silence = yield* Silence
      yield* later(Limits.offlineAfterMs + 1_000, silence.sweep)
      const journal = { id: device.journalId, written: 0 }
      yield* say(device, "heartbeat", { session, epoch, health: "ok", journal, controllers: [] })
      const command = yield* Effect.promise(() => device.next("commands"))
      assert.deepInclude(command, { kind: "snapshot", epoch, device: places.deviceId })
      assert.strictEqual(yield* connectionOf(places.deviceId), "online")
    }),
  )

  it.effect("CW-MQTT-106, CW-MQTT-107: rejects a device nobody knows, and a simulator for a real branch", () =>
    Effect.gen(function* () {
      const stranger = yield* connected({ ...places, deviceId: idOf(3, 9) })
      const unknown = yield* Effect.promise(() => stranger.boot())
      assert.deepInclude(unknown, { status: "rejected", reason: "unknown_device" })
      const pretender = yield* connected()
      const simulated = yield* Effect.promise(() => pretender.boot({ simulated: true }))
      assert.deepInclude(simulated, { status: "rejected", reason: "simulated_on_real_branch" })
      assert.strictEqual(yield* connectionOf(places.deviceId), "quarantined")
    }),
  )

  it.effect("CW-MQTT-114: tells a device whose epoch is not the current one to boot again", () =>
    Effect.gen(function* () {
      const device = yield* connected()
      yield* Effect.promise(() => device.boot())
      const journal = { id: device.journalId, written: 0 }
      const { session } = device
      yield* Effect.promise(() =>
        device.say("heartbeat", {
          v: 1,
          at: new Date().toISOString(),
          session,
          epoch: device.epoch + 1_000,
          health: "ok",
          journal,
          controllers: [],
        }),
      )
      const reply = yield* Effect.promise(() => device.next("boot/reply", ({ status }) => status === "pending"))
      assert.deepInclude(reply, { session, reason: "epoch_lost" })
    }),
  )

  it.effect("CW-MQTT-115: takes no device for online after a restart of its own until it has booted again", () =>
    Effect.gen(function* () {
      const device = yield* connected()
      yield* Effect.promise(() => device.boot())
      assert.strictEqual(yield* connectionOf(places.deviceId), "online")
      yield* doubtEveryone
      assert.strictEqual(yield* connectionOf(places.deviceId), "lost")
      yield* Effect.promise(() => device.boot({ reason: "epoch_lost" }))
      assert.strictEqual(yield* connectionOf(places.deviceId), "online")
    }),
  )
})

const oldBoot = (device: TestDevice) => ({
  v: 1,
  reason: "start",
  firmware_version: "1.0.0",
  machines: { device: 1, controller: 1, bay: 1, cart: 1 },
  journal: { id: device.journalId, acknowledged: 0, written: 0 },
  mono_ms: 1,
  at: new Date().toISOString(),
  simulated: false,
})
