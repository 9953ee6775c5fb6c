import { assert, layer } from "@effect/vitest"
import { PgClient } from "@effect/sql-pg"
import { Effect } from "effect"
import { testCloud } from "../Cloud.fixture.ts"
import { placesOf } from "../SmallRegistry.fixture.ts"
import { type Answer, admin, ask, manager, viewer } from "./Client.fixture.ts"

const [real, sim] = [placesOf(1), placesOf(2)]

const refused = ({ status, body }: Answer) => [status, body["code"], body["reason"] ?? body["field"]].filter(Boolean)

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("records of chains and branches", (it) => {
  it.effect("are made once for one key, and refuse a slug that another has", () =>
    Effect.gen(function* () {
      const key = { "idempotency-key": "chain-1" }
      const body = { name: "Third", slug: "third" }
      const [made, again] = yield* Effect.all(
        [0, 1].map(() => ask(admin, "POST /api/chains", { body, headers: key })),
        { concurrency: 2 },
      )
      assert.deepEqual([made?.status, again?.status], [201, 201])
      assert.deepEqual(made?.body, again?.body)
      assert.deepInclude(made?.body, { name: "Third", active: true, version: 1, archived_at: null })
      assert.strictEqual(made?.headers.get("etag"), '"1"')
      const other = yield* ask(admin, "POST /api/chains", { body: { ...body, name: "Fourth" }, headers: key })
      assert.deepEqual(refused(other), [409, "idempotency_key_reused"])
      assert.deepEqual(refused(yield* ask(admin, "POST /api/chains", { body })), [409, "name_taken", "slug"])
      assert.deepEqual(refused(yield* ask(manager, "POST /api/chains", { body })), [403, "forbidden"])
    }),
  )

  it.effect("are replaced by who has read the newest, and changed in part by who says so", () =>
    Effect.gen(function* () {
      const path = `/api/branches/${real.branchId}`
      const { body: before, headers } = yield* ask(admin, `GET ${path}`)
      const whole = {
        name: "Harbour",
        branch_code: before["branch_code"],
        address: null,
        city: "חיפה",
        latitude: 32.8,
        longitude: 35,
        timezone: "Asia/Jerusalem",
        active: true,
      }
      assert.deepEqual(refused(yield* ask(admin, `PUT ${path}`, { body: whole })), [428, "precondition_required"])
      const etag = headers.get("etag") ?? ""
      const put = yield* ask(admin, `PUT ${path}`, { body: whole, headers: { "if-match": etag } })
      assert.deepInclude(put.body, { ...whole, version: Number(before["version"]) + 1 })
      const late = yield* ask(admin, `PUT ${path}`, { body: whole, headers: { "if-match": etag } })
      assert.deepEqual(refused(late), [412, "precondition_failed"])
      assert.strictEqual(late.body["current"], put.body["version"])
      const patched = yield* ask(admin, `PATCH ${path}`, { body: { name: "Port" } })
      assert.deepInclude(patched.body, { ...whole, name: "Port" })
      const nowhere = yield* ask(admin, `PATCH ${path}`, { body: { timezone: "Mars/Olympus" } })
      assert.deepEqual(refused(nowhere), [400, "bad_request"])
    }),
  )

  it.effect("keep what is in the topics of their devices", () =>
    Effect.gen(function* () {
      const slug = yield* ask(admin, `PATCH /api/chains/${real.chainId}`, { body: { slug: "another" } })
      assert.deepEqual(refused(slug), [409, "record_refused", "in_topics"])
      const code = yield* ask(admin, `PATCH /api/branches/${real.branchId}`, { body: { branch_code: "B-9" } })
      assert.deepEqual(refused(code), [409, "record_refused", "in_topics"])
    }),
  )

  it.effect("are archived from the leaves up, and stay to be read", () =>
    Effect.gen(function* () {
      const body = { chain_id: real.chainId, name: "Short lived", branch_code: "SHORT" }
      const made = yield* ask(admin, "POST /api/branches", { body })
      assert.strictEqual(made.status, 201, JSON.stringify(made.body))
      const path = `/api/branches/${made.body["id"]}`
      const gone = yield* ask(admin, `DELETE ${path}`)
      assert.deepInclude(gone.body, { active: false, is_lending: false })
      assert.isString(gone.body["archived_at"])
      assert.deepEqual((yield* ask(admin, `DELETE ${path}`)).body, gone.body)
      assert.deepEqual((yield* ask(viewer, `GET ${path}`)).body, gone.body)
      assert.deepEqual(refused(yield* ask(admin, `PATCH ${path}`, { body: { name: "x" } })), [
        409,
        "record_refused",
        "archived",
      ])
      const chain = yield* ask(admin, `DELETE /api/chains/${sim.chainId}`)
      assert.deepEqual(refused(chain), [409, "record_refused", "has_branches"])
    }),
  )

  it.effect("switch lending with a reason, for those who may", () =>
    Effect.gen(function* () {
      const path = `/api/branches/${real.branchId}/lending`
      const off = yield* ask(manager, `PUT ${path}`, { body: { on: false, reason: "stock count" } })
      assert.deepInclude(off.body, { is_lending: false, is_returning: true })
      const same = yield* ask(manager, `PUT ${path}`, { body: { on: false, reason: "stock count" } })
      assert.strictEqual(same.body["version"], off.body["version"])
      assert.deepEqual(refused(yield* ask(viewer, `PUT ${path}`, { body: { on: true, reason: "x" } })), [
        403,
        "forbidden",
      ])
      yield* ask(manager, `PUT ${path}`, { body: { on: true, reason: "counted" } })
    }),
  )

  it.effect("have hours, a policy, zones, and counts of their carts", () =>
    Effect.gen(function* () {
      const branch = `/api/branches/${real.branchId}`
      const hours = { sunday: [{ opens: "08:00", closes: "21:30" }], quiet: { from: "22:00", to: "07:00" } }
      assert.deepEqual((yield* ask(manager, `PUT ${branch}/hours`, { body: hours })).body, hours)
      assert.deepEqual((yield* ask(viewer, `GET ${branch}/hours`)).body, hours)
      const chain = `/api/chains/${real.chainId}`
      const usual = yield* ask(viewer, `GET ${chain}/policy`)
      assert.deepInclude(usual.body, { lend_minutes: 120, grace_minutes: 10 })
      const policy = { ...usual.body, lend_minutes: 90 }
      assert.deepEqual((yield* ask(admin, `PUT ${chain}/policy`, { body: policy })).body, policy)
      assert.deepEqual((yield* ask(viewer, `GET ${chain}/policy`)).body, policy)
      const zone = yield* ask(admin, `POST ${branch}/zones`, { body: { name: "North door" } })
      assert.strictEqual(zone.status, 201)
      const twice = yield* ask(admin, `POST ${branch}/zones`, { body: { name: "North door" } })
      assert.deepEqual(refused(twice), [409, "name_taken", "name"])
      assert.deepEqual((yield* ask(viewer, `GET ${branch}/zones`)).body["items"], [zone.body])
      yield* ask(admin, `DELETE /api/zones/${zone.body["id"]}`)
      assert.deepEqual((yield* ask(viewer, `GET ${branch}/zones`)).body["items"], [])
      const recount = yield* ask(manager, `POST ${branch}/recounts`, { body: { seen: ["A-1", "Z-9"] } })
      assert.deepInclude(recount.body, { counted: 2, unknown: ["Z-9"], unexpected: [] })
      assert.deepEqual(recount.body["missing"], [{ id: real.cartIds[1], cart_number: "A-2" }])
      const { body: overview } = yield* ask(viewer, `GET ${branch}/overview`)
      assert.deepInclude(overview, { branches: 1, devices: { total: 1, online: 0 } })
      assert.deepInclude(overview["carts"], { total: 2, available: 0 })
      const stats = yield* ask(viewer, `GET ${chain}/stats`)
      assert.deepInclude(stats.body["carts"], { total: 2 })
    }),
  )
})

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("records of devices", (it) => {
  it.effect("are renamed by who has read the newest; what a device says of itself is no new version", () =>
    Effect.gen(function* () {
      const path = `/api/devices/${real.deviceId}`
      const { body: before, headers } = yield* ask(admin, `GET ${path}`)
      assert.deepInclude(before, { version: 1, archived_at: null })
      const condition = { "if-match": headers.get("etag") ?? "" }
      yield* (yield* PgClient.PgClient)`update devices set last_heartbeat = now() where id = ${real.deviceId}`
      const put = yield* ask(admin, `PUT ${path}`, { body: { device_name: "Front" }, headers: condition })
      assert.deepInclude(put.body, { device_name: "Front", version: 2 })
      assert.strictEqual(put.headers.get("etag"), '"2"')
      const late = yield* ask(admin, `PUT ${path}`, { body: { device_name: "Back" }, headers: condition })
      assert.deepEqual(refused(late), [412, "precondition_failed"])
      assert.deepEqual(refused(yield* ask(admin, `DELETE ${path}`, { headers: condition })), [
        412,
        "precondition_failed",
      ])
      assert.strictEqual((yield* ask(viewer, `GET ${path}`)).body["device_name"], "Front")
      const gone = yield* ask(admin, `DELETE ${path}`, { headers: { "if-match": '"2"' } })
      assert.isString(gone.body["archived_at"])
    }),
  )
})

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("records of carts", (it) => {
  it.effect("are twins at once, placed in their bay, and refuse a number that the branch has", () =>
    Effect.gen(function* () {
      const body = { branch_id: real.branchId, cart_number: "A-77", cart_type: "child" }
      const taken = yield* ask(admin, "POST /api/carts", { body: { ...body, bay_id: real.bayIds[0] } })
      assert.deepEqual(refused(taken), [409, "placement_refused", "bay_taken"])
      const none = yield* ask(viewer, "GET /api/carts?cart_number=A-77")
      assert.deepEqual(none.body["items"], [])
      const made = yield* ask(admin, "POST /api/carts", { body })
      assert.deepInclude(made.body, { cart_number: "A-77", cart_type: "child", custody: "unplaced", bay_id: null })
      assert.deepEqual(refused(yield* ask(admin, "POST /api/carts", { body })), [409, "name_taken", "cart_number"])
      const found = yield* ask(viewer, "GET /api/carts?cart_number=A-77")
      assert.deepEqual(found.body["items"], [made.body])
      const twin = yield* ask(viewer, `GET /api/twins/cart/${made.body["id"]}`)
      assert.deepInclude(twin.body, { kind: "cart", label: "A-77", device_id: null })
      const unlock = yield* ask(admin, `POST /api/carts/${made.body["id"]}/unlock`, { body: { reason: "test" } })
      assert.deepEqual(refused(unlock), [409, "command_refused", "target_unknown"])
      const renamed = yield* ask(admin, `PATCH /api/carts/${made.body["id"]}`, { body: { cart_number: "A-78" } })
      assert.deepInclude(renamed.body, { cart_number: "A-78", version: 2 })
      assert.strictEqual((yield* ask(viewer, `GET /api/twins/cart/${made.body["id"]}`)).body["label"], "A-78")
    }),
  )

  it.effect("go into maintenance and out of it, are missing and found, by who may and with a reason", () =>
    Effect.gen(function* () {
      const path = `/api/carts/${real.cartIds[0]}`
      const reason = { reason: "a wheel squeaks" }
      const away = yield* ask(manager, `POST ${path}/maintenance`, { body: { on: true, ...reason } })
      assert.deepInclude(away.body, { custody: "maintenance", status: "maintenance" })
      const twice = yield* ask(manager, `POST ${path}/maintenance`, { body: { on: true, ...reason } })
      assert.deepEqual(refused(twice), [409, "record_refused", "state"])
      assert.deepEqual(refused(yield* ask(viewer, `POST ${path}/missing`, { body: reason })), [403, "forbidden"])
      assert.strictEqual((yield* ask(manager, `POST ${path}/missing`, { body: reason })).body["custody"], "missing")
      assert.strictEqual((yield* ask(manager, `POST ${path}/found`, { body: reason })).body["custody"], "maintenance")
      const back = yield* ask(manager, `POST ${path}/maintenance`, { body: { on: false, ...reason } })
      assert.strictEqual(back.body["custody"], "available")
      const events = yield* ask(viewer, `GET /api/twins/cart/${real.cartIds[0]}/events?limit=1`)
      assert.deepInclude(Object(events.body["items"])[0], { actor: manager.email, accepted: true })
    }),
  )

  it.effect("are quarantined with a note, and moved by either name", () =>
    Effect.gen(function* () {
      const path = `/api/carts/${sim.cartIds[0]}`
      const reason = { reason: "it rolls by itself" }
      const kept = yield* ask(manager, `POST ${path}/quarantine`, { body: reason })
      assert.deepInclude(kept.body, { custody: "maintenance", maintenance_notes: reason.reason })
      const twice = yield* ask(manager, `POST ${path}/quarantine`, { body: reason })
      assert.deepEqual(refused(twice), [409, "record_refused", "state"])
      const bay = yield* ask(admin, `POST /api/controllers/${sim.controllerId}/bays`, {
        body: { label: "S9", lock_index: 9 },
      })
      const moved = yield* ask(manager, `POST ${path}/move`, { body: { bay_id: bay.body["id"], ...reason } })
      assert.deepInclude(moved.body, { bay_id: bay.body["id"], placement: 1 })
      const audit = yield* ask(admin, "GET /api/audit?limit=1")
      assert.deepInclude(Object(audit.body["items"])[0], { action: "cart.placed", ...reason })
      const gone = yield* ask(admin, `POST ${path}/retire`, { body: reason })
      assert.deepInclude(gone.body, { custody: "retired", bay_id: null })
    }),
  )

  it.effect("are retired out of their bay, which another can have then", () =>
    Effect.gen(function* () {
      const path = `/api/carts/${real.cartIds[1]}`
      const gone = yield* ask(admin, `DELETE ${path}`)
      assert.deepInclude(gone.body, { custody: "retired", bay_id: null, device_id: null, dock: "unknown" })
      assert.isString(gone.body["archived_at"])
      assert.deepEqual((yield* ask(admin, `DELETE ${path}`)).body, gone.body)
      const body = { branch_id: real.branchId, cart_number: "A-99", bay_id: real.bayIds[1] }
      const next = yield* ask(admin, "POST /api/carts", { body })
      assert.deepInclude(next.body, { bay_id: real.bayIds[1], custody: "available" })
      const listed = yield* ask(viewer, `GET /api/branches/${real.branchId}/carts`)
      assert.notInclude(JSON.stringify(listed.body), real.cartIds[1])
    }),
  )
})
