import fc from "fast-check"
import { assert, describe, it } from "vitest"
import { roundsOf } from "./Rounds.ts"

interface Said {
  readonly device: string
  readonly isFacts: boolean
  readonly n: number
}

const said = (text: string): ReadonlyArray<Said> =>
  text.split(" ").map((one, n) => ({ device: one.slice(0, 1), isFacts: one.endsWith("f"), n }))
const shown = (text: string) =>
  roundsOf(said(text), (one) => one).map(({ items }) =>
    items.map(({ device, isFacts }) => `${device}${isFacts ? "f" : "o"}`).join(" "),
  )

describe("the rounds of a batch", () => {
  it("take the facts of all devices together, and of the rest one message of each device", () => {
    assert.deepStrictEqual(shown("ao af bo bf co cf"), ["ao bo co", "af bf cf"])
    assert.deepStrictEqual(shown("af bf af bo cf"), ["af bf af cf", "bo"])
    assert.deepStrictEqual(shown("ao ao bo"), ["ao bo", "ao"])
  })

  it("leave out nothing, repeat nothing, and keep what each device says in order", () => {
    const one = fc.record({ device: fc.constantFrom("a", "b", "c"), isFacts: fc.boolean() })
    fc.assert(
      fc.property(fc.array(one, { maxLength: 40 }), (all) => {
        const items = all.map((item, n): Said => ({ ...item, n }))
        const rounds = roundsOf(items, (item) => item)
        const worked = rounds.flatMap((round) => round.items)
        assert.sameMembers(
          worked.map(({ n }) => n),
          items.map(({ n }) => n),
        )
        for (const device of ["a", "b", "c"]) {
          const order = worked.filter((item) => item.device === device).map(({ n }) => n)
          assert.deepStrictEqual(
            order,
            order.toSorted((a, b) => a - b),
          )
        }
        for (const { isFacts, items: together } of rounds) {
          assert.isTrue(together.every((item) => item.isFacts === isFacts))
          if (!isFacts) assert.strictEqual(new Set(together.map(({ device }) => device)).size, together.length)
        }
      }),
    )
  })
})
