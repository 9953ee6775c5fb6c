import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import type { Bay } from "#core/api/Records.ts"
import { Limits } from "#core/Limits.ts"
import { testCloud } from "../Cloud.fixture.ts"
import { begin, rowOf, shop } from "../rentals/Shop.fixture.ts"
import { placesOf } from "../SmallRegistry.fixture.ts"
import { ShopperViews } from "../store/ShopperViews.ts"
import { admin, type Answer, ask, viewer } from "./Client.fixture.ts"

const [real, sim] = [placesOf(1), placesOf(2)]
const [first, second] = real.bayIds
const path = `/api/branches/${real.branchId}`

const arrange = (rows: ReadonlyArray<ReadonlyArray<string>>, headers: Readonly<Record<string, string>> = {}) =>
  ask(admin, `PUT ${path}/bay-rows`, { body: { rows }, headers })
const standing = Effect.map(ask(admin, `GET ${path}/bays`), ({ body }) =>
  Object.fromEntries((body["items"] as ReadonlyArray<Bay>).map(({ label, row, place }) => [label, [row, place]])),
)
const refused = ({ status, body }: Answer) => [status, body["code"], body["reason"]].filter(Boolean)

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("how the bays of a branch stand", (it) => {
  it.effect("is as their boards have them until somebody says in which rows, and again when nobody does", () =>
    Effect.gen(function* () {
      assert.deepEqual(yield* standing, { A1: [null, null], A2: [null, null] })
      assert.strictEqual((yield* arrange([[second, first]])).status, 200)
      assert.deepEqual(yield* standing, { A1: [1, 2], A2: [1, 1] })
      assert.strictEqual((yield* arrange([[first], [second]])).status, 200)
      assert.deepEqual(yield* standing, { A1: [1, 1], A2: [2, 1] })
      assert.strictEqual((yield* arrange([])).status, 200)
      assert.deepEqual(yield* standing, { A1: [null, null], A2: [null, null] })
    }),
  )

  it.effect("is what a shopper is told to look for: the row from left to right, not the board", () =>
    Effect.gen(function* () {
      yield* shop
      const { id } = yield* begin
      const { bay_id, shopper_id } = yield* rowOf(id)
      const told = Effect.map(
        Effect.flatMap(ShopperViews, (views) => views.rentalsOf([shopper_id])),
        (rentals) => rentals.get(shopper_id)?.bay?.row,
      )
      assert.deepEqual(yield* told, ["A1", "A2"])
      yield* arrange([[second, first]])
      assert.deepEqual(yield* told, ["A2", "A1"])
      yield* arrange([[bay_id]])
      assert.deepEqual(yield* told, [bay_id === first ? "A1" : "A2"])
      yield* arrange([[bay_id === first ? second : first]])
      assert.deepEqual(yield* told, [bay_id === first ? "A1" : "A2"])
      yield* arrange([])
    }),
  )

  it.effect("is changed whole or not at all, by who may, and only over what was read", () =>
    Effect.gen(function* () {
      yield* arrange([[first, second]])
      const before = yield* standing
      assert.deepEqual(refused(yield* arrange([[second], [sim.bayIds[0]]])), [409, "record_refused", "other_branch"])
      assert.strictEqual((yield* arrange([[first, first]])).status, 400)
      assert.strictEqual((yield* arrange(Array.from({ length: Limits.bayRows + 1 }, () => []))).status, 400)
      assert.deepEqual(refused(yield* arrange([[second, first]], { "if-match": "1" })), [412, "precondition_failed"])
      const looker = yield* ask(viewer, `PUT ${path}/bay-rows`, { body: { rows: [] } })
      assert.deepEqual(refused(looker), [403, "forbidden"])
      assert.deepEqual(yield* standing, before)
      const { headers } = yield* ask(admin, `GET ${path}`)
      const read = { "if-match": headers.get("etag") ?? "" }
      assert.strictEqual((yield* arrange([[second, first]], read)).status, 200)
      assert.strictEqual((yield* arrange([[first, second]], read)).status, 412)
    }),
  )
})
