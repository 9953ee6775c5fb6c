import { assert, describe, it } from "vitest"
import { initialOf } from "./Twin.ts"
import { machines } from "./Machines.ts"
import { reportedValue, whyIncompatible } from "./Compatibility.ts"

const { context } = initialOf("bay", 0)
/** A bay machine two versions on: `secured` was once called `parked`, and `trusted` is of the third version. */
const third = {
  version: 3,
  migrations: {
    1: ({ value, ...old }: { value: unknown; context: never; deadlines: never }) => ({
      ...old,
      value: renamed(value, "latch", "parked", "secured"),
    }),
    2: ({ value, ...old }: { value: unknown; context: never; deadlines: never }) => ({
      ...old,
      value: renamed(value, "sensor", "fine", "trusted"),
    }),
  },
} as never

const renamed = (value: unknown, region: string, from: string, to: string): never =>
  Object.fromEntries(
    Object.entries(Object(value)).map(([name, state]) => [name, name === region && state === from ? to : state]),
  ) as never

describe("what a device runs", () => {
  const versions = { device: 1, controller: 1, bay: 1, cart: 1 }

  it("CW-MQTT-703: is read when it is the same, or older with migrations", () => {
    assert.isUndefined(whyIncompatible(versions))
    assert.isUndefined(whyIncompatible(versions, { ...machines, bay: third }))
    assert.isUndefined(whyIncompatible({}))
  })

  const refusals: ReadonlyArray<readonly [what: string, theirs: Record<string, number>, reason: string, says: string]> =
    [
      ["newer", { ...versions, bay: machines.bay.version + 1 }, "machine_too_new", "update the cloud"],
      ["not known here", { ...versions, trolley: 1 }, "machine_unknown", "update the cloud"],
      ["a name of every object", { ...versions, constructor: 1 }, "machine_unknown", "update the cloud"],
    ]
  for (const [what, theirs, reason, says] of refusals) {
    it(`CW-MQTT-703: is refused with what to do when it is ${what}`, () => {
      const why = whyIncompatible(theirs)
      assert.strictEqual(why?.reason, reason)
      assert.include(why?.detail, says)
    })
  }

  it("CW-MQTT-703: is refused when no migration leads here from it", () => {
    const gap = { ...Object(third), migrations: { 2: Object(third).migrations[2] } } as never
    const why = whyIncompatible(versions, { ...machines, bay: gap })
    assert.deepInclude(why, { reason: "machine_too_old" })
    assert.include(why?.detail, "update the device")
  })

  const old = { latch: "parked", sensor: "fine", service: "inService" }
  it("is brought up to date value by value, from whichever version", () => {
    const now = { latch: "secured", sensor: "trusted", service: "inService" }
    assert.deepStrictEqual(reportedValue("bay", 1, old, context, third), now)
    assert.deepStrictEqual(reportedValue("bay", 2, { ...old, latch: "secured" }, context, third), now)
    assert.deepStrictEqual(reportedValue("bay", 3, now, context, third), now)
  })

  it("CW-MQTT-704: is not read when it is newer, or a migration cannot take it", () => {
    assert.isUndefined(reportedValue("bay", 4, old, context, third))
    const breaks = { version: 2, migrations: { 1: () => assert.fail("a migration of our own fails") } } as never
    assert.isUndefined(reportedValue("bay", 1, old, context, breaks))
  })
})
