import { assert, describe, it } from "@effect/vitest"
import { assertRelations } from "./LimitRelations.ts"
import { Limits } from "./Limits.ts"

describe("the relations of the limits", () => {
  it("hold as they are", () => {
    assert.doesNotThrow(() => assertRelations(Limits))
  })

  it("name the one that a change has broken", () => {
    const changed = { ...Limits, heartbeatMs: Limits.offlineAfterMs } as unknown as typeof Limits
    assert.throws(() => assertRelations(changed), "heartbeatMs * 2 < offlineAfterMs does not hold")
  })
})
