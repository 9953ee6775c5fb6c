import { assert, describe, it } from "vitest"
import { Limits } from "#core/Limits.ts"
import { statesOf } from "../MachineCases.fixture.ts"
import type { Stored } from "../Stored.ts"
import { initialOf, step } from "../Twin.ts"
import { eventOfSighting, eventOfStanding, whereSeen } from "./Sighting.ts"

const at = 1_795_000_000_000
const command = "00000000-0000-4000-8000-0000000000d1"
const bay = "00000000-0000-4000-8000-0000000000b1"

const rentalIn = (state: string): Stored => {
  const rental = initialOf("rental", at)
  const [outer = "", inner] = state.split(".")
  const value = { life: inner === undefined ? outer : { [outer]: inner } }
  const taken = { command, bay, cart: bay, attempts: 1, pickedUpAt: at, dueAt: at + Limits.rentalMs }
  return { ...rental, value, context: { ...rental.context, ...taken } }
}
const seen = (latch: Stored["value"], type = "bay.observed", sensor = "trusted") => ({
  event: { type, hook: "closed", presence: "present", at },
  value: { latch, sensor, service: "inService" },
  at: at + 60_000,
})
const parked = seen("secured")
const gone = seen("empty")
const ajar = seen({ ajar: "undetermined" })
const unknown = { stage: "unknown", expiresAt: at, isContested: false } as const
const over = { ...unknown, expiresAt: parked.at - Limits.outcomeGraceMs - 1 }

describe("where a cart is by a reading of its bay", () => {
  it("is told by the latch, and by nothing while the sensor is in doubt", () => {
    assert.strictEqual(whereSeen(parked), "parked")
    assert.strictEqual(whereSeen(gone), "out")
    assert.strictEqual(whereSeen(ajar), "ajar")
    assert.strictEqual(whereSeen(seen("jammed")), "parked")
    for (const latch of ["dark", "latchedEmpty", "settling", { releasing: "watching" }]) {
      assert.isUndefined(whereSeen(seen(latch)))
    }
    assert.isUndefined(whereSeen(seen("secured", "bay.observed", "suspect")))
  })

  it("is told by no event that reads nothing", () => {
    for (const type of ["unlock.requested", "bay.unlock", "bay.pulsed", "bay.lost", "deadline.due", "bay.serviceSet"]) {
      assert.isUndefined(whereSeen(seen("secured", type)), type)
    }
    const empty = { ...seen("jammed"), event: { type: "bay.observed", hook: "closed", presence: "absent", at } }
    assert.isUndefined(whereSeen(empty), "a jammed lock without a cart in it")
  })
})

describe("a reading of a rental's bay", () => {
  it("is no return in a pool, where the cart that stands there may be anybody's", () => {
    assert.strictEqual(eventOfSighting(parked, rentalIn("overdue.mild"), unknown, null)?.type, "rental.returnSeen")
    assert.isUndefined(eventOfSighting(parked, rentalIn("overdue.mild"), unknown, null, "pool"))
  })

  it("is only ever an event that the rental takes", () => {
    for (const state of statesOf("rental").map((one) => one.slice("life.".length))) {
      const rental = rentalIn(state)
      for (const sighting of [parked, gone, ajar]) {
        const event = eventOfSighting(sighting, rental, over, null)
        if (event !== undefined) assert.isTrue(step(rental, event).accepted, `${event.type} in ${state}`)
      }
    }
  })

  it("ends a rental whose cart stands in its bay again, as of the earliest it can have come", () => {
    for (const state of ["active.inTime", "active.dueSoon", "overdue.mild", "overdue.lost"]) {
      const event = eventOfSighting(parked, rentalIn(state), undefined, at + 7)
      assert.deepInclude(event, { type: "rental.returnSeen", bayId: bay as never, at: at + 7 })
    }
    const early = eventOfSighting(parked, rentalIn("active.inTime"), undefined, at - 7)
    assert.strictEqual(early?.at, at, "not before it was taken")
    for (const sighting of [gone, ajar]) {
      assert.isUndefined(eventOfSighting(sighting, rentalIn("active.inTime"), undefined, null))
    }
  })

  it("begins a rental whose cart stood ajar and is gone, and cancels one whose cart is latched again", () => {
    const waiting = rentalIn("pickup.waiting")
    assert.strictEqual(eventOfSighting(gone, waiting, undefined, null)?.type, "rental.removed")
    assert.strictEqual(eventOfSighting(parked, waiting, undefined, null)?.type, "rental.relatched")
    assert.strictEqual(eventOfSighting(gone, rentalIn("settling"), undefined, null)?.type, "rental.returnLost")
  })

  it("says of an unlock without an outcome that it did not open only when it cannot open any more", () => {
    for (const state of ["verifying", "uncertain"]) {
      const rental = rentalIn(state)
      assert.deepInclude(eventOfSighting(parked, rental, over, null), { type: "rental.found", where: "parked" })
      assert.isUndefined(eventOfSighting(parked, rental, { ...over, expiresAt: over.expiresAt + 1 }, null))
      assert.isUndefined(eventOfSighting(parked, rental, { ...over, stage: "executing" }, null))
      assert.deepInclude(eventOfSighting(gone, rental, unknown, null), { type: "rental.found", where: "out" })
      assert.deepInclude(eventOfSighting(ajar, rental, unknown, null), { type: "rental.found", where: "ajar" })
    }
  })

  it("is nobody's pickup when the bay was opened for somebody else meanwhile", () => {
    const contested = { ...unknown, isContested: true }
    for (const sighting of [gone, ajar]) {
      assert.isUndefined(eventOfSighting(sighting, rentalIn("verifying"), contested, null))
    }
  })

  it("means nothing while an unlock is on its way", () => {
    for (const state of ["unlocking", "assigning", "new", "failed", "returned"]) {
      for (const sighting of [parked, gone, ajar]) {
        assert.isUndefined(eventOfSighting(sighting, rentalIn(state), over, null), state)
      }
    }
  })
})

describe("a bay as it stands when the shopper was reminded", () => {
  const home = { value: parked.value, freshAt: at + 1 }

  it("ends a rental whose cart is home, whatever of it was not seen", () => {
    const event = eventOfStanding(home, rentalIn("pickup.nagging"), at)
    assert.deepInclude(event, { type: "rental.relatched", commandId: command as never, at: at + 1 })
    assert.isTrue(event !== undefined && step(rentalIn("pickup.nagging"), event).accepted)
  })

  it("ends none by an old reading, a doubted one, another state of the bay, or before the time is over", () => {
    const nagging = rentalIn("pickup.nagging")
    assert.isUndefined(eventOfStanding({ ...home, freshAt: at }, nagging, at), "read before")
    assert.isUndefined(eventOfStanding({ ...home, freshAt: null }, nagging, at), "never read")
    assert.isUndefined(eventOfStanding({ ...home, value: seen("secured", "", "suspect").value }, nagging, at))
    for (const latch of ["dark", "empty", "settling", "latchedEmpty", { ajar: "lingering" }]) {
      assert.isUndefined(eventOfStanding({ ...home, value: seen(latch).value }, nagging, at), JSON.stringify(latch))
    }
    for (const state of ["pickup.waiting", "active.inTime", "verifying", "overdue.mild"]) {
      assert.isUndefined(eventOfStanding(home, rentalIn(state), at), state)
    }
  })
})
