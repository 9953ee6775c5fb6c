import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { testCloud } from "../Cloud.fixture.ts"
import { configDevice } from "../config/ConfigDevice.fixture.ts"
import { idOf, placesOf, signIns } from "../SmallRegistry.fixture.ts"
import { HttpServer } from "./HttpServer.ts"

const places = placesOf(1)
const config = `/api/devices/${places.deviceId}/config`
const placement = `/api/carts/${places.cartIds[0]}/placement`
const reason = "the board is slow"

interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

const ask = Effect.fnUntraced(function* (
  token: string,
  method: string,
  path: string,
  body?: object,
  ifMatch?: string,
): Effect.fn.Return<Answer, never, HttpServer> {
  const { url } = yield* HttpServer
  const response = yield* Effect.promise(() =>
    fetch(url + path, {
      method,
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${token}`,
        ...(ifMatch === undefined ? {} : { "if-match": ifMatch }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  )
  return { status: response.status, body: (yield* Effect.promise(() => response.json())) as Answer["body"] }
})

const tokens = new Map<string, string>()
const tokenOf = Effect.fnUntraced(function* (who: keyof typeof signIns) {
  const known = tokens.get(who)
  if (known !== undefined) return known
  const { body } = yield* ask("", "POST", "/api/staff/login", signIns[who])
  const token = String(body["access_token"])
  tokens.set(who, token)
  return token
})

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("the API of configuration", (it) => {
  it.effect("says that a device has never spoken of its configuration, and then what it shall be and is", () =>
    Effect.gen(function* () {
      const viewer = yield* tokenOf("viewer")
      const before = yield* ask(viewer, "GET", config)
      assert.deepInclude(before.body, { state: "unreported", desired: null, reported: null, delta: [] })
      const early = yield* ask(yield* tokenOf("admin"), "PATCH", config, { timing: { poll_ms: 200 }, reason }, "1")
      assert.deepEqual([early.status, early.body["reason"]], [409, "unreported"])
      const device = yield* configDevice(places)
      yield* Effect.promise(() => device.settle())
      const settled = yield* Effect.repeat(ask(viewer, "GET", config), {
        until: ({ body }) => body["state"] === "in_sync",
      })
      assert.deepInclude(Object(settled.body["desired"]), { version: device.version, hash: device.hash })
      assert.deepInclude(Object(settled.body["reported"]), { revision: device.revision, refused: null })
      assert.strictEqual((yield* ask(viewer, "GET", `/api/devices/${idOf(3, 99)}/config`)).status, 404)
    }),
  )

  it.effect("changes it for who may and has read the newest, and shows where the device still differs", () =>
    Effect.gen(function* () {
      const admin = yield* tokenOf("admin")
      const { version } = Object((yield* ask(admin, "GET", config)).body["desired"])
      const change = { timing: { poll_ms: 250 }, reason }
      for (const who of ["viewer", "manager"] as const) {
        assert.strictEqual((yield* ask(yield* tokenOf(who), "PATCH", config, change, `"${version}"`)).status, 403)
      }
      assert.strictEqual((yield* ask(admin, "PATCH", config, change)).status, 400)
      const stale = yield* ask(admin, "PATCH", config, change, `"${version - 1}"`)
      assert.deepEqual([stale.status, stale.body["current"]], [412, version])
      const changed = yield* ask(admin, "PATCH", config, change, `"${version}"`)
      assert.strictEqual(changed.status, 200)
      assert.deepInclude(changed.body, {
        state: "offered",
        delta: [{ path: "timing.poll_ms", desired: 250, reported: 100 }],
      })
      assert.deepInclude(Object(changed.body["desired"]), {
        version: version + 1,
        changed_by: signIns.admin.email,
        changed_reason: reason,
      })
      for (const wrong of [
        { timing: { poll_ms: 1 }, reason },
        { timing: { poll_ms: 200 } },
        { timing: {}, reason: "" },
      ]) {
        assert.strictEqual((yield* ask(admin, "PATCH", config, wrong, `"${version + 1}"`)).status, 400)
      }
    }),
  )

  it.effect("moves a cart for who may, if the placement was read, and says why not", () =>
    Effect.gen(function* () {
      const manager = yield* tokenOf("manager")
      const to = { bay_id: places.bayIds[1], reason }
      assert.strictEqual((yield* ask(yield* tokenOf("viewer"), "PUT", placement, to)).status, 403)
      const taken = yield* ask(manager, "PUT", placement, to)
      assert.deepEqual([taken.status, taken.body["reason"]], [409, "bay_taken"])
      const stale = yield* ask(manager, "PUT", placement, to, "7")
      assert.deepEqual([stale.status, stale.body["current"]], [412, 0])
      const there = yield* ask(manager, "PUT", placement, { ...to, bay_id: places.bayIds[0] })
      assert.deepInclude(there.body, { bay_id: places.bayIds[0], device_id: places.deviceId, placement: 0 })
      const nowhere = yield* ask(manager, "PUT", placement, { ...to, bay_id: idOf(5, 999) })
      assert.strictEqual(nowhere.status, 404)
    }),
  )
})
