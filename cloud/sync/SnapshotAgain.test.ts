import { assert, layer } from "@effect/vitest"
import { PgClient } from "@effect/sql-pg"
import { Effect } from "effect"
import { JournalId, type TwinKind, type TwinRef } from "#core/domain/Ids.ts"
import { Limits } from "#core/Limits.ts"
import type { StateValue } from "#core/wire/Facts.ts"
import { Broker } from "../broker/Broker.ts"
import { testCloud } from "../Cloud.fixture.ts"
import { Directory } from "../registry/Directory.ts"
import { placesOf } from "../SmallRegistry.fixture.ts"
import { Connections } from "./Connections.ts"
import { TestDevice } from "./Device.fixture.ts"
import { Snapshots } from "./Snapshots.ts"

const places = placesOf(1)

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("a snapshot that does not come", (it) => {
  it.effect("CW-MQTT-113: is asked for again after some heartbeats", () =>
    Effect.gen(function* () {
      const broker = yield* Broker
      const connections = yield* Connections
      const device = yield* Effect.acquireRelease(
        Effect.promise(() => TestDevice.connect(broker.url, places)),
        (open) => Effect.promise(() => open.stop()),
      )
      yield* Effect.promise(() => device.boot())
      // All but the last; how many are taken together is the broker's.
      for (let beats = 1; beats < Limits.beatsUntilSnapshotAgain; beats++) {
        connections.beatsWithoutSnapshot(places.deviceId)
      }
      const { epoch, journalId, session } = device
      const journal = { id: journalId, written: 0 }
      const at = new Date().toISOString()
      yield* Effect.promise(() =>
        device.say("heartbeat", { v: 1, at, session, epoch, health: "ok", journal, controllers: [] }),
      )
      const command = yield* Effect.promise(() => device.next("commands"))
      assert.deepInclude(command, { kind: "snapshot", epoch, reason: "no snapshot came" })
    }),
  )

  it.effect("CW-MQTT-113: is awaited again after one that did not fit, until one does", () =>
    Effect.gen(function* () {
      const broker = yield* Broker
      const connections = yield* Connections
      const snapshots = yield* Snapshots
      const device = yield* Effect.acquireRelease(
        Effect.promise(() => TestDevice.connect(broker.url, places)),
        (open) => Effect.promise(() => open.stop()),
      )
      device.session = 2
      yield* Effect.promise(() => device.boot())
      const { epoch, journalId, session } = device
      const address = (yield* Directory).find(places.deviceId) ?? assert.fail("the device is registered")
      const isAwaited = () => connections.beatsWithoutSnapshot(places.deviceId) > 0
      const compare = (known: boolean) =>
        Effect.gen(function* () {
          const sql = yield* PgClient.PgClient
          const rows = yield* sql<{
            kind: TwinKind
            id: string
            version: number
            value: StateValue
            context: StateValue
          }>`
            select kind, id, version, value, context from twins where device_id = ${places.deviceId}`
          const twins = rows.map(({ kind, id, ...twin }) => ({
            ...twin,
            twin: { kind, id } as TwinRef,
            fresh_at: null,
          }))
          const journal = { journal_id: JournalId.make(journalId), seq: 0 }
          const of = { v: 1 as const, session, epoch, ...journal, at: Date.now(), simulated: false }
          return yield* snapshots.compare(address, { ...of, twins: known ? twins : [] })
        })
      assert.deepInclude(yield* compare(false), { was: "compared" })
      assert.isTrue(isAwaited())
      assert.deepInclude(yield* compare(true), { was: "compared", divergences: 0 })
      assert.isFalse(isAwaited())
    }),
  )
})

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("a snapshot that does not fit", (it) => {
  it.effect("CW-MQTT-519: is followed by a request for another at once, without waiting for a heartbeat", () =>
    Effect.gen(function* () {
      const broker = yield* Broker
      const device = yield* Effect.acquireRelease(
        Effect.promise(() => TestDevice.connect(broker.url, places)),
        (open) => Effect.promise(() => open.stop()),
      )
      yield* Effect.promise(() => device.boot())
      const { epoch, journalId, session } = device
      const of = { v: 1, session, epoch, journal_id: journalId, seq: 0, at: Date.now(), simulated: false }
      yield* Effect.promise(() => device.say("snapshot", { ...of, twins: [] }))
      const command = yield* Effect.promise(() => device.next("commands"))
      assert.deepInclude(command, { kind: "snapshot", epoch, reason: "a snapshot did not fit the mirror" })
    }),
  )
})
