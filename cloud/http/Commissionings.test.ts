import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { testCloud } from "../Cloud.fixture.ts"
import { begin, firstBay, places, rowOf, secondBay, shop } from "../rentals/Shop.fixture.ts"
import { placesOf } from "../SmallRegistry.fixture.ts"
import { type Answer, admin, ask, manager, viewer } from "./Client.fixture.ts"

const refused = ({ status, body }: Answer) => [status, body["code"], body["reason"]].filter(Boolean)
const path = `/api/branches/${places.branchId}/commissionings`
const untested = (bay_id: string) => ({ bay_id, sensors: "good", lock: "untested", command_id: null })

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("commissioning a branch", (it) => {
  it.effect("signs a lock as good only with a confirmed unlock of that very bay", () =>
    Effect.gen(function* () {
      const at = yield* shop
      const { id } = yield* begin
      const { bay_id: opened, command_id } = yield* rowOf(id)
      const other = opened === firstBay ? secondBay : firstBay
      const tested = { ...untested(opened), lock: "good", command_id }
      const sign = (bays: ReadonlyArray<object>) => ask(admin, `POST ${path}`, { body: { bays, note: null } })
      assert.deepEqual(refused(yield* sign([tested])), [409, "record_refused", "unproven"])
      yield* at.opened(opened, command_id)
      const foreign = { ...untested(other), lock: "good", command_id }
      assert.deepEqual(refused(yield* sign([foreign])), [409, "record_refused", "unproven"])
      const bare = { ...tested, command_id: null }
      assert.deepEqual(refused(yield* sign([bare])), [409, "record_refused", "unproven"])
      const signed = yield* sign([tested, untested(other)])
      assert.strictEqual(signed.status, 201, JSON.stringify(signed.body))
      const list = yield* ask(manager, `GET ${path}`)
      assert.deepEqual(list.body["items"], [signed.body])
      const audit = yield* ask(admin, "GET /api/audit?limit=5")
      const deed = Object(audit.body["items"]).find(
        ({ action }: { action: string }) => action === "branch.commissioned",
      )
      assert.deepInclude(deed?.details, { bays: 2, good: 1 })
    }),
  )

  it.effect("signs for no bay of another branch, and once for one key", () =>
    Effect.gen(function* () {
      const elsewhere = placesOf(2).bayIds[0]
      const strange = { bays: [untested(elsewhere)], note: null }
      assert.deepEqual(refused(yield* ask(admin, `POST ${path}`, { body: strange })), [
        409,
        "record_refused",
        "other_branch",
      ])
      const twice = { bays: [untested(firstBay), untested(firstBay)], note: null }
      assert.deepEqual(refused(yield* ask(admin, `POST ${path}`, { body: twice })), [409, "record_refused", "too_many"])
      const request = {
        body: { bays: [untested(firstBay)], note: "The bank beside the entrance" },
        headers: { "idempotency-key": "walk-1" },
      }
      const [made, again] = yield* Effect.all([0, 1].map(() => ask(admin, `POST ${path}`, request)))
      assert.strictEqual(made?.status, 201)
      assert.deepEqual(made?.body, again?.body)
    }),
  )

  it.effect("is signed by who may probe boards, and by nobody else", () =>
    Effect.gen(function* () {
      const body = { bays: [untested(firstBay)], note: null }
      assert.deepEqual(refused(yield* ask(manager, `POST ${path}`, { body })), [403, "forbidden"])
      assert.deepEqual(refused(yield* ask(viewer, `POST ${path}`, { body })), [403, "forbidden"])
      assert.deepEqual(refused(yield* ask(admin, `POST ${path}`, { body: { bays: [], note: null } })), [
        400,
        "bad_request",
      ])
    }),
  )
})
