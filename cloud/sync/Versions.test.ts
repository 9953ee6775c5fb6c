import { assert, layer } from "@effect/vitest"
import { PgClient } from "@effect/sql-pg"
import { Effect } from "effect"
import { machines } from "#twins/Machines.ts"
import { Broker } from "../broker/Broker.ts"
import { testCloud } from "../Cloud.fixture.ts"
import { placesOf } from "../SmallRegistry.fixture.ts"
import { Quarantine } from "../store/Quarantine.ts"
import { TwinViews } from "../views/TwinViews.ts"
import { observed, TestDevice } from "./Device.fixture.ts"
import { Ingest } from "./Ingest.ts"

const places = placesOf(1)
const [bay] = places.bayIds
let nextSession = 1

const connected = Effect.gen(function* () {
  const broker = yield* Broker
  const device = yield* Effect.acquireRelease(
    Effect.promise(() => TestDevice.connect(broker.url, places)),
    (open) => Effect.promise(() => open.stop()),
  )
  device.session = nextSession++
  return device
})

const versions = { device: 1, controller: 1, bay: 1, cart: 1 }
const counted = (reason: string) => Effect.map(Quarantine, (quarantine) => quarantine.counts()[reason] ?? 0)
const viewOf = Effect.flatMap(TwinViews, (views) => views.one({ kind: "bay", id: bay }))
const history = Effect.flatMap(
  PgClient.PgClient,
  (sql) => sql<{ event: { type: string; reason?: string } }>`
    select event from twin_events where kind = 'device' and twin_id = ${places.deviceId} order by id desc limit 1`,
)

/** A device whose bay is known, before what is tried with it. */
const known = Effect.gen(function* () {
  const device = yield* connected
  yield* Effect.promise(() => device.boot())
  yield* Effect.promise(() => device.facts([observed(1, bay, "closed", "present", "secured")]))
  return device
})

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("another version", (it) => {
  const newer: ReadonlyArray<readonly [what: string, given: object, reason: string]> = [
    ["a newer machine", { machines: { ...versions, bay: machines.bay.version + 1 } }, "machine_too_new"],
    ["a machine nobody knows here", { machines: { ...versions, trolley: 1 } }, "machine_unknown"],
    ["a newer protocol", { v: 2, machines: "told in another way", surprise: { of: "version 2" } }, "protocol_too_new"],
  ]
  for (const [what, given, reason] of newer) {
    it.effect(`CW-MQTT-702: ${what} is turned away with what to do, and its twins are kept and stale`, () =>
      Effect.gen(function* () {
        yield* known
        const before = yield* viewOf
        assert.strictEqual(before?.stale, false)
        const device = yield* connected
        const reply = yield* Effect.promise(() => device.boot({ ...given }))
        assert.deepInclude(reply, { status: "rejected", reason, session: device.session })
        assert.include(String(reply["detail"]), "update the cloud")
        const after = yield* viewOf
        assert.deepStrictEqual(after?.value, before?.value)
        assert.deepInclude(after, { stale: true, stale_reason: "device_offline", revision: before?.revision ?? -1 })
        assert.include(String((yield* history)[0]?.event.reason), reason)
        // Nothing it says from here on is taken, until a boot that can be read.
        const refused = yield* counted("not_accepted")
        yield* Effect.promise(() =>
          device.say("events", {
            v: 1,
            session: device.session,
            journal_id: device.journalId,
            replay: false,
            facts: [observed(1, bay, "open", "absent", "empty")],
          }),
        )
        yield* Effect.promise(() => device.boot({ reason: "reconnect" }))
        yield* (yield* Ingest).settled
        assert.strictEqual(yield* counted("not_accepted"), refused + 1)
        assert.deepStrictEqual((yield* viewOf)?.value, before?.value)
        assert.strictEqual((yield* viewOf)?.stale, false)
      }),
    )
  }

  it.effect(
    "CW-MQTT-704: a fact of a machine version nobody knows here is put aside and counted, those around it are taken",
    () =>
      Effect.gen(function* () {
        const device = yield* known
        const refused = yield* counted("machine_version")
        const strange = { ...observed(2, bay, "open", "absent", "vanished"), version: machines.bay.version + 1 }
        const ack = yield* Effect.promise(() =>
          device.facts([strange, observed(3, bay, "open", "present", { ajar: "undetermined" })]),
        )
        assert.strictEqual(ack["seq"], 3)
        yield* (yield* Ingest).settled
        assert.strictEqual(yield* counted("machine_version"), refused + 1)
        assert.deepInclude((yield* viewOf)?.value, { latch: { ajar: "undetermined" } })
      }),
  )

  it.effect("CW-MQTT-705: a message of a newer protocol that is no boot is put aside by that name", () =>
    Effect.gen(function* () {
      const device = yield* known
      const before = yield* counted("protocol_version")
      yield* Effect.promise(() => device.say("heartbeat", { v: 2, session: device.session, pulse: "strong" }))
      yield* Effect.promise(() => device.facts([observed(2, bay, "closed", "present", "secured")]))
      assert.strictEqual(yield* counted("protocol_version"), before + 1)
    }),
  )
})
