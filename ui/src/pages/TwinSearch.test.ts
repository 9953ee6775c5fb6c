import { assert, describe, it } from "vitest"
import { TwinSearch, withRevision, withView } from "./TwinSearch.ts"

describe("the address of a twin's page", () => {
  it("names a view and a moment, and passes over what it cannot read", () => {
    assert.deepStrictEqual(TwinSearch.parse({ view: "why", revision: 12 }), { view: "why", revision: 12 })
    for (const revision of ["12", -1, 1.5, Infinity, null]) {
      assert.deepStrictEqual(TwinSearch.parse({ view: "levitate", revision }), {})
    }
  })

  it("keeps the moment when another view is opened, and the view when the moment changes", () => {
    assert.deepStrictEqual(withView({ view: "why", revision: 3 }, "memory"), { view: "memory", revision: 3 })
    assert.deepStrictEqual(withView({ view: "why" }, "history"), {})
    assert.deepStrictEqual(withRevision({ view: "why", revision: 3 }, undefined), { view: "why" })
  })
})
