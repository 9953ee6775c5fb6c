import { assert, describe, it } from "vitest"
import type { Branch, Chain } from "#core/api/Records.ts"
import { BranchId, ChainId } from "#core/domain/Ids.ts"
import type { TableSearch } from "../table/TableSearch.ts"
import { parseScopeSearch, scopeIn, type ScopeSearch, scopeText, withScope } from "./Scope.ts"

const id = (n: number) => `0000000${n}-0000-4000-8000-000000000000`
const times = { created_at: "2026-01-01T00:00:00.000Z", updated_at: "2026-01-01T00:00:00.000Z" }
const record = { active: true, simulated: false, version: 1, archived_at: null, ...times }
const chain = (n: number): Chain => ({ id: ChainId.make(id(n)), name: "C", slug: "c", description: null, ...record })
const branch = (n: number, of: number): Branch => ({
  id: BranchId.make(id(n)),
  chain_id: ChainId.make(id(of)),
  name: "B",
  branch_code: "B",
  address: null,
  city: null,
  latitude: null,
  longitude: null,
  timezone: "UTC",
  is_lending: true,
  is_returning: true,
  cart_identity: "bay_bound",
  ...record,
})
const chains = [chain(1), chain(2)]
const branches = [branch(3, 1), branch(4, 1), branch(5, 2)]
const held = (scope: string | undefined) => {
  const { holds } = scopeIn({ scope }, chains, branches)
  return branches.filter((one) => holds({ branch_id: one.id })).map((one) => Number(one.id[7]))
}

describe("the scope of a page", () => {
  it("is everything, a chain with its branches, or one branch", () => {
    assert.deepStrictEqual(held(undefined), [3, 4, 5])
    assert.deepStrictEqual(held(scopeText("chain", id(1))), [3, 4])
    assert.deepStrictEqual(held(scopeText("branch", id(5))), [5])
  })

  it("holds what belongs to a whole chain where the chain is shown, not where one branch is", () => {
    const place = { chain_id: id(1), branch_id: null }
    assert.isTrue(scopeIn({ scope: scopeText("chain", id(1)) }, chains, branches).holds(place))
    assert.isFalse(scopeIn({ scope: scopeText("branch", id(3)) }, chains, branches).holds(place))
    assert.isFalse(scopeIn({ scope: scopeText("chain", id(2)) }, chains, branches).holds(place))
  })

  it("is changed without anything else of the address, and from the first page on", () => {
    const before: TableSearch & ScopeSearch = { q: "x", page: 3, scope: "chain:1" }
    assert.deepStrictEqual(withScope(before, "chain:2"), { q: "x", scope: "chain:2" })
    assert.deepStrictEqual(withScope(before, undefined), { q: "x", scope: undefined })
  })

  it("is asked of the server by the same place", () => {
    assert.deepStrictEqual(scopeIn({ scope: scopeText("chain", id(2)) }, chains, branches).query, {
      chain_id: ChainId.make(id(2)),
    })
    assert.deepStrictEqual(scopeIn({ scope: scopeText("branch", id(4)) }, chains, branches).query, {
      branch_id: BranchId.make(id(4)),
    })
  })

  it("is everything where the address names a place that one does not see, or none at all", () => {
    assert.deepStrictEqual(held(scopeText("chain", id(9))), [3, 4, 5])
    for (const scope of ["planet:x", "chain:", `chain:${id(1)}:more`, 7, null]) {
      assert.deepStrictEqual(parseScopeSearch({ scope }), {})
    }
    assert.deepStrictEqual(parseScopeSearch({ scope: scopeText("chain", id(1)) }), { scope: scopeText("chain", id(1)) })
  })
})
