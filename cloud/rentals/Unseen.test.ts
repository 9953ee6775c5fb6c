/** What became of rentals while nobody could see it, and what is known of it later. */
import { PgClient } from "@effect/sql-pg"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { Limits } from "#core/Limits.ts"
import { testCloud } from "../Cloud.fixture.ts"
import { Rentals } from "../store/Rentals.ts"
import { afterMs, begin, custodyOf, rowOf, shop, stateOf } from "./Shop.fixture.ts"

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("a rental of which something was not seen", (it) => {
  it.effect("ends when its cart, returned while the bay was not read, is found standing there", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const place = yield* shop
      const { id } = yield* begin
      const { bay_id, command_id } = yield* rowOf(id)
      yield* place.opened(bay_id, command_id)
      yield* place.taken(bay_id)
      yield* place.unread(bay_id)
      assert.strictEqual(yield* stateOf(id), "active.inTime")
      const [lost] = yield* sql<{ at: Date }>`
        select at from twin_events where twin_id = ${bay_id} and event->>'type' = 'bay.lost' order by id desc limit 1`
      yield* place.parked(bay_id)
      assert.strictEqual(yield* stateOf(id), "settling")
      yield* afterMs(Limits.returnSettleMs + 1_000)
      assert.strictEqual(yield* stateOf(id), "returned")
      const [row] = yield* sql<{ ended_at: Date }>`select ended_at from rentals where id = ${id}`
      assert.strictEqual(
        row?.ended_at.getTime(),
        lost?.at.getTime(),
        "in the shopper's favour: when it was last looked",
      )
      assert.strictEqual(yield* custodyOf(bay_id), "available")
    }),
  )

  it.effect("begins when its cart, ajar when the bay was last read, is gone when it is read again", () =>
    Effect.gen(function* () {
      const place = yield* shop
      const { id } = yield* begin
      const { bay_id, command_id } = yield* rowOf(id)
      yield* place.opened(bay_id, command_id)
      yield* place.unread(bay_id)
      assert.strictEqual(yield* stateOf(id), "pickup.waiting")
      yield* place.say(place.bay(bay_id, "open", "absent", "empty"), place.dock(bay_id, "dock.left", "away"))
      assert.strictEqual(yield* stateOf(id), "active.inTime")
      assert.strictEqual(yield* custodyOf(bay_id), "rented")
      yield* place.parked(bay_id, "RETURN_DETECTED")
      yield* stateOf(id)
      yield* afterMs(Limits.returnSettleMs + 1_000)
      assert.strictEqual(yield* stateOf(id), "returned")
    }),
  )

  it.effect("opens again when its lock is heard to have opened after it was given up", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const place = yield* shop
      const { id } = yield* begin
      const { bay_id, command_id } = yield* rowOf(id)
      // Given up by a person who found it latched; then the device tells what it had not told yet.
      yield* place.say(place.stage(command_id, "unknown", { reason: "no_answer" }))
      assert.strictEqual(yield* stateOf(id), "verifying")
      yield* sql`update commands set expires_at = now() - interval '1 minute' where id = ${command_id}`
      yield* place.unread(bay_id)
      yield* place.parked(bay_id)
      assert.strictEqual(yield* stateOf(id), "failed")
      assert.isFalse((yield* rowOf(id)).is_open)
      yield* place.opened(bay_id, command_id)
      assert.strictEqual(yield* stateOf(id), "pickup.waiting")
      assert.isTrue((yield* rowOf(id)).is_open)
      yield* place.taken(bay_id)
      assert.strictEqual(yield* stateOf(id), "active.inTime")
      yield* place.parked(bay_id, "RETURN_DETECTED")
      yield* stateOf(id)
      yield* afterMs(Limits.returnSettleMs + 1_000)
      assert.strictEqual(yield* stateOf(id), "returned")
    }),
  )

  it.effect("stays ended, and asks for a person, when by then its cart is lent to somebody else", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const place = yield* shop
      const { id } = yield* begin
      const { bay_id, command_id } = yield* rowOf(id)
      yield* place.say(place.stage(command_id, "unknown", { reason: "no_answer" }))
      assert.strictEqual(yield* stateOf(id), "verifying")
      yield* sql`update commands set expires_at = now() - interval '1 minute' where id = ${command_id}`
      yield* place.unread(bay_id)
      yield* place.parked(bay_id)
      assert.strictEqual(yield* stateOf(id), "failed")
      const others = [yield* begin, yield* begin]
      yield* place.say(place.stage(command_id, "confirmed"))
      assert.strictEqual(yield* stateOf(id), "failed")
      const [row] = yield* sql<{ attention: string }>`select attention from rentals where id = ${id}`
      assert.strictEqual(row?.attention, "late_evidence")
      const [line] = yield* sql<{ n: number }>`
        select count(*)::integer as n from twin_events
        where twin_id = ${id} and event->>'type' = 'rental.evidenceCameTooLate'`
      assert.strictEqual(line?.n, 1)
      for (const other of others) {
        const own = yield* rowOf(other.id)
        yield* place.opened(own.bay_id, own.command_id)
        yield* place.parked(own.bay_id, "RELATCHED")
        assert.strictEqual(yield* stateOf(other.id), "cancelled")
      }
    }),
  )

  it.effect("is not ended by what its bay said before its own unlock, though both are heard at once", () =>
    Effect.gen(function* () {
      const place = yield* shop
      const { id } = yield* begin
      const { bay_id, command_id } = yield* rowOf(id)
      const at = Date.now()
      yield* place.say(
        place.bay(bay_id, "open", "present", { ajar: "undetermined" }, "RELEASED_UNCOMMANDED"),
        place.bay(bay_id, "open", "absent", "empty", "REMOVED"),
        place.bay(bay_id, "closed", "present", "settling"),
        place.bay(bay_id, "closed", "present", "secured", "RETURN_DETECTED"),
        place.stage(command_id, "confirmed", { at: at + 50 }),
        place.at(at + 50, place.bay(bay_id, "open", "present", { ajar: "released" }, "UNLOCK_CONFIRMED")),
        place.dock(bay_id, "dock.released", "released"),
      )
      assert.strictEqual(yield* stateOf(id), "pickup.waiting")
      yield* place.parked(bay_id, "RELATCHED")
      assert.strictEqual(yield* stateOf(id), "cancelled")
    }),
  )

  it.effect("ends when its cart comes home from where nobody saw it go", () =>
    Effect.gen(function* () {
      const place = yield* shop
      const { id } = yield* begin
      const { bay_id, command_id } = yield* rowOf(id)
      yield* place.opened(bay_id, command_id)
      assert.strictEqual(yield* stateOf(id), "pickup.waiting")
      // The hook was closed by hand as the cart was pulled out, between two looks at the bay.
      yield* place.say(place.bay(bay_id, "closed", "absent", "latchedEmpty", "BAY_LATCHED_EMPTY"))
      assert.strictEqual(yield* stateOf(id), "pickup.waiting")
      yield* place.say(
        place.bay(bay_id, "closed", "present", "settling"),
        place.bay(bay_id, "closed", "present", "secured", "RETURN_DETECTED"),
        place.dock(bay_id, "dock.secured", "secured"),
      )
      assert.strictEqual(yield* stateOf(id), "cancelled")
      assert.strictEqual(yield* custodyOf(bay_id), "available")
    }),
  )

  it.effect("ends when its shopper was reminded and its cart stands in its bay all the while", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const place = yield* shop
      const { id } = yield* begin
      const { bay_id, command_id } = yield* rowOf(id)
      // That the lock opened is heard after the cart was latched again.
      yield* place.parked(bay_id)
      assert.strictEqual(yield* stateOf(id), "unlocking")
      yield* place.say(place.stage(command_id, "confirmed", { at: Date.now() + 50 }))
      assert.strictEqual(yield* stateOf(id), "pickup.waiting")
      yield* afterMs(Limits.pickupWindowMs + 1_000)
      assert.strictEqual(yield* stateOf(id), "pickup.nagging", "the bay was not read since")
      assert.include(yield* (yield* Rentals).behind, id, "it is looked at again without any news")
      const read = new Date(Date.now() + Limits.pickupWindowMs + 5_000)
      yield* sql`update twins set fresh_at = ${read} where kind = 'bay' and id = ${bay_id}`
      assert.strictEqual(yield* stateOf(id), "cancelled")
      assert.strictEqual(yield* custodyOf(bay_id), "available")
    }),
  )
})
