/** What people say about carts that came back, over the API. */
import { PgClient } from "@effect/sql-pg"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { UserId } from "#core/domain/Ids.ts"
import { Limits } from "#core/Limits.ts"
import { later, testCloud } from "../Cloud.fixture.ts"
import { configDevice } from "../config/ConfigDevice.fixture.ts"
import { ShopperTokens } from "../otp/ShopperTokens.ts"
import { Deadlines } from "../registry/Deadlines.ts"
import { ReturnDesk } from "../rentals/ReturnDesk.ts"
import { begin, branchId, cartOf, custodyOf, places, rowOf, Shop, stateOf } from "../rentals/Shop.fixture.ts"
import { idOf } from "../SmallRegistry.fixture.ts"
import { HttpServer } from "./HttpServer.ts"
import { Tokens } from "./Tokens.ts"

const call = Effect.fnUntraced(function* (token: string, method: string, path: string, body?: object) {
  const { url } = yield* HttpServer
  return yield* Effect.promise(async () => {
    const response = await fetch(`${url}/api${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  })
})
const staff = Effect.flatMap(Tokens, (tokens) => tokens.issue(UserId.make(idOf(7, 1))))
const itemsOf = (body: Record<string, unknown>) => body["items"] as ReadonlyArray<Record<string, unknown>>

/** Everything that came back is judged. */
const settled = later(
  Limits.returnSettleMs + 1_000,
  Effect.flatMap(ReturnDesk, ({ judge }) => judge),
)
const setUp = Effect.fnUntraced(function* (identity: "bay_bound" | "pool") {
  const sql = yield* PgClient.PgClient
  yield* sql`update branches set cart_identity = ${identity} where id = ${branchId}`
  yield* sql`update carts set bay_id = registry_bay_id`
  yield* sql`update twins set placement = 0 where kind = 'cart'`
  yield* sql`update rentals set is_open = false, state = 'cancelled' where is_open`
  yield* sql`update twins set value = jsonb_set(value, '{custody}', '"available"') where kind = 'cart'`
  const device = yield* configDevice(places)
  yield* Effect.promise(() => device.settle())
  const shop = new Shop(device.device)
  for (const bay of places.bayIds) yield* shop.parked(bay)
  return shop
})
const out = Effect.fnUntraced(function* (shop: Shop) {
  const rental = yield* begin
  const { bay_id: bayId, command_id } = yield* rowOf(rental.id)
  yield* shop.opened(bayId, command_id)
  yield* shop.taken(bayId)
  assert.strictEqual(yield* stateOf(rental.id), "active.inTime")
  const { token } = yield* (yield* ShopperTokens).issue(rental.shopper.id, "own_phone")
  return { ...rental, bayId, token }
})

layer(testCloud(), { excludeTestServices: true, timeout: 90_000 })("a return that nobody can attribute", (it) => {
  it.effect("is listed with the rentals it may be of, and ends the one that somebody names", () =>
    Effect.gen(function* () {
      const shop = yield* setUp("pool")
      const token = yield* staff
      const [first, second] = [yield* out(shop), yield* out(shop)]
      yield* shop.parked(first.bayId, "RETURN_DETECTED")
      yield* settled
      const listed = itemsOf((yield* call(token, "GET", `/unattributed-returns?branch_id=${branchId}`)).body)
      const [one] = listed
      assert.deepInclude(one, { state: "open", bay_id: first.bayId, rental_id: null })
      const candidates = (one ?? {})["candidates"] as ReadonlyArray<{ rental_id: string }>
      const names = candidates.map(({ rental_id }) => rental_id)
      assert.deepStrictEqual(names, [first.id, second.id])
      const path = `/unattributed-returns/${String(one?.["id"])}/resolve`
      const named = { outcome: "rental", rental_id: second.id, reason: "she says so" }
      assert.strictEqual((yield* call(token, "POST", path, named)).status, 200)
      assert.strictEqual((yield* rowOf(second.id)).state, "returned")
      assert.strictEqual(yield* stateOf(first.id), "active.inTime")
      assert.strictEqual((yield* call(token, "POST", path, named)).status, 409, "it was said already")
      const ended = itemsOf((yield* call(token, "GET", "/unattributed-returns?group=ended")).body)
      assert.deepInclude(ended[0], { state: "resolved", rental_id: second.id, rule: "staff" })
      assert.deepStrictEqual(itemsOf((yield* call(token, "GET", "/unattributed-returns")).body), [])
    }),
  )

  it.effect("is of the shopper who says a moment later that it is theirs", () =>
    Effect.gen(function* () {
      const shop = yield* setUp("pool")
      const [first, second] = [yield* out(shop), yield* out(shop)]
      const intent = (body: object) => call(second.token, "POST", "/me/rental/return-intent", body)
      assert.deepInclude((yield* intent({ done: true })).body, { reason: "nothing_to_claim" })
      yield* shop.parked(first.bayId, "RETURN_DETECTED")
      yield* settled
      const said = yield* intent({ done: true })
      assert.deepInclude(said.body, { bay_label: null })
      assert.strictEqual((yield* rowOf(second.id)).state, "returned")
      assert.strictEqual((yield* intent({})).status, 409, "it is over")
    }),
  )
})

layer(testCloud(), { excludeTestServices: true, timeout: 90_000 })("somebody who sees the carts", (it) => {
  it.effect("says that a return was another's: that one ends as of then, and the first goes on", () =>
    Effect.gen(function* () {
      const shop = yield* setUp("bay_bound")
      const token = yield* staff
      const [first, second] = [yield* out(shop), yield* out(shop)]
      // The second shopper has pushed her cart into the bay of the first.
      yield* shop.parked(first.bayId, "RETURN_DETECTED")
      yield* stateOf(first.id)
      yield* settled
      yield* later(Limits.returnSettleMs + 1_000, stateOf(first.id))
      const sql = yield* PgClient.PgClient
      const path = `/rentals/${first.id}/reattribute`
      const other = { rental_id: second.id, reason: "cart 2 stands there" }
      assert.strictEqual((yield* call(token, "POST", path, other)).status, 409, "it settles still")
      yield* later(
        Limits.returnSettleMs + 1_000,
        Effect.flatMap(Deadlines, ({ fire }) => fire),
      )
      assert.strictEqual(yield* stateOf(first.id), "returned")
      assert.strictEqual((yield* call(token, "POST", path, other)).status, 200)
      assert.strictEqual((yield* rowOf(second.id)).state, "returned")
      assert.deepInclude(yield* rowOf(first.id), { state: "active.inTime", is_open: true, bay_id: second.bayId })
      const homes = yield* sql<{
        id: string
        bay_id: string
      }>`select id, bay_id from carts where branch_id = ${branchId}`
      const homeOf = (id: string | undefined) => homes.find((cart) => cart.id === id)?.bay_id
      assert.strictEqual(homeOf(cartOf.get(second.bayId)), first.bayId, "the cart that stands there belongs there")
      assert.strictEqual(homeOf(cartOf.get(first.bayId)), second.bayId)
      assert.strictEqual(yield* custodyOf(first.bayId), "rented")
      assert.strictEqual(yield* custodyOf(second.bayId), "available")
    }),
  )

  it.effect("begins a rental for a shopper, reminds her once in half an hour, and says that her cart is back", () =>
    Effect.gen(function* () {
      const shop = yield* setUp("bay_bound")
      const token = yield* staff
      const bad = yield* call(token, "POST", `/branches/${branchId}/carts/assign`, { phone: "12" })
      assert.strictEqual(bad.status, 422)
      const begun = yield* call(token, "POST", `/branches/${branchId}/carts/assign`, { phone: "050-7654321" })
      assert.strictEqual(begun.status, 202)
      const rental = begun.body["rental"] as Record<string, string>
      const id = rental["id"] ?? ""
      const remind = call(token, "POST", `/rentals/${id}/remind`, { reason: "the shop closes" })
      assert.strictEqual((yield* remind).status, 409, "nothing is out yet")
      const { bay_id, command_id } = yield* rowOf(id)
      yield* shop.opened(bay_id, command_id)
      yield* shop.taken(bay_id)
      assert.strictEqual(yield* stateOf(id), "active.inTime")
      assert.strictEqual((yield* remind).status, 200)
      assert.strictEqual((yield* remind).status, 429)
      const path = `/branches/${branchId}/carts/return`
      const back = { cart_id: rental["cart_id"], reason: "it stands there" }
      assert.deepInclude((yield* call(token, "POST", path, back)).body, { status: 409, reason: "not_latched" })
      // Its bay was not read while it came.
      yield* shop.unread(bay_id)
      const elsewhere = places.bayIds.find((bay) => bay !== bay_id) ?? ""
      assert.strictEqual((yield* call(token, "POST", path, { ...back, bay_id: elsewhere })).status, 200)
      assert.strictEqual((yield* rowOf(id)).state, "returned")
      const none = yield* call(token, "POST", path, { ...back, bay_id: elsewhere })
      assert.deepInclude(none.body, { status: 409, reason: "nobody_has_it" })
    }),
  )
})
