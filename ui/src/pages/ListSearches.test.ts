import { assert, describe, it } from "vitest"
import { parseCartsSearch } from "./CartsSearch.ts"
import { parseCommandsSearch } from "./CommandsSearch.ts"
import { parseDevicesSearch } from "./DevicesSearch.ts"
import { parseRentalsSearch } from "./RentalsSearch.ts"

describe("which rows a list shows, by its address", () => {
  it("is one of what there is", () => {
    assert.deepStrictEqual(parseCartsSearch({ show: "stale", q: "7" }), { show: "stale", q: "7" })
    assert.deepStrictEqual(parseDevicesSearch({ show: "away" }), { show: "away" })
    assert.deepStrictEqual(parseCommandsSearch({ kind: "unlock", page: 2 }), { kind: "unlock", page: 2 })
    assert.deepStrictEqual(parseRentalsSearch({ group: "today" }), { group: "today" })
  })

  it("is all of them where the address says something else", () => {
    for (const nonsense of ["retired", "levitating", 7, null, undefined]) {
      assert.deepStrictEqual(parseCartsSearch({ show: nonsense }), {})
      assert.deepStrictEqual(parseDevicesSearch({ show: nonsense }), {})
      assert.deepStrictEqual(parseCommandsSearch({ kind: nonsense }), {})
      assert.deepStrictEqual(parseRentalsSearch({ group: nonsense }), {})
    }
    assert.deepStrictEqual(parseRentalsSearch({ group: "open" }), {})
  })
})
