import { assert, describe, it } from "vitest"
import { BayId, TwinKind } from "#core/domain/Ids.ts"
import { Limits } from "#core/Limits.ts"
import { exploreAll } from "./Exploration.fixture.ts"
import { cases } from "./Reachable.fixture.ts"
import type { Stored } from "./Stored.ts"
import { initialOf, step, whyNot } from "./Twin.ts"

const at = 1_795_000_000_000
const bayId = BayId.make("00000000-0000-4000-8000-00000000000b")
const available = step(initialOf("cart", at), { type: "cart.placed", bayId, at }).next
const reservation = "xstate.after.reservation.cart.custody.reserved"
const reserved = step(available, { type: "cart.reserved", rentalId: "r", at }).next

describe("the first state of a twin", () => {
  it("is of this version, has changed nothing yet, and knows nothing", () => {
    assert.deepStrictEqual(initialOf("bay", at), {
      machine: "bay",
      version: 1,
      value: { latch: "dark", sensor: "trusted", service: "inService" },
      context: { hook: null, presence: null, command: null, expiresAt: 0, pulses: 0, failures: 0 },
      deadlines: [],
      revision: 0,
    })
  })
  it("counts its deadlines from when it began", () => {
    assert.deepStrictEqual(initialOf("controller", at).deadlines, [
      { id: "xstate.after.probeWindow.controller.link.probing", dueAt: at + Limits.probeWindowMs },
    ])
  })
})

describe("step", () => {
  it("gives the deadlines of a state when it is entered, and takes them back when it is left", () => {
    assert.deepStrictEqual(reserved.deadlines, [{ id: reservation, dueAt: at + Limits.reservationMs }])
    const cancelled = step(reserved, { type: "cart.reservationCancelled", at })
    assert.deepStrictEqual(cancelled.next.deadlines, [])
  })

  it("keeps the deadlines of a region that an event does not move", () => {
    const moved = step(reserved, { type: "dock.secured", at: at + 1 }).next
    assert.deepStrictEqual(moved.deadlines, reserved.deadlines)
  })

  it("takes a deadline once", () => {
    const due = { type: "deadline.due", id: reservation, dueAt: at + Limits.reservationMs, at: at + 70_000 } as const
    const fired = step(reserved, due)
    assert.isTrue(fired.accepted)
    assert.deepInclude(fired.next, { deadlines: [], revision: reserved.revision + 1 })
    assert.strictEqual(step(fired.next, due).reason, "deadline_not_pending")
  })

  it("takes no event in the place of a deadline, even if it was stored as one", () => {
    const tampered: Stored = { ...available, deadlines: [{ id: "cart.retired", dueAt: at }] }
    const due = { type: "deadline.due", id: "cart.retired", dueAt: at, at } as const
    assert.deepStrictEqual(step(tampered, due), {
      next: tampered,
      intents: [],
      accepted: false,
      reason: "deadline_not_pending",
    })
  })

  it("refuses the events of other twins", () => {
    const event = { type: "controller.silenced", at } as const
    assert.deepStrictEqual(step(available, event), {
      next: available,
      intents: [],
      accepted: false,
      reason: "not_possible_now",
    })
    assert.strictEqual(whyNot(available, event), "not_possible_now")
  })

  it("takes an event that leads to where the twin already is", () => {
    const bay = initialOf("bay", at)
    const { accepted, next } = step(bay, { type: "bay.serviceSet", service: "inService", at })
    assert.isTrue(accepted)
    assert.deepStrictEqual(next, { ...bay, revision: 1 })
  })

  it("does not let a twin move by itself on an event it does not know", () => {
    // Never stored by us: a device that is away and yet in sync.
    const device: Stored = {
      ...initialOf("device", at),
      value: { connection: "offline", sync: "inSync", health: "ok" },
    }
    assert.isFalse(step(device, { type: "device.silenced", at }).accepted)
  })

  it("gives the same whatever the order in which a database returns the regions", () => {
    const turned: Stored = { ...reserved, value: { custody: "reserved", dock: "unknown" } }
    const event = { type: "cart.rented", rentalId: "r", at } as const
    assert.deepStrictEqual(step(turned, event), step(reserved, event))
  })

  it("is not confused by twins of one kind that take turns", () => {
    const other = step(available, { type: "cart.maintenanceStarted", reason: "wheel", at }).next
    const rented = step(available, { type: "cart.rented", rentalId: "r", at })
    assert.deepInclude(step(other, { type: "cart.maintenanceEnded", at }).next, {
      context: { bay: bayId, rental: null },
    })
    assert.deepInclude(rented.next, { context: { bay: bayId, rental: "r" } })
  })
})

describe("why not", () => {
  for (const kind of TwinKind.literals) {
    it(`of a ${kind} says just what a step would, in every state it can be in and of every event`, () => {
      for (const { before, event, stepped } of exploreAll(cases[kind]).tried) {
        assert.strictEqual(whyNot(before, event), stepped.reason, `${JSON.stringify(before.value)} ${event.type}`)
      }
    })
  }
})
