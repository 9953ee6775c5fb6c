import { assert, describe, it } from "@effect/vitest"
import { Limits } from "#core/Limits.ts"
import { attributeReturn, type ReturnCandidate, type SeenReturn } from "./attributeReturn.ts"

const at = 1_795_000_000_000
const hour = 3_600_000

const out = (rentalId: string, homeBayId: string | null, over: Partial<ReturnCandidate> = {}): ReturnCandidate => ({
  rentalId,
  homeBayId,
  pickedUpAt: at - hour,
  dueAt: at + hour,
  intent: null,
  ...over,
})
const seen = (candidates: ReadonlyArray<ReturnCandidate>, over: Partial<SeenReturn> = {}): SeenReturn => ({
  bayId: "b1",
  at,
  identity: "bay_bound",
  isOwnOut: false,
  straysOut: 0,
  candidates,
  ...over,
})
const pool = { identity: "pool" } as const
const said = (how: "declared" | "scanned", bayId = "b1", agoMs = 60_000) => ({ intent: { how, bayId, at: at - agoMs } })

describe("a return", () => {
  it("ends the rental whose cart belongs in the bay, where each cart has its own", () => {
    assert.deepStrictEqual(attributeReturn(seen([out("r1", "b1"), out("r2", "b2")])), {
      is: "rental",
      rentalId: "r1",
      rule: "home",
    })
  })

  it("is nobody's by its place in a pool, where any cart stands in any bay", () => {
    assert.deepStrictEqual(attributeReturn(seen([out("r2", "b2"), out("r1", "b1")], pool)), {
      is: "several",
      rentalIds: ["r1", "r2"],
    })
  })

  it("is of the shopper who announced it and was given that bay", () => {
    const candidates = [out("r1", "b9"), out("r2", "b2", said("declared"))]
    for (const identity of ["bay_bound", "pool"] as const) {
      assert.deepStrictEqual(attributeReturn(seen(candidates, { identity })), {
        is: "rental",
        rentalId: "r2",
        rule: "declared",
      })
    }
  })

  it("is of the shopper who has scanned the bay, also a moment after it", () => {
    for (const agoMs of [60_000, -60_000]) {
      const candidates = [out("r1", "b9"), out("r2", "b2", said("scanned", "b1", agoMs))]
      assert.deepInclude(attributeReturn(seen(candidates, pool)), { rentalId: "r2", rule: "scanned" })
    }
  })

  it("is not of whoever announced it at another bay, or too long ago", () => {
    const elsewhere = [out("r1", "b8"), out("r2", "b2", said("declared", "b7"))]
    const longAgo = [out("r1", "b8"), out("r2", "b2", said("declared", "b1", Limits.returnIntentMs + 1))]
    for (const candidates of [elsewhere, longAgo]) {
      assert.strictEqual(attributeReturn(seen(candidates)).is, "several")
    }
  })

  it("is for a person when two have announced it at one bay", () => {
    const candidates = [out("r1", "b8", said("declared")), out("r2", "b2", said("declared"))]
    assert.strictEqual(attributeReturn(seen(candidates)).is, "several")
  })

  it("is of the only one who has a cart, but less surely", () => {
    for (const identity of ["bay_bound", "pool"] as const) {
      assert.deepStrictEqual(attributeReturn(seen([out("r1", "b8")], { identity })), {
        is: "rental",
        rentalId: "r1",
        rule: "only",
      })
    }
  })

  it("is for a person when a cart that nobody has may have come back as well", () => {
    assert.deepStrictEqual(attributeReturn(seen([out("r1", "b8")], { straysOut: 1 })), {
      is: "several",
      rentalIds: ["r1"],
    })
  })

  it("is for a person when several have one: those that belong there first, then those that are due first", () => {
    const candidates = [out("late", "b9", { dueAt: at + 3 }), out("soon", "b8", { dueAt: at + 2 }), out("home", "b1")]
    assert.deepStrictEqual(attributeReturn(seen(candidates, pool)), {
      is: "several",
      rentalIds: ["home", "soon", "late"],
    })
  })

  it("is a stray cart's when nobody has one, or when the bay's own cart was out and nobody had it", () => {
    assert.deepStrictEqual(attributeReturn(seen([])), { is: "stray" })
    assert.deepStrictEqual(attributeReturn(seen([out("r1", "b8")], { isOwnOut: true, straysOut: 1 })), { is: "stray" })
  })

  it("is not of somebody who had not taken a cart yet", () => {
    assert.deepStrictEqual(attributeReturn(seen([out("r1", "b1", { pickedUpAt: at + 1 })])), { is: "stray" })
  })
})
