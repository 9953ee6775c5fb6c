import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { TwinKind } from "#core/domain/Ids.ts"
import { machines } from "#twins/Machines.ts"
import { testCloud } from "../Cloud.fixture.ts"
import { configDevice } from "../config/ConfigDevice.fixture.ts"
import { placesOf } from "../SmallRegistry.fixture.ts"
import { ask, manager, viewer } from "./Client.fixture.ts"

const places = placesOf(1)
const path = `/api/devices/${places.deviceId}`

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("the line to a device", (it) => {
  it.effect("is told layer by layer: nothing before its first boot, its session and journal after", () =>
    Effect.gen(function* () {
      const before = yield* ask(viewer, `GET ${path}/connectivity`)
      assert.deepInclude(before.body, { connection: "enrolled", mqtt: null, http: null, freshest_at: null })
      assert.deepEqual((yield* ask(viewer, `GET ${path}/journal`)).body, { items: [] })
      const { device } = yield* Effect.tap(configDevice(places), (one) => Effect.promise(() => one.settle()))
      const after = yield* ask(viewer, `GET ${path}/connectivity`)
      assert.deepInclude(after.body, { connection: "online", commands_in_flight: 0 })
      const { session, epoch } = device
      assert.deepInclude(after.body["mqtt"], { session, epoch })
      assert.lengthOf(Object(after.body["boards"]), 1)
      assert.deepInclude(Object(after.body["boards"])[0], { controller_id: places.controllerId, stale: true })
      yield* ask(manager, `POST /api/bays/${places.bayIds[0]}/identify`, { body: { reason: "where is it?" } })
      assert.strictEqual((yield* ask(viewer, `GET ${path}/connectivity`)).body["commands_in_flight"], 1)
      const journals = yield* ask(viewer, `GET ${path}/journal`)
      assert.lengthOf(Object(journals.body["items"]), 1)
      assert.deepInclude(Object(journals.body["items"])[0], { journal_id: device.journalId, current: true })
      assert.strictEqual((yield* ask(viewer, `GET /api/devices/${places.bayIds[0]}/journal`)).status, 404)
    }),
  )

  it.effect("a machine is told as data, with every state that it has", () =>
    Effect.gen(function* () {
      for (const kind of TwinKind.literals) {
        const { status, body } = yield* ask(viewer, `GET /api/machines/${kind}`)
        assert.strictEqual(status, 200)
        assert.deepInclude(body, { kind, version: machines[kind].version, regions: machines[kind].regions })
        assert.sameMembers(Object.keys(Object(body["definition"]).states), Object.keys(machines[kind].machine.states))
      }
    }),
  )
})
