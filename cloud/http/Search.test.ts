import { assert, layer } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { SearchHit } from "#core/api/Search.ts"
import { ChainId, UserId } from "#core/domain/Ids.ts"
import { Limits } from "#core/Limits.ts"
import { testCloud } from "../Cloud.fixture.ts"
import { begin, shop } from "../rentals/Shop.fixture.ts"
import { idOf, placesOf } from "../SmallRegistry.fixture.ts"
import { UserRecords } from "../staff/UserRecords.ts"
import { admin, ask, manager } from "./Client.fixture.ts"
import { People } from "./People.ts"

const [real, sim] = [placesOf(1), placesOf(2)]
const Found = Schema.Struct({ items: Schema.Array(SearchHit) })
const decode = Schema.decodeUnknownSync(Found)

const find = (who: Parameters<typeof ask>[0], q: string) =>
  Effect.map(ask(who, `GET /api/search?q=${encodeURIComponent(q)}`), ({ status, body }) => {
    assert.strictEqual(status, 200, JSON.stringify(body))
    return Schema.encodeSync(Found)(decode(body)).items
  })
const labels = (items: (typeof Found)["Encoded"]["items"], kind: SearchHit["kind"]) =>
  items.filter((one) => one.kind === kind).map(({ label }) => label)

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("the search", (it) => {
  it.effect("finds a bay by its label, by its number, and by its branch and label together", () =>
    Effect.gen(function* () {
      assert.deepEqual(labels(yield* find(admin, "a2"), "bay"), ["A2"])
      assert.deepEqual(labels(yield* find(admin, "2"), "bay"), ["A2", "S2"])
      for (const q of ["B-2/s1", "branch 2 S1", "s1 b-2"]) {
        const [bay] = yield* find(admin, q)
        assert.deepInclude(bay, { kind: "bay", label: "S1", id: sim.bayIds[0], branch_id: sim.branchId })
        assert.deepInclude(bay, { bay_id: sim.bayIds[0], detail: "S-1", branch_name: "Branch 2" })
      }
      assert.deepEqual(labels(yield* find(admin, "b-1/s1"), "bay"), [])
    }),
  )

  it.effect("finds a cart with its bay, a device by name, MAC address and serial number, a branch by its code", () =>
    Effect.gen(function* () {
      const [cart] = (yield* find(admin, "A-1")).filter(({ kind }) => kind === "cart")
      assert.deepInclude(cart, { id: real.cartIds[0], label: "A-1", detail: "A1", bay_id: real.bayIds[0] })
      for (const q of ["device 2", "02:00:00:00:00:02", "SN-2"]) {
        assert.strictEqual(labels(yield* find(admin, q), "device")[0], "Device 2", q)
      }
      assert.deepEqual(labels(yield* find(admin, "b-2"), "branch"), ["Branch 2"])
    }),
  )

  it.effect("finds a rental by four digits or the beginning of its id, and never by less", () =>
    Effect.gen(function* () {
      yield* shop
      const { id } = yield* begin
      const [found] = (yield* find(admin, "0001")).filter(({ kind }) => kind === "rental")
      assert.deepInclude(found, { id, label: id.slice(0, 8), detail: "050-•••-0001", branch_id: real.branchId })
      assert.deepEqual(labels(yield* find(admin, id.slice(0, 6)), "rental"), [id.slice(0, 8)])
      assert.deepEqual(labels(yield* find(admin, id), "rental"), [id.slice(0, 8)])
      for (const q of ["001", "00012", id.slice(0, 5), id.slice(1, 9)]) {
        assert.deepEqual(labels(yield* find(admin, q), "rental"), [], q)
      }
    }),
  )

  it.effect("takes signs of patterns for what they are", () =>
    Effect.gen(function* () {
      for (const q of ["%", "_", "\\", "a_", "%1", "'"]) assert.deepEqual(yield* find(admin, q), [], q)
    }),
  )

  it.effect("refuses what is empty, too long or not text", () =>
    Effect.gen(function* () {
      for (const q of ["", "%20", "a".repeat(Limits.searchCharacters + 1), "%00"]) {
        assert.strictEqual((yield* ask(admin, `GET /api/search?q=${q}`)).status, 400, q)
      }
      assert.strictEqual((yield* ask(admin, "GET /api/search")).status, 400)
    }),
  )

  it.effect("finds nothing elsewhere, and no rentals for who may not see them", () =>
    Effect.gen(function* () {
      const records = yield* UserRecords
      const who = UserId.make(idOf(7, 1))
      const before = (yield* records.get(who))?.grants ?? []
      yield* records.give(who, { role: "installer", chain_id: ChainId.make(real.chainId), branch_id: null }, "test")
      yield* Effect.forEach(
        before.filter(({ chain_id }) => chain_id === null),
        ({ id }) => records.take(who, id),
      )
      yield* (yield* People).forget(who)
      const own = yield* find(manager, "1")
      assert.isAbove(own.length, 2)
      assert.deepEqual([...new Set(own.map(({ chain_id }) => chain_id))], [real.chainId])
      assert.deepEqual(yield* find(manager, "b-2/s1"), [])
      assert.deepEqual(labels(yield* find(manager, "0001"), "rental"), [])
    }),
  )
})
