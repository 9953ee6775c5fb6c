import { assert, describe, it } from "@effect/vitest"
import fc from "fast-check"
import { polarityOf, type SeenLock } from "./polarity.ts"

const locks = fc.uniqueArray(
  fc.record({
    lockIndex: fc.integer({ min: 0, max: 15 }),
    hook: fc.constantFrom("closed", "open"),
    presence: fc.constantFrom("present", "absent"),
  }),
  { selector: ({ lockIndex }) => lockIndex, minLength: 1, maxLength: 16 },
) as fc.Arbitrary<ReadonlyArray<SeenLock>>
const bit = fc.constantFrom(0 as const, 1 as const)

/** What a board of a polarity would say of these. */
const bitsOf = (seen: ReadonlyArray<SeenLock>, hookClosed: 0 | 1, present: 0 | 1) => {
  let [hooks, presences] = [0, 0]
  for (const { lockIndex, hook, presence } of seen) {
    if ((hook === "closed" ? hookClosed : 1 - hookClosed) === 1) hooks |= 1 << lockIndex
    if ((presence === "present" ? present : 1 - present) === 1) presences |= 1 << lockIndex
  }
  return { hooks, presences }
}

describe("the polarity of a board", () => {
  it("is the one with which it says what is seen", () => {
    fc.assert(
      fc.property(locks, bit, bit, (seen, hook_closed_bit, presence_bit) => {
        const found = polarityOf(bitsOf(seen, hook_closed_bit, presence_bit), seen)
        assert.deepStrictEqual(found, { hook_closed_bit, presence_bit })
      }),
    )
  })

  it("is none when one lock is not as it is said to be", () => {
    fc.assert(
      fc.property(
        locks.filter((seen) => seen.length > 1),
        bit,
        bit,
        ([first, ...others], hookBit, presentBit) => {
          if (first === undefined) return
          const other = { ...first, hook: first.hook === "closed" ? ("open" as const) : ("closed" as const) }
          assert.isUndefined(polarityOf(bitsOf([first, ...others], hookBit, presentBit), [other, ...others]))
        },
      ),
    )
  })
})
