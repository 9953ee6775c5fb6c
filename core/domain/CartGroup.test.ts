import { assert, describe, it } from "vitest"
import { machines } from "#twins/Machines.ts"
import { CartGroup, cartGroupOf } from "./CartGroup.ts"

describe("what a cart counts as", () => {
  it("is available only while it is latched and nobody has it", () => {
    assert.strictEqual(cartGroupOf({ dock: "secured", custody: "available" }), "available")
    for (const dock of ["unknown", "releasing", "released", "away"]) {
      assert.strictEqual(cartGroupOf({ dock, custody: "available" }), "astray", dock)
    }
    assert.strictEqual(cartGroupOf({ dock: "secured", custody: "unplaced" }), "astray")
  })

  it("is what its custody says, wherever it stands", () => {
    assert.strictEqual(cartGroupOf({ dock: "secured", custody: "reserved" }), "reserved")
    assert.strictEqual(cartGroupOf({ dock: "away", custody: "rented" }), "out")
    assert.strictEqual(cartGroupOf({ dock: "away", custody: "overdue" }), "overdue")
    assert.strictEqual(cartGroupOf({ dock: "secured", custody: "missing" }), "missing")
  })

  it("has a group of its own for every custody there is", () => {
    const custodies = Object.keys(machines.cart.machine.root.states["custody"]?.states ?? {})
    assert.isAbove(custodies.length, 5)
    const groups = new Set(custodies.map((custody) => cartGroupOf({ dock: "secured", custody })))
    assert.deepStrictEqual([...groups].sort(), [...CartGroup.literals].sort())
  })
})
