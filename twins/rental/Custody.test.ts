import { assert, describe, it } from "vitest"
import { statesOf } from "../MachineCases.fixture.ts"
import type { Stored } from "../Stored.ts"
import { initialOf, step } from "../Twin.ts"
import { regionWord } from "../Words.ts"
import { custodyEvents, isOpenRental } from "./Custody.ts"

const at = 1_795_000_000_000
const own = "own"

const cartIn = (custody: string, rental: string | null): Stored => {
  const cart = initialOf("cart", at)
  return { ...cart, value: { dock: "secured", custody }, context: { bay: null, rental } }
}

const lifeOf = (state: string): Stored["value"] => {
  const [outer = "", inner] = state.slice("life.".length).split(".")
  return { life: inner === undefined ? outer : { [outer]: inner } }
}

/** Where a cart is after the events that a rental in this state leads to. */
const custodyAfter = (state: string, cart: Stored): string => {
  const after = custodyEvents(own, lifeOf(state), cart, at).reduce((one, event) => {
    const stepped = step(one, event)
    assert.isTrue(stepped.accepted, `${event.type} in ${JSON.stringify(one.value)}`)
    return stepped.next
  }, cart)
  return regionWord(after.value, "custody")
}

const table: Readonly<Record<string, readonly [custodyOfReserved: string, custodyOfRented: string]>> = {
  "life.new": ["reserved", "rented"],
  "life.assigning": ["available", "rented"],
  "life.unlocking": ["reserved", "rented"],
  "life.verifying": ["reserved", "rented"],
  "life.uncertain": ["reserved", "rented"],
  "life.pickup.waiting": ["reserved", "rented"],
  "life.pickup.nagging": ["reserved", "rented"],
  "life.active.inTime": ["rented", "rented"],
  "life.active.dueSoon": ["rented", "rented"],
  "life.overdue.mild": ["overdue", "overdue"],
  "life.overdue.serious": ["overdue", "overdue"],
  "life.overdue.severe": ["overdue", "overdue"],
  "life.settling": ["rented", "rented"],
  "life.disputed": ["reserved", "rented"],
  "life.forceCompleted": ["available", "available"],
  "life.failed": ["available", "rented"],
  "life.cancelled": ["available", "rented"],
  "life.refused": ["available", "rented"],
}

describe("who has the cart of a rental", () => {
  for (const [state, [ofReserved, ofRented]] of Object.entries(table)) {
    it(`is ${ofReserved} or ${ofRented} while ${state}`, () => {
      assert.strictEqual(custodyAfter(state, cartIn("reserved", own)), ofReserved)
      assert.strictEqual(custodyAfter(state, cartIn("rented", own)), ofRented)
    })
  }

  it("is told for every state", () => {
    const others = ["life.returned", "life.returnedLate", "life.overdue.lost"]
    assert.sameMembers([...Object.keys(table), ...others], [...statesOf("rental")])
  })

  it("is nobody after a return, from wherever it was out, also when nobody had said yet that it was", () => {
    for (const state of ["life.returned", "life.returnedLate"]) {
      for (const custody of ["reserved", "rented", "overdue", "missing"]) {
        assert.strictEqual(custodyAfter(state, cartIn(custody, own)), "available")
      }
    }
  })

  it("is missing when the rental is lost", () => {
    assert.strictEqual(custodyAfter("life.overdue.lost", cartIn("overdue", own)), "missing")
  })

  it("is the shopper when a rental goes on that was closed by hand", () => {
    for (const state of ["life.active.inTime", "life.active.dueSoon"]) {
      assert.strictEqual(custodyAfter(state, cartIn("missing", null)), "rented")
      assert.strictEqual(custodyAfter(state, cartIn("available", null)), "rented")
    }
  })

  it("is nobody's to lend when the rental was closed by hand and the cart is not in its bay", () => {
    for (const custody of ["rented", "overdue", "missing"]) {
      const cart = { ...cartIn(custody, own), value: { dock: "away", custody } }
      assert.strictEqual(custodyAfter("life.forceCompleted", cart), "missing")
    }
  })

  it("is not touched by a rental that has the cart no more", () => {
    for (const state of ["life.failed", "life.cancelled", "life.returned", "life.assigning"]) {
      assert.deepStrictEqual(custodyEvents(own, lifeOf(state), cartIn("reserved", "another"), at), [])
    }
  })
})

describe("an open rental", () => {
  it("is every one that binds a cart or may do so yet", () => {
    const open = statesOf("rental").filter((state) => isOpenRental(lifeOf(state)))
    const ended = ["returned", "returnedLate", "disputed", "forceCompleted", "failed", "cancelled", "refused"]
    assert.sameMembers([...open, ...ended.map((state) => `life.${state}`)], [...statesOf("rental")])
  })
})
