import { assert, describe, it } from "vitest"
import { demoSearchText, parseDemoSearch } from "./DemoSearch.ts"

describe("the address of the demo", () => {
  it("leads back to the same view", () => {
    const search = { seed: 7, speed: 16, bay: "B3", twin: "cart", step: "jam" } as const
    assert.deepEqual(parseDemoSearch(demoSearchText(search)), search)
  })

  it.each(["", "?seed=-1", "?seed=1.5", "?seed=1e99", "?speed=1000&bay=Z9&twin=rental&step=nowhere", "?seed=%00"])(
    "means the first day when it says nothing that is understood: %s",
    (text) => {
      assert.deepEqual(parseDemoSearch(text), { seed: 1, speed: 1, bay: "A1", twin: "bay", step: "branch" })
    },
  )
})
