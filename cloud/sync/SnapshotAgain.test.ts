import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { Limits } from "#core/Limits.ts"
import { Broker } from "../broker/Broker.ts"
import { testCloud } from "../Cloud.fixture.ts"
import { placesOf } from "../SmallRegistry.fixture.ts"
import { Connections } from "./Connections.ts"
import { TestDevice } from "./Device.fixture.ts"

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
})
