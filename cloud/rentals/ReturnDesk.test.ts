/** Returns that end no rental by themselves: whose they are, and what is done about the carts' places. */
import { PgClient } from "@effect/sql-pg"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { Limits } from "#core/Limits.ts"
import { testCloud } from "../Cloud.fixture.ts"
import { configDevice } from "../config/ConfigDevice.fixture.ts"
import { Returns } from "../store/Returns.ts"
import { later } from "../Cloud.fixture.ts"
import { ReturnDesk } from "./ReturnDesk.ts"
import { afterMs, begin, branchId, cartOf, custodyOf, places, rowOf, Shop, stateOf } from "./Shop.fixture.ts"

const setIdentity = (identity: "bay_bound" | "pool") =>
  Effect.flatMap(
    PgClient.PgClient,
    (sql) => sql`update branches set cart_identity = ${identity} where id = ${branchId}`,
  )

/** Time passes until everything that came back is judged. */
const settled = later(
  Limits.returnSettleMs + 1_000,
  Effect.flatMap(ReturnDesk, ({ judge }) => judge),
)
const returnsAt = (bayId: string) =>
  Effect.flatMap(
    PgClient.PgClient,
    (sql) => sql<{ id: string; state: string; rule: string | null; rental_id: string | null }>`
      select id, state, rule, rental_id from returns where bay_id = ${bayId} order by at desc`,
  )
const homeOf = (cartId: string) =>
  Effect.flatMap(PgClient.PgClient, (sql) =>
    Effect.map(sql<{ bay_id: string }>`select bay_id from carts where id = ${cartId}`, ([row]) => row?.bay_id),
  )
/** The shop with a program that can be told where carts belong, and every cart where the registry has put it. */
const toldShop = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  yield* sql`update carts set bay_id = registry_bay_id`
  yield* sql`update twins set placement = 0 where kind = 'cart'`
  const device = yield* configDevice(places)
  yield* Effect.promise(() => device.settle())
  const made = new Shop(device.device)
  for (const bay of places.bayIds) yield* made.parked(bay)
  return made
})
/** A rental whose cart is out, by way of its own bay. */
const out = Effect.fnUntraced(function* (place: Shop) {
  const rental = yield* begin
  const { bay_id, command_id } = yield* rowOf(rental.id)
  yield* place.opened(bay_id, command_id)
  yield* place.taken(bay_id)
  assert.strictEqual(yield* stateOf(rental.id), "active.inTime")
  return { ...rental, bayId: bay_id }
})

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("a return", (it) => {
  it.effect(
    "in a pool is of the shopper who announced it there, and each cart belongs where it can be from then on",
    () =>
      Effect.gen(function* () {
        yield* setIdentity("pool")
        const place = yield* toldShop
        const [first, second] = [yield* out(place), yield* out(place)]
        const intent = { how: "declared", bayId: first.bayId, at: Date.now() } as const
        yield* (yield* Returns).intend({ ...intent, rentalId: second.id, chainId: places.chainId, branchId })
        // The second brings its cart into the bay of the first.
        yield* place.parked(first.bayId, "RETURN_DETECTED")
        assert.strictEqual(yield* stateOf(first.id), "active.inTime", "a bay tells nothing about whose cart it is")
        yield* settled
        assert.deepInclude((yield* returnsAt(first.bayId))[0], {
          state: "attributed",
          rule: "declared",
          rental_id: second.id,
        })
        assert.strictEqual((yield* rowOf(second.id)).state, "returned")
        assert.strictEqual(yield* custodyOf(second.bayId), "available")
        const [one, other] = [cartOf.get(first.bayId) ?? "", cartOf.get(second.bayId) ?? ""]
        assert.deepStrictEqual([yield* homeOf(other), yield* homeOf(one)], [first.bayId, second.bayId])
        // The first is out still, and its cart is expected in the bay that is left.
        assert.strictEqual(yield* stateOf(first.id), "active.inTime")
        assert.strictEqual((yield* rowOf(first.id)).bay_id, second.bayId)
        // The only one that is out comes back into it, and each is where it began.
        yield* place.parked(second.bayId, "RETURN_DETECTED")
        yield* settled
        assert.strictEqual((yield* rowOf(first.id)).state, "returned")
        assert.deepInclude((yield* returnsAt(second.bayId))[0], { state: "attributed", rule: "only" })
      }),
  )

  it.effect(
    "in a pool waits for a person while it may be of several, and is nobody's when it was pulled out at once",
    () =>
      Effect.gen(function* () {
        yield* setIdentity("pool")
        const place = yield* toldShop
        const [first, second] = [yield* out(place), yield* out(place)]
        yield* place.parked(first.bayId, "RETURN_DETECTED")
        yield* place.taken(first.bayId)
        yield* settled
        assert.deepInclude((yield* returnsAt(first.bayId))[0], { state: "gone", rental_id: null })
        yield* place.parked(first.bayId, "RETURN_DETECTED")
        yield* settled
        assert.deepInclude((yield* returnsAt(first.bayId))[0], { state: "open", rental_id: null })
        for (const { id } of [first, second]) assert.strictEqual(yield* stateOf(id), "active.inTime")
        yield* place.taken(first.bayId)
        yield* setIdentity("bay_bound")
        for (const { bayId, id } of [first, second]) {
          yield* place.parked(bayId, "RETURN_DETECTED")
          yield* stateOf(id)
          yield* afterMs(Limits.returnSettleMs + 1_000)
          assert.strictEqual(yield* stateOf(id), "returned")
        }
      }),
  )

  it.effect("where each cart has its own bay and nobody has that cart is a stray cart's, whoever else has one", () =>
    Effect.gen(function* () {
      yield* setIdentity("bay_bound")
      const place = yield* toldShop
      const rental = yield* out(place)
      const other = places.bayIds.find((bay) => bay !== rental.bayId) ?? ""
      yield* place.taken(other)
      yield* place.parked(other, "RETURN_DETECTED")
      yield* settled
      assert.deepInclude((yield* returnsAt(other))[0], { state: "stray", rental_id: null })
      assert.strictEqual(yield* stateOf(rental.id), "active.inTime")
      const before = yield* returnsAt(rental.bayId)
      yield* place.parked(rental.bayId, "RETURN_DETECTED")
      assert.strictEqual(yield* stateOf(rental.id), "settling")
      assert.deepStrictEqual(yield* returnsAt(rental.bayId), before, "what came home is noted nowhere else")
    }),
  )

  it.effect("is of nobody else because its cart was lent again before it was judged", () =>
    Effect.gen(function* () {
      yield* setIdentity("bay_bound")
      // What the story before this one has left settling has its end.
      yield* afterMs(Limits.returnSettleMs + 1_000)
      const place = yield* toldShop
      const rental = yield* out(place)
      const other = places.bayIds.find((bay) => bay !== rental.bayId) ?? ""
      yield* place.taken(other)
      yield* place.parked(other, "RETURN_DETECTED")
      assert.strictEqual((yield* rowOf((yield* begin).id)).bay_id, other)
      yield* settled
      assert.deepInclude((yield* returnsAt(other))[0], { state: "stray", rental_id: null })
      assert.strictEqual(yield* stateOf(rental.id), "active.inTime")
    }),
  )
})
