import { assert, describe, it } from "vitest"
import { BranchSearch, withBay, withCommand, withoutAsk, withShow } from "./BranchSearch.ts"

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

  it("follows no command and asks nothing without its bay", () => {
    assert.deepStrictEqual(BranchSearch.parse({ command: id, ask: "unlock" }), {})
    assert.deepStrictEqual(BranchSearch.parse({ bay: id, ask: "explode" }), { bay: id })
  })

  it("asks once: neither another bay nor a command goes on asking", () => {
    const search = BranchSearch.parse({ bay: id, ask: "unlock", show: "empty" })
    assert.deepStrictEqual(search, { bay: id, ask: "unlock", show: "empty" })
    assert.deepStrictEqual(withoutAsk(search), { bay: id, show: "empty" })
    assert.deepStrictEqual(withBay(search, "b"), { bay: "b", show: "empty" })
    assert.deepStrictEqual(withCommand(search, id), { bay: id, command: id, show: "empty" })
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
