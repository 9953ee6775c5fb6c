import { PgClient } from "@effect/sql-pg"
import { assert, layer } from "@effect/vitest"
import { Effect, Result } from "effect"
import { UserId } from "#core/domain/Ids.ts"
import { Limits } from "#core/Limits.ts"
import { testCloud } from "../Cloud.fixture.ts"
import { HttpServer } from "../http/HttpServer.ts"
import { Tokens } from "../http/Tokens.ts"
import { ShopperTokens } from "../otp/ShopperTokens.ts"
import { idOf, placesOf } from "../SmallRegistry.fixture.ts"
import { Rentals } from "../store/Rentals.ts"
import { Lending } from "./Lending.ts"
import {
  afterMs,
  begin,
  branchId,
  cartOf,
  custodyOf,
  firstBay,
  rowOf,
  secondBay,
  shop,
  somebody,
  stateOf,
} from "./Shop.fixture.ts"

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("a rental", (it) => {
  it.effect(
    "begins when its cart leaves, not when the lock says that it opened, and ends when it came back to stay",
    () =>
      Effect.gen(function* () {
        const place = yield* shop
        const { id } = yield* begin
        const { bay_id, command_id } = yield* rowOf(id)
        const message = yield* Effect.promise(() => place.device.next("commands"))
        assert.deepInclude({ ...message }, { command_id, target: { kind: "bay", id: bay_id } })
        assert.strictEqual(yield* custodyOf(bay_id), "reserved")
        yield* place.opened(bay_id, command_id)
        assert.strictEqual(yield* stateOf(id), "pickup.waiting")
        yield* place.taken(bay_id)
        assert.strictEqual(yield* stateOf(id), "active.inTime")
        assert.strictEqual(yield* custodyOf(bay_id), "rented")
        yield* place.parked(bay_id, "RETURN_DETECTED")
        assert.strictEqual(yield* stateOf(id), "settling")
        yield* afterMs(Limits.returnSettleMs + 1_000)
        assert.strictEqual(yield* stateOf(id), "returned")
        assert.isFalse((yield* rowOf(id)).is_open)
        assert.strictEqual(yield* custodyOf(bay_id), "available")
      }),
  )

  it.effect("sets its cart free also when all of it had happened before anybody looked", () =>
    Effect.gen(function* () {
      const place = yield* shop
      const { id } = yield* begin
      const { bay_id, command_id } = yield* rowOf(id)
      yield* place.say(
        place.stage(command_id, "confirmed"),
        place.bay(bay_id, "open", "present", { ajar: "released" }, "UNLOCK_CONFIRMED"),
        place.bay(bay_id, "open", "absent", "empty", "REMOVED"),
        place.bay(bay_id, "closed", "present", "secured", "RETURN_DETECTED"),
        place.dock(bay_id, "dock.secured", "secured"),
      )
      assert.strictEqual(yield* stateOf(id), "settling")
      assert.strictEqual(yield* custodyOf(bay_id), "rented")
      yield* afterMs(Limits.returnSettleMs + 1_000)
      assert.strictEqual(yield* stateOf(id), "returned")
      assert.strictEqual(yield* custodyOf(bay_id), "available")
    }),
  )

  it.effect("goes on when the cart is pulled out again at once", () =>
    Effect.gen(function* () {
      const place = yield* shop
      const { id } = yield* begin
      const { bay_id, command_id } = yield* rowOf(id)
      yield* place.opened(bay_id, command_id)
      yield* place.taken(bay_id)
      yield* place.parked(bay_id, "RETURN_DETECTED")
      yield* place.taken(bay_id)
      assert.strictEqual(yield* stateOf(id), "active.inTime")
      yield* place.parked(bay_id, "RETURN_DETECTED")
      assert.strictEqual(yield* stateOf(id), "settling")
      yield* afterMs(Limits.returnSettleMs + 1_000)
      assert.strictEqual(yield* stateOf(id), "returned")
    }),
  )

  it.effect("is cancelled, and its cart free, when the cart is left in its bay", () =>
    Effect.gen(function* () {
      const place = yield* shop
      const { id } = yield* begin
      const { bay_id, command_id } = yield* rowOf(id)
      yield* place.opened(bay_id, command_id)
      yield* place.parked(bay_id, "RELATCHED")
      assert.strictEqual(yield* stateOf(id), "cancelled")
      assert.strictEqual(yield* custodyOf(bay_id), "available")
    }),
  )

  it.effect("gets another cart when the first does not open, then none, and a lock that failed is no return", () =>
    Effect.gen(function* () {
      const place = yield* shop
      const { id } = yield* begin
      const first = yield* rowOf(id)
      yield* place.say(place.stage(first.command_id, "failed", { reason: "no_motion", pulses: 2 }))
      assert.strictEqual(yield* stateOf(id), "unlocking")
      const second = yield* rowOf(id)
      assert.notStrictEqual(second.bay_id, first.bay_id)
      assert.strictEqual(yield* custodyOf(first.bay_id), "available")
      assert.strictEqual(yield* custodyOf(second.bay_id), "reserved")
      yield* place.say(place.stage(second.command_id, "failed", { reason: "no_motion", pulses: 2 }))
      assert.strictEqual(yield* stateOf(id), "failed")
      assert.strictEqual(yield* custodyOf(second.bay_id), "available")
    }),
  )

  it.effect("does not begin when its cart leaves under somebody else's unlock: another cart is given", () =>
    Effect.gen(function* () {
      const place = yield* shop
      const { id } = yield* begin
      const first = yield* rowOf(id)
      yield* place.taken(first.bay_id)
      assert.strictEqual(yield* stateOf(id), "unlocking")
      yield* place.say(place.stage(first.command_id, "rejected", { reason: "busy", pulses: 0 }))
      assert.strictEqual(yield* stateOf(id), "unlocking")
      const second = yield* rowOf(id)
      assert.notStrictEqual(second.bay_id, first.bay_id)
      yield* place.opened(second.bay_id, second.command_id)
      yield* place.parked(second.bay_id, "RELATCHED")
      assert.strictEqual(yield* stateOf(id), "cancelled")
      yield* place.parked(first.bay_id, "RETURN_DETECTED")
    }),
  )

  it.effect("keeps its cart while nobody knows whether it opened, and follows later evidence", () =>
    Effect.gen(function* () {
      const place = yield* shop
      const { id } = yield* begin
      const { bay_id, command_id } = yield* rowOf(id)
      yield* place.say(place.stage(command_id, "unknown", { reason: "no_answer" }))
      assert.strictEqual(yield* stateOf(id), "verifying")
      assert.strictEqual(yield* custodyOf(bay_id), "reserved")
      yield* place.opened(bay_id, command_id)
      assert.strictEqual(yield* stateOf(id), "pickup.waiting")
      yield* place.parked(bay_id, "RELATCHED")
      assert.strictEqual(yield* stateOf(id), "cancelled")
    }),
  )

  it.effect("is one for a shopper and one for a cart, however many ask at once", () =>
    Effect.gen(function* () {
      const place = yield* shop
      const lending = yield* Lending
      const all = yield* Effect.forEach(Array.from({ length: 12 }), () => somebody)
      const asks = [...all, ...all].map((one) => Effect.result(lending.begin(one, branchId)))
      const answers = yield* Effect.all(asks, { concurrency: "unbounded" })
      const begun = answers.flatMap((answer) => (Result.isSuccess(answer) ? [answer.success] : []))
      assert.lengthOf(begun, 2)
      const rows = yield* Effect.forEach(begun, rowOf)
      assert.sameMembers(
        rows.map(({ bay_id }) => bay_id),
        [firstBay, secondBay],
      )
      const whys = answers.flatMap((answer) => (Result.isFailure(answer) ? [JSON.stringify(answer.failure)] : []))
      for (const why of whys) assert.match(why, /no_cart|already_renting/u)
      for (const { bay_id, command_id } of rows) {
        yield* place.opened(bay_id, command_id)
        yield* place.parked(bay_id, "RELATCHED")
      }
      for (const id of begun) assert.strictEqual(yield* stateOf(id), "cancelled")
    }),
  )

  it.effect("is another cart's when the shopper says that the first does not come out, twice, then a person's", () =>
    Effect.gen(function* () {
      const place = yield* shop
      const { url } = yield* HttpServer
      const shopper = yield* somebody
      const { token } = yield* (yield* ShopperTokens).issue(shopper.id, "own_phone")
      const call = (method: string, path: string, body?: object) =>
        Effect.promise(async () => {
          const response = await fetch(`${url}/api${path}`, {
            method,
            headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
            ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          })
          return { status: response.status, body: (await response.json()) as Record<string, unknown> }
        })
      const another = call("POST", "/me/rental/another", { why: "did_not_open" })
      const openIt = Effect.gen(function* () {
        const id = (yield* (yield* Rentals).ofShopper(shopper.id))?.id ?? ""
        const row = yield* rowOf(id)
        yield* place.opened(row.bay_id, row.command_id)
        assert.strictEqual(yield* stateOf(id), "pickup.waiting")
        return { id, ...row }
      })
      assert.strictEqual((yield* another).status, 404)
      yield* call("POST", "/me/rental", { branch_id: branchId })
      assert.deepInclude((yield* another).body, { status: 409, state: "unlocking" })
      const first = yield* openIt
      const seen = yield* call("GET", "/me/rental")
      const bay = Object(seen.body["rental"])["bay"] as unknown
      assert.deepInclude(bay, { row: ["A1", "A2"], where: "Device 1", latch: "ajar.released", stale: false })
      assert.strictEqual((yield* another).status, 202)
      assert.deepInclude(yield* rowOf(first.id), { state: "failed", is_open: false })
      assert.strictEqual(yield* custodyOf(first.bay_id), "available")
      const second = yield* openIt
      assert.notStrictEqual(second.bay_id, first.bay_id)
      // The first cart still stands in its open bay: there is none that could be given.
      assert.deepInclude((yield* another).body, { status: 409, reason: "no_cart" })
      yield* place.parked(first.bay_id, "RELATCHED")
      yield* place.parked(second.bay_id, "RELATCHED")
      yield* call("POST", "/me/rental", { branch_id: branchId })
      const third = yield* openIt
      assert.deepInclude((yield* another).body, { status: 429 })
      yield* place.parked(third.bay_id, "RELATCHED")
      assert.strictEqual(yield* stateOf(third.id), "cancelled")
      assert.deepInclude((yield* another).body, { status: 409, state: "cancelled" })
    }),
  )

  it.effect(
    "takes its cart out of what everybody may know of the branch, and a cart that is not latched is in it",
    () =>
      Effect.gen(function* () {
        const place = yield* shop
        const { url } = yield* HttpServer
        const ask = (id: string) =>
          Effect.promise(async () => {
            const response = await fetch(`${url}/api/branches/${id}/public-status`)
            return { status: response.status, body: (await response.json()) as Record<string, unknown> }
          })
        const { status, body } = yield* ask("B-1")
        assert.strictEqual(status, 200)
        assert.sameMembers(
          Object.keys(body),
          "id name chain_name timezone simulated free_carts free_bays not_latched now".split(" "),
        )
        assert.deepInclude(body, { id: branchId, name: "Branch 1", free_carts: 2, free_bays: 0, not_latched: [] })
        const { id } = yield* begin
        const { bay_id, command_id } = yield* rowOf(id)
        assert.deepInclude((yield* ask(branchId)).body, { free_carts: 1 })
        yield* place.opened(bay_id, command_id)
        yield* place.taken(bay_id)
        assert.strictEqual(yield* stateOf(id), "active.inTime")
        assert.deepInclude((yield* ask(branchId)).body, { free_carts: 1, free_bays: 1 })
        yield* place.say(place.bay(bay_id, "open", "present", { ajar: "unlatched" }))
        const label = bay_id === firstBay ? "A1" : "A2"
        assert.deepInclude((yield* ask(branchId)).body, { free_bays: 0, not_latched: [label] })
        yield* place.parked(bay_id, "RETURN_DETECTED")
        assert.strictEqual(yield* stateOf(id), "settling")
        yield* afterMs(Limits.returnSettleMs + 1_000)
        assert.strictEqual(yield* stateOf(id), "returned")
        assert.deepInclude((yield* ask(branchId)).body, { free_carts: 2, not_latched: [] })
        for (const nowhere of ["B-9", idOf(9, 9), "%F0%9F%9B%92", "B-1%00"]) {
          assert.include([400, 404], (yield* ask(nowhere)).status, nowhere)
        }
      }),
  )

  it.effect("is seen by staff with a masked number, and ended by hand with a reason when nothing else can", () =>
    Effect.gen(function* () {
      const place = yield* shop
      const { url } = yield* HttpServer
      const staff = yield* (yield* Tokens).issue(UserId.make(idOf(7, 1)))
      const { id } = yield* begin
      const { bay_id, command_id } = yield* rowOf(id)
      const call = (method: string, path: string, body?: object) =>
        Effect.promise(async () => {
          const response = await fetch(`${url}/api${path}`, {
            method,
            headers: { authorization: `Bearer ${staff}`, "content-type": "application/json" },
            ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          })
          return { status: response.status, body: (await response.json()) as Record<string, unknown> }
        })
      const { body } = yield* call("GET", `/branches/${branchId}/rentals/active`)
      assert.deepInclude(Object(body["items"])[0], { id, state: "unlocking", phone_masked: "050-•••-0001" })
      const reason = { reason: "the lock is broken" }
      const early = yield* call("POST", `/rentals/${id}/force-complete`, reason)
      assert.deepInclude(early.body, { status: 409, state: "unlocking" })
      yield* place.opened(bay_id, command_id)
      yield* place.taken(bay_id)
      assert.strictEqual(yield* stateOf(id), "active.inTime")
      assert.strictEqual((yield* call("POST", `/rentals/${id}/force-complete`, { reason: "" })).status, 400)
      assert.deepInclude(yield* call("POST", `/rentals/${id}/force-complete`, reason), { status: 200 })
      assert.deepInclude(yield* rowOf(id), { state: "forceCompleted", is_open: false })
      assert.strictEqual(yield* custodyOf(bay_id), "missing")
      assert.strictEqual((yield* call("POST", `/rentals/${id}/force-complete`, reason)).status, 409)
      const sql = yield* PgClient.PgClient
      yield* sql`update twins set value = jsonb_set(value, '{custody}', '"available"')
                 where kind = 'cart' and id = ${cartOf.get(bay_id)}`
    }),
  )

  it.effect("is had with the shopper's own token and no other", () =>
    Effect.gen(function* () {
      const place = yield* shop
      const { url } = yield* HttpServer
      const shopper = yield* somebody
      const { token } = yield* (yield* ShopperTokens).issue(shopper.id, "own_phone")
      const staff = yield* (yield* Tokens).issue(UserId.make(idOf(7, 1)))
      const call = (method: string, bearer: string, body?: object) =>
        Effect.promise(async () => {
          const response = await fetch(`${url}/api/me/rental`, {
            method,
            headers: { authorization: `Bearer ${bearer}`, "content-type": "application/json" },
            ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          })
          return { status: response.status, body: (await response.json()) as Record<string, unknown> }
        })
      assert.strictEqual((yield* call("GET", staff)).status, 401)
      const none = yield* call("GET", token)
      assert.strictEqual(none.status, 200)
      assert.isNull(none.body["rental"])
      const wrong = yield* call("POST", token, { branch_id: placesOf(2).branchId })
      assert.strictEqual(wrong.status, 404)
      const begun = yield* call("POST", token, { branch_id: branchId })
      assert.strictEqual(begun.status, 202)
      assert.deepInclude(Object(begun.body["rental"]), { state: "unlocking", open: true, picked_up_at: null })
      const again = yield* call("POST", token, { branch_id: branchId })
      assert.deepInclude(again.body, { status: 409, reason: "already_renting" })
      const found = yield* (yield* Rentals).ofShopper(shopper.id)
      const { bay_id, command_id } = yield* rowOf(found?.id ?? "")
      yield* place.opened(bay_id, command_id)
      yield* place.parked(bay_id, "RELATCHED")
      assert.strictEqual(yield* stateOf(found?.id ?? ""), "cancelled")
    }),
  )
})
