import { assert, describe, it } from "vitest"
import { BranchSearch, withBay, withCommand, withShow } from "./BranchSearch.ts"

const id = "00000000-0000-4000-8000-000000000001"

describe("the address of a branch page", () => {
  it("says which bay, twin, command and group are shown", () => {
    const search = { bay: id, twin: "cart", command: id, show: "attention" } as const
    assert.deepStrictEqual(BranchSearch.parse(search), search)
  })

  it("loses what cannot be read instead of failing", () => {
    const search = { bay: "A1", twin: "zeppelin", command: 7, show: ["empty"], other: "x" }
    assert.deepStrictEqual(BranchSearch.parse(search), {})
  })

  it("follows no command without its bay", () => {
    assert.deepStrictEqual(BranchSearch.parse({ command: id }), {})
  })

  it("changes one thing at a time", () => {
    const search = { bay: id, twin: "cart", command: id, show: "empty" } as const
    assert.deepStrictEqual(withBay(search, undefined), { show: "empty" })
    assert.deepStrictEqual(withBay(search, "b"), { bay: "b", twin: "cart", show: "empty" })
    assert.deepStrictEqual(withCommand(search, undefined), { bay: id, twin: "cart", show: "empty" })
    assert.deepStrictEqual(withCommand({ bay: id }, id), { bay: id, command: id })
    assert.deepStrictEqual(withShow(search, undefined), { bay: id, twin: "cart", command: id })
  })
})
