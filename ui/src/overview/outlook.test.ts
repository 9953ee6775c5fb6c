import { assert, describe, it } from "vitest"
import type { BranchStanding } from "#core/api/Overview.ts"
import { BranchId } from "#core/domain/Ids.ts"
import { minutesLeft, troubleOf } from "./outlook.ts"

const noCarts = { total: 20, reserved: 0, out: 0, overdue: 0, astray: 0, maintenance: 0, missing: 0, stale: 0 }
const standing = (available: number, taken: number, returned: number): BranchStanding => ({
  branch_id: BranchId.make("00000001-0000-4000-8000-000000000000"),
  carts: { ...noCarts, available },
  devices: { total: 1, online: 1 },
  alarms: { critical: 0, major: 0, minor: 0, warning: 0 },
  worst: null,
  taken_last_hour: taken,
  returned_last_hour: returned,
})

describe("whether carts run out", () => {
  it("is drawn from what left and what came back in the last hour", () => {
    assert.strictEqual(minutesLeft(standing(10, 30, 10)), 30)
    assert.strictEqual(minutesLeft(standing(10, 20, 10)), 60)
    assert.isUndefined(minutesLeft(standing(11, 20, 10)))
    assert.isUndefined(minutesLeft(standing(1, 10, 10)))
    assert.isUndefined(minutesLeft(standing(1, 10, 30)))
  })

  it("is so at once where none are left, and never where there were none", () => {
    assert.strictEqual(minutesLeft(standing(0, 0, 9)), 0)
    assert.isUndefined(minutesLeft({ ...standing(0, 0, 0), carts: { ...noCarts, total: 0, available: 0 } }))
  })
})

describe("the order of branches", () => {
  it("puts a worse alarm before many lesser ones, and any trouble before none", () => {
    const fine = standing(10, 0, 0)
    const minor = { ...fine, alarms: { ...fine.alarms, minor: 40 } }
    const critical = { ...fine, alarms: { ...fine.alarms, critical: 1 } }
    const dark = { ...fine, devices: { total: 1, online: 0 } }
    const order = [fine, minor, dark, critical].toSorted((a, b) => troubleOf(b) - troubleOf(a))
    assert.deepStrictEqual(order, [critical, minor, dark, fine])
  })
})
