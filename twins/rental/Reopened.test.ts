import { assert, describe, it } from "@effect/vitest"
import { BayId, CartId, CommandId } from "#core/domain/Ids.ts"
import type { RentalEvent } from "#core/domain/Rental.ts"
import { Limits } from "#core/Limits.ts"
import { initialOf, step } from "../Twin.ts"
import { regionWord } from "../Words.ts"

const at = 1_795_000_000_000
const hour = 3_600_000
const bayId = BayId.make("00000000-0000-4000-8000-0000000000b1")
const otherBay = BayId.make("00000000-0000-4000-8000-0000000000b2")
const commandId = CommandId.make("00000000-0000-4000-8000-0000000000d1")
const cartId = CartId.make("00000000-0000-4000-8000-0000000000c1")
const policy = { lendMs: 2 * hour, soonMs: 900_000, graceMs: 600_000, lostMs: 24 * hour }

const after = (...events: ReadonlyArray<RentalEvent>) => {
  let rental = initialOf("rental", at)
  for (const event of events) {
    const stepped = step(rental, event)
    assert.isTrue(stepped.accepted, `${event.type} while ${regionWord(rental.value, "life")}`)
    rental = stepped.next
  }
  return rental
}
const taken = [
  { type: "rental.requested", policy, at },
  { type: "rental.reserved", cartId, bayId, commandId, at },
  { type: "rental.removed", commandId, at },
] as const satisfies ReadonlyArray<RentalEvent>
const returned = [
  ...taken,
  { type: "rental.returnSeen", bayId, confidence: "medium", at: at + hour },
  { type: "rental.returnHeld", at: at + hour },
] as const satisfies ReadonlyArray<RentalEvent>

describe("a rental whose return was another's", () => {
  it("goes on where the time says, as if nothing had come back, and expects its cart where it now belongs", () => {
    const reopened = { type: "rental.reopened", bayId: otherBay, reason: "it was cart 7", at: at + 2 * hour } as const
    const { context, deadlines, value } = after(...returned, reopened)
    assert.strictEqual(regionWord(value, "life"), "active.dueSoon")
    assert.deepInclude(context, { bay: otherBay, returnBay: null, endedAt: null, pickedUpAt: at, dueAt: at + 2 * hour })
    assert.deepStrictEqual(
      deadlines.map(({ dueAt }) => dueAt),
      [at + 2 * hour + policy.graceMs],
    )
  })

  it("stays ended when that is said a day after it", () => {
    const late = at + hour + Limits.rentalDisputeWindowMs + 1
    const event = { type: "rental.reopened", bayId: otherBay, reason: "it was cart 7", at: late } as const
    assert.isFalse(step(after(...returned), event).accepted)
  })
})

describe("a rental whose cart is out", () => {
  it("expects it in the bay that it belongs in from now on", () => {
    const { context, value } = after(...taken, { type: "rental.rehomed", bayId: otherBay, at: at + 1 })
    assert.strictEqual(context["bay"], otherBay)
    assert.strictEqual(regionWord(value, "life"), "active.inTime")
  })

  it("is due earlier when the shop closes, and reminded then", () => {
    const closing = { type: "rental.storeClosing", dueAt: at + hour, at: at + 1 } as const
    const { context, deadlines } = after(...taken, closing)
    assert.strictEqual(context["dueAt"], at + hour)
    assert.deepStrictEqual(
      deadlines.map(({ dueAt }) => dueAt),
      [at + hour - policy.soonMs],
    )
    assert.isFalse(step(after(...taken, closing), { ...closing, dueAt: at + 3 * hour }).accepted)
  })
})
