import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { Limits } from "#core/Limits.ts"
import { testCloud } from "../Cloud.fixture.ts"
import { configDevice } from "../config/ConfigDevice.fixture.ts"
import { idOf, placesOf } from "../SmallRegistry.fixture.ts"
import { DeviceLayouts } from "../store/DeviceLayouts.ts"
import { TwinViews } from "../views/TwinViews.ts"
import { type Answer, admin, ask, manager, viewer } from "./Client.fixture.ts"

const [real, sim] = [placesOf(1), placesOf(2)]

const refused = ({ status, body }: Answer) => [status, body["code"], body["reason"] ?? body["field"]].filter(Boolean)
const boardsOf = (deviceId: string) => `/api/devices/${deviceId}/controllers`
const layoutOf = (deviceId: string) =>
  Effect.map(
    Effect.flatMap(DeviceLayouts, (layouts) => layouts.of(deviceId)),
    (layout) => layout?.controllers.map(({ id, bays }) => [id, bays.map(({ label }) => label)]),
  )

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("boards and bays that are installed", (it) => {
  it.effect("are twins at once, stand in the lists, and are what their device is told to run", () =>
    Effect.gen(function* () {
      const body = {
        controller_address: 1,
        port: "/dev/ttyUSB0",
        bays: [
          { label: "A3", lock_index: 0 },
          { label: "A4", lock_index: 1, is_accessible: true },
        ],
      }
      const headers = { "idempotency-key": "board-1" }
      const made = yield* ask(admin, `POST ${boardsOf(real.deviceId)}`, { body, headers })
      assert.strictEqual(made.status, 201, JSON.stringify(made.body))
      assert.deepInclude(made.body, {
        baudrate: 19_200,
        status: "inactive",
        stale: true,
        version: 1,
        archived_at: null,
      })
      assert.deepEqual((yield* ask(admin, `POST ${boardsOf(real.deviceId)}`, { body, headers })).body, made.body)
      const id = String(made.body["id"])
      assert.deepEqual((yield* ask(viewer, `GET /api/controllers/${id}`)).body, made.body)
      const bays = Object(yield* ask(viewer, `GET /api/controllers/${id}/bays`)).body.items
      assert.deepEqual(
        bays.map(({ label, latch, hook, is_accessible: wide, stale }: Record<string, unknown>) => [
          label,
          latch,
          hook,
          wide,
          stale,
        ]),
        [
          ["A3", "dark", null, false, true],
          ["A4", "dark", null, true, true],
        ],
      )
      const twin = yield* ask(viewer, `GET /api/twins/bay/${bays[0].id}`)
      assert.deepInclude(twin.body, { label: "A3", device_id: real.deviceId, stale: true })
      const listed = yield* ask(viewer, `GET /api/branches/${real.branchId}/bays`)
      assert.deepEqual(
        Object(listed.body["items"]).map(({ label }: { label: string }) => label),
        ["A1", "A2", "A3", "A4"],
      )
      const all = yield* ask(viewer, `GET /api/controllers?branch_id=${real.branchId}`)
      assert.lengthOf(Object(all.body["items"]), 2)
      assert.deepEqual(yield* layoutOf(real.deviceId), [
        [real.controllerId, ["A1", "A2"]],
        [id, ["A3", "A4"]],
      ])
      const cart = { branch_id: real.branchId, cart_number: "A-3", bay_id: bays[0].id }
      assert.strictEqual((yield* ask(admin, "POST /api/carts", { body: cart })).body["bay_label"], "A3")
    }),
  )

  it.effect("refuse an address, a lock or a label that another has, a foreign zone, and more than fits", () =>
    Effect.gen(function* () {
      const path = boardsOf(sim.deviceId)
      const board = { controller_address: 1, port: "/dev/ttyUSB0" }
      const install = (over: object) => ask(admin, `POST ${path}`, { body: { ...board, ...over } })
      assert.deepEqual(refused(yield* install({ controller_address: 0 })), [409, "name_taken", "controller_address"])
      assert.deepEqual(refused(yield* install({ bays: [{ label: "S1", lock_index: 0 }] })), [
        409,
        "name_taken",
        "label",
      ])
      const twice = ["S8", "S9"].map((label) => ({ label, lock_index: 4 }))
      assert.deepEqual(refused(yield* install({ bays: twice })), [409, "name_taken", "lock_index"])
      const foreign = [{ label: "S8", lock_index: 4, zone_id: idOf(9, 9) }]
      assert.deepEqual(refused(yield* install({ bays: foreign })), [409, "record_refused", "other_branch"])
      assert.deepEqual(refused(yield* install({ port: "" })), [400, "bad_request"])
      assert.deepEqual(refused(yield* ask(manager, `POST ${path}`, { body: board })), [403, "forbidden"])
      // Nothing of what was refused is there.
      assert.lengthOf(Object(yield* ask(viewer, `GET ${path}`)).body.items, 1)
      for (let address = 1; address < Limits.boardsPerBus; address++) {
        assert.strictEqual((yield* install({ controller_address: address })).status, 201)
      }
      assert.deepEqual(refused(yield* install({})), [409, "record_refused", "too_many"])
      assert.strictEqual((yield* install({ port: "/dev/ttyUSB1" })).status, 201)
      assert.deepEqual(refused(yield* install({ port: "/dev/ttyUSB2" })), [409, "record_refused", "too_many"])
    }),
  )

  it.effect("are changed by who has read the newest; a label reaches the device, a lock its next start", () =>
    Effect.gen(function* () {
      const device = yield* configDevice(real)
      yield* Effect.promise(() => device.settle())
      const from = device.device.heard.length
      const path = `/api/bays/${real.bayIds[1]}`
      const { body: before, headers } = yield* ask(admin, `GET ${path}`)
      const zone = yield* ask(admin, `POST /api/branches/${real.branchId}/zones`, { body: { name: "Door" } })
      const whole = { label: "Door 1", lock_index: 7, zone_id: zone.body["id"], is_accessible: true }
      assert.deepEqual(refused(yield* ask(admin, `PUT ${path}`, { body: whole })), [428, "precondition_required"])
      const etag = headers.get("etag") ?? ""
      const put = yield* ask(admin, `PUT ${path}`, { body: whole, headers: { "if-match": etag } })
      assert.deepInclude(put.body, { ...whole, lock_number: 8, version: Number(before["version"]) + 1 })
      const late = yield* ask(admin, `PUT ${path}`, { body: whole, headers: { "if-match": etag } })
      assert.deepEqual(refused(late), [412, "precondition_failed"])
      assert.deepEqual(refused(yield* ask(admin, `PATCH ${path}`, { body: { label: "A1" } })), [
        409,
        "name_taken",
        "label",
      ])
      assert.deepEqual(refused(yield* ask(admin, `PATCH ${path}`, { body: { lock_index: 0 } })), [
        409,
        "name_taken",
        "lock_index",
      ])
      assert.strictEqual((yield* ask(viewer, `GET /api/twins/bay/${real.bayIds[1]}`)).body["label"], "Door 1")
      const { document } = yield* Effect.promise(() => device.offered(from))
      assert.include(
        document.bays.map(({ label }) => label),
        "Door 1",
      )
      const board = `/api/controllers/${real.controllerId}`
      const moved = yield* ask(admin, `PATCH ${board}`, { body: { controller_address: 5 } })
      assert.deepInclude(moved.body, { controller_address: 5, port: "/dev/ttyUSB0" })
      assert.deepEqual(refused(yield* ask(admin, `PATCH ${board}`, { body: { controller_address: 1 } })), [
        409,
        "name_taken",
        "controller_address",
      ])
    }),
  )

  it.effect("are archived once no cart belongs there, and what they had is free again", () =>
    Effect.gen(function* () {
      const path = `/api/bays/${real.bayIds[0]}`
      assert.deepEqual(refused(yield* ask(admin, `DELETE ${path}`)), [409, "record_refused", "has_carts"])
      const board = `/api/controllers/${real.controllerId}`
      assert.deepEqual(refused(yield* ask(admin, `DELETE ${board}`)), [409, "record_refused", "has_carts"])
      yield* ask(admin, `DELETE /api/carts/${real.cartIds[0]}`)
      yield* ask(admin, `DELETE /api/carts/${real.cartIds[1]}`)
      const gone = yield* ask(admin, `DELETE ${path}`)
      assert.isString(gone.body["archived_at"])
      assert.deepEqual((yield* ask(admin, `DELETE ${path}`)).body, gone.body)
      assert.deepEqual(refused(yield* ask(admin, `PATCH ${path}`, { body: { label: "x" } })), [
        409,
        "record_refused",
        "archived",
      ])
      const unlock = yield* ask(admin, `POST ${path}/unlock`, { body: { reason: "test" } })
      assert.deepEqual(refused(unlock), [404, "not_found"])
      const body = { label: "A1", lock_index: 0 }
      const next = yield* ask(admin, `POST ${board}/bays`, { body })
      assert.deepInclude(next.body, { ...body, controller_id: real.controllerId, latch: "dark" })
      const whole = yield* ask(admin, `DELETE ${board}`)
      assert.isString(whole.body["archived_at"])
      assert.deepEqual(refused(yield* ask(admin, `POST ${board}/bays`, { body })), [409, "record_refused", "archived"])
      assert.deepEqual((yield* ask(viewer, `GET ${board}/bays`)).body["items"], [])
      const labels = Object(yield* ask(viewer, `GET /api/branches/${real.branchId}/bays`)).body.items
      assert.deepEqual(
        labels.map(({ label }: { label: string }) => label),
        ["A3", "A4"],
      )
      assert.lengthOf((yield* layoutOf(real.deviceId)) ?? [], 1)
      // By its name it can still be looked at; whoever looks at the branch does not see it.
      assert.strictEqual((yield* ask(viewer, `GET /api/twins/bay/${real.bayIds[0]}`)).status, 200)
      const seen = yield* (yield* TwinViews).inScope({ scope: "branch", id: real.branchId })
      const ids = seen.map(({ id }) => id)
      assert.notInclude(ids, real.bayIds[0])
      assert.notInclude(ids, real.controllerId)
      assert.include(ids, real.deviceId)
      const audit = yield* ask(admin, "GET /api/audit?limit=1")
      assert.deepInclude(Object(audit.body["items"])[0], {
        action: "controller.archived",
        target_id: real.controllerId,
      })
    }),
  )
})
