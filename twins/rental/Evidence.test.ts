import { assert, describe, it } from "vitest"
import { CommandStage } from "#core/domain/Command.ts"
import { CommandId } from "#core/domain/Ids.ts"
import { Announcement } from "#core/domain/TwinEvent.ts"
import { statesOf } from "../MachineCases.fixture.ts"
import type { Stored } from "../Stored.ts"
import { initialOf, step } from "../Twin.ts"
import { eventOfAnnouncement, eventOfStage } from "./Evidence.ts"

const at = 1_795_000_000_000
const value = { latch: "secured", sensor: "trusted", service: "inService" }
const command = CommandId.make("00000000-0000-4000-8000-0000000000d1")
const bay = "00000000-0000-4000-8000-0000000000b1"

const rentalIn = (state: string): Stored => {
  const rental = initialOf("rental", at)
  const [outer = "", inner] = state.split(".")
  const value = { life: inner === undefined ? outer : { [outer]: inner } }
  return { ...rental, value, context: { ...rental.context, command, bay, cart: bay, attempts: 1 } }
}

describe("evidence of a rental's bay", () => {
  it("is only ever an event that the rental takes, or one it is meant to refuse because it has ended", () => {
    for (const state of statesOf("rental").map((one) => one.slice("life.".length))) {
      const rental = rentalIn(state)
      for (const what of Announcement.literals) {
        const event = eventOfAnnouncement(what, rental, { at, commandId: null, value })
        if (event === undefined || !step(rental, event).accepted) continue
        assert.include(["REMOVED", "RELATCHED", "RETURN_DETECTED"], what)
      }
    }
  })

  it("starts no rental by a lock that says it opened", () => {
    for (const state of ["unlocking", "verifying", "uncertain", "pickup.waiting"]) {
      const event = eventOfStage("confirmed", null, command, at)
      assert.isDefined(event)
      const { value } = step(rentalIn(state), event).next
      assert.notInclude(JSON.stringify(value), "active")
    }
  })

  it("is a return only while the cart is out, one not taken while it is waited for, and taken again only right after", () => {
    const types = (what: Announcement) =>
      Object.fromEntries(
        ["pickup.waiting", "active.inTime", "overdue.lost", "settling"].map((state) => [
          state,
          eventOfAnnouncement(what, rentalIn(state), { at, commandId: null, value })?.type,
        ]),
      )
    assert.deepStrictEqual(types("RETURN_DETECTED"), {
      "pickup.waiting": "rental.relatched",
      "active.inTime": "rental.returnSeen",
      "overdue.lost": "rental.returnSeen",
      settling: undefined,
    })
    assert.deepStrictEqual(types("REMOVED"), {
      "pickup.waiting": "rental.removed",
      "active.inTime": undefined,
      "overdue.lost": undefined,
      settling: "rental.returnLost",
    })
  })

  it("lets a return hold when the bay is opened for somebody else before it has settled", () => {
    const opened = (commandId: string) =>
      eventOfAnnouncement("UNLOCK_CONFIRMED", rentalIn("settling"), { at, commandId, value })
    assert.deepStrictEqual(opened("another"), { type: "rental.returnHeld", at })
    assert.isUndefined(opened(command))
  })

  it("is no return in a pool, where the cart that came may be anybody's", () => {
    const seen = { at, commandId: null, value }
    assert.isUndefined(eventOfAnnouncement("RETURN_DETECTED", rentalIn("active.inTime"), seen, "pool"))
    assert.strictEqual(eventOfAnnouncement("REMOVED", rentalIn("pickup.waiting"), seen, "pool")?.type, "rental.removed")
  })

  it("is no return while the sensor of the bay is in doubt", () => {
    const doubted = { at, commandId: null, value: { ...value, sensor: "suspect" } }
    for (const state of ["active.inTime", "pickup.nagging"]) {
      assert.isUndefined(eventOfAnnouncement("RETURN_DETECTED", rentalIn(state), doubted), state)
    }
  })

  it("is no pickup when the cart leaves under somebody else's unlock, or under none", () => {
    for (const state of ["unlocking", "verifying", "uncertain", "assigning"]) {
      for (const commandId of [null, bay]) {
        assert.isUndefined(eventOfAnnouncement("REMOVED", rentalIn(state), { at, commandId, value }), state)
        assert.isUndefined(eventOfAnnouncement("UNLOCK_CONFIRMED", rentalIn(state), { at, commandId, value }), state)
      }
      const own = { at, commandId: command, value }
      assert.strictEqual(eventOfAnnouncement("REMOVED", rentalIn(state), own)?.type, "rental.removed")
      assert.strictEqual(eventOfAnnouncement("UNLOCK_CONFIRMED", rentalIn(state), own)?.type, "rental.unlockConfirmed")
    }
  })

  it("is nothing before there is a bay and a command", () => {
    assert.isUndefined(eventOfAnnouncement("REMOVED", initialOf("rental", at), { at, commandId: command, value }))
  })
})

describe("a stage of a rental's unlock", () => {
  const outcomes: Readonly<Partial<Record<CommandStage, string>>> = {
    confirmed: "rental.unlockConfirmed",
    failed: "rental.unlockFailed",
    rejected: "rental.unlockFailed",
    expired: "rental.unlockExpired",
    unknown: "rental.unlockUnknown",
  }
  for (const stage of CommandStage.literals) {
    it(`means ${outcomes[stage] ?? "nothing yet"} when it is ${stage}`, () => {
      assert.strictEqual(eventOfStage(stage, null, command, at)?.type, outcomes[stage])
    })
  }
})
