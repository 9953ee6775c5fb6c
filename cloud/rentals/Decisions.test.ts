/** What staff see of rentals, and what they decide about them after they began. */
import { PgClient } from "@effect/sql-pg"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { UserId } from "#core/domain/Ids.ts"
import { Limits } from "#core/Limits.ts"
import { testCloud } from "../Cloud.fixture.ts"
import { request } from "../http/Http.fixture.ts"
import { Tokens } from "../http/Tokens.ts"
import { idOf } from "../SmallRegistry.fixture.ts"
import { afterMs, begin, branchId, custodyOf, rowOf, shop, stateOf } from "./Shop.fixture.ts"

const reason = "the shopper says so"
const call = (method: "GET" | "POST", path: string, body?: object) =>
  Effect.gen(function* () {
    const token = yield* (yield* Tokens).issue(UserId.make(idOf(7, 1)))
    return yield* request(method, `/api${path}`, body === undefined ? { token } : { token, body })
  })
const itemsOf = (answer: { readonly body: unknown }) => Object(answer.body)["items"] as ReadonlyArray<{ id: string }>

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("a rental that somebody decides about", (it) => {
  it.effect("is extended once, closed by hand, taken back, returned, disputed and settled, and all of it is told", () =>
    Effect.gen(function* () {
      const place = yield* shop
      const { id } = yield* begin
      const { bay_id, command_id } = yield* rowOf(id)
      yield* place.opened(bay_id, command_id)
      yield* place.taken(bay_id)
      assert.strictEqual(yield* stateOf(id), "active.inTime")
      const before = yield* call("GET", `/rentals/${id}`)
      const dueAt = Date.parse(Object(before.body)["due_at"])

      assert.strictEqual((yield* call("POST", `/rentals/${id}/extend`, { minutes: 30, reason })).status, 200)
      const extended = yield* call("GET", `/rentals/${id}`)
      assert.strictEqual(Date.parse(Object(extended.body)["due_at"]), dueAt + 30 * 60_000)
      const again = yield* call("POST", `/rentals/${id}/extend`, { minutes: 30, reason })
      assert.deepInclude(again.body, { status: 409, state: "active.inTime" })
      assert.strictEqual((yield* call("POST", `/rentals/${id}/dispute`, { reason })).status, 409)

      assert.strictEqual((yield* call("POST", `/rentals/${id}/force-complete`, { reason })).status, 200)
      assert.strictEqual(yield* custodyOf(bay_id), "missing")
      assert.strictEqual((yield* call("POST", `/rentals/${id}/undo`, { reason })).status, 200)
      assert.deepInclude(yield* rowOf(id), { state: "active.inTime", is_open: true })
      assert.strictEqual(yield* custodyOf(bay_id), "rented")
      const open = itemsOf(yield* call("GET", `/rentals?group=open&branch_id=${branchId}`))
      assert.deepStrictEqual(
        open.map((one) => one.id),
        [id],
      )

      yield* place.parked(bay_id, "RETURN_DETECTED")
      yield* stateOf(id)
      yield* afterMs(Limits.returnSettleMs + 1_000)
      assert.strictEqual(yield* stateOf(id), "returned")
      assert.strictEqual((yield* call("POST", `/rentals/${id}/undo`, { reason })).status, 409)
      assert.strictEqual((yield* call("POST", `/rentals/${id}/dispute`, { reason })).status, 200)
      assert.deepStrictEqual(
        itemsOf(yield* call("GET", "/rentals?group=attention")).map((one) => one.id),
        [id],
      )
      const early = { returned_at: "2001-01-01T00:00:00.000Z", reason }
      assert.strictEqual((yield* call("POST", `/rentals/${id}/dispute/settle`, early)).status, 200)
      const settled = Object((yield* call("GET", `/rentals/${id}`)).body)
      assert.deepInclude(settled, { state: "returned", ended_at: settled["picked_up_at"] })

      const timeline = itemsOf(yield* call("GET", `/rentals/${id}/timeline`)).map((line) => Object(line))
      const accepted = timeline.filter((line) => line.accepted).map((line) => line.event.type)
      assert.deepStrictEqual(accepted.slice(-6), [
        "rental.forceCompleted",
        "rental.undone",
        "rental.returnSeen",
        "deadline.due",
        "rental.disputed",
        "rental.amended",
      ])
      assert.include(
        timeline.map((line) => line.actor),
        "manager@cartwise.example",
      )
      const evidence = itemsOf(yield* call("GET", `/rentals/${id}/evidence`)).map((line) => Object(line))
      assert.includeMembers(
        evidence.map((line) => line.event.type),
        ["bay.observed", "unlock.requested"],
      )
      const sql = yield* PgClient.PgClient
      const deeds = yield* sql<{ action: string }>`select action from audit_log where target_id = ${id} order by id`
      assert.deepStrictEqual(
        deeds.map(({ action }) => action),
        ["rental.extended", "rental.force_completed", "rental.reopened", "rental.disputed", "rental.dispute_amended"],
      )
    }),
  )

  it.effect("is found by its branch, its group and the last digits of its number, page by page", () =>
    Effect.gen(function* () {
      const place = yield* shop
      const ids: Array<string> = []
      for (let n = 0; n < 3; n++) {
        const { id } = yield* begin
        const { bay_id, command_id } = yield* rowOf(id)
        yield* place.opened(bay_id, command_id)
        yield* place.parked(bay_id, "RELATCHED")
        assert.strictEqual(yield* stateOf(id), "cancelled")
        ids.unshift(id)
      }
      const first = yield* call("GET", `/branches/${branchId}/rentals/history?limit=2`)
      const next = Object(first.body)["next"] as string
      const second = yield* call("GET", `/branches/${branchId}/rentals/history?limit=1&cursor=${next}`)
      assert.deepStrictEqual(
        [...itemsOf(first), ...itemsOf(second)].map((one) => one.id),
        ids,
      )
      assert.strictEqual((yield* call("GET", "/rentals?cursor=nonsense")).status, 400)
      assert.isAtLeast(itemsOf(yield* call("GET", "/rentals?phone_last4=0001")).length, 3)
      assert.lengthOf(itemsOf(yield* call("GET", "/rentals?phone_last4=9999")), 0)
      assert.lengthOf(itemsOf(yield* call("GET", "/rentals?group=overdue")), 0)
      const stats = yield* call("GET", `/branches/${branchId}/rentals/stats`)
      assert.deepInclude(Object(stats.body), { not_taken: 3, open: 0, returned: 1, failed: 0 })
      assert.strictEqual((yield* call("GET", `/branches/${idOf(2, 77)}/rentals/stats`)).status, 404)
      assert.strictEqual((yield* call("GET", `/rentals/${idOf(2, 77)}`)).status, 404)
    }),
  )
})
