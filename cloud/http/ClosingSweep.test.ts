import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { Limits } from "#core/Limits.ts"
import { testCloud } from "../Cloud.fixture.ts"
import { begin, cartOf, firstBay, places, rowOf, secondBay, shop, stateOf } from "../rentals/Shop.fixture.ts"
import { type Answer, admin, ask, manager, viewer } from "./Client.fixture.ts"

const refused = ({ status, body }: Answer) => [status, body["code"], body["reason"]].filter(Boolean)
const path = `/api/branches/${places.branchId}/closing-sweep`
const minuteMs = 60_000
const closing = (ms: number) => new Date(Date.now() + ms).toISOString()

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("closing a branch", (it) => {
  it.effect("makes due by then what is out, and lists the carts that are not in their bays", () =>
    Effect.gen(function* () {
      const at = yield* shop
      const { id } = yield* begin
      const { bay_id: lent, command_id } = yield* rowOf(id)
      const other = lent === firstBay ? secondBay : firstBay
      yield* at.opened(lent, command_id)
      yield* at.taken(lent)
      assert.strictEqual(yield* stateOf(id), "active.inTime")
      const before = yield* ask(manager, `GET /api/rentals/${id}`)
      const closes_at = closing(30 * minuteMs)
      const body = { closes_at, reason: "the shop closes" }
      const swept = yield* ask(manager, `POST ${path}`, { body })
      assert.strictEqual(swept.status, 200, JSON.stringify(swept.body))
      assert.deepInclude(swept.body, { closes_at, brought_forward: [id] })
      const out = Object(swept.body["carts_out"])
      assert.lengthOf(out, 1)
      assert.deepInclude(out[0], { id: cartOf.get(lent), custody: "rented", dock: "away" })
      assert.deepInclude(out[0].rental, { id, due_at: closes_at })
      const after = yield* ask(manager, `GET /api/rentals/${id}`)
      assert.notStrictEqual(before.body["due_at"], closes_at)
      assert.strictEqual(after.body["due_at"], closes_at)
      // Again, or later, it changes nothing more.
      const again = yield* ask(manager, `POST ${path}`, { body: { ...body, closes_at: closing(50 * minuteMs) } })
      assert.deepEqual(again.body["brought_forward"], [])
      // One that is out and lent to nobody is a stray.
      yield* at.taken(other)
      const strays = yield* ask(manager, `POST ${path}`, { body })
      const stray = Object(strays.body["carts_out"]).find((cart: { id: string }) => cart.id === cartOf.get(other))
      assert.deepInclude(stray, { custody: "available", rental: null })
      const audit = yield* ask(admin, "GET /api/audit?limit=10")
      const actions = Object(audit.body["items"]).map(({ action }: { action: string }) => action)
      assert.include(actions, "branch.closing_swept")
      assert.include(actions, "rental.brought_forward")
    }),
  )

  it.effect("goes by the opening hours, and asks when they do not say or a day is too far", () =>
    Effect.gen(function* () {
      const reason = "the shop closes"
      const never = yield* ask(manager, `POST ${path}`, { body: { reason } })
      assert.deepEqual(refused(never), [409, "record_refused", "no_closing"])
      const far = { closes_at: closing(Limits.closingWithinMs + minuteMs), reason }
      assert.deepEqual(refused(yield* ask(manager, `POST ${path}`, { body: far })), [
        409,
        "record_refused",
        "no_closing",
      ])
      const allDay = [{ opens: "00:00", closes: "00:00" }]
      const days = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]
      const hours = Object.fromEntries(days.map((day) => [day, allDay]))
      yield* ask(manager, `PUT /api/branches/${places.branchId}/hours`, { body: hours })
      const swept = yield* ask(manager, `POST ${path}`, { body: { reason } })
      const midnight = new Date()
      midnight.setUTCHours(24, 0, 0, 0)
      assert.strictEqual(swept.body["closes_at"], midnight.toISOString())
      assert.deepEqual(refused(yield* ask(viewer, `POST ${path}`, { body: { reason } })), [403, "forbidden"])
    }),
  )
})
