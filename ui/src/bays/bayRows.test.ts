import { assert, describe, it } from "vitest"
import { bayRecords } from "#twins/miniature/MiniaturePlan.ts"
import { readRows, rowsOf, rowsText } from "./bayRows.ts"

const [one, two, three] = bayRecords
if (one === undefined || two === undefined || three === undefined) throw new Error("the plan has fewer than three bays")
const bays = [one, two, three]
const labelled = (label: string, at = 0) => ({ ...(bays[at] ?? one), label })
const standing = [
  { ...one, label: "A1", row: 2, place: 1 },
  { ...two, label: "A2", row: 1, place: 2 },
  { ...three, label: "A3", row: 1, place: 1 },
]

describe("the rows of a branch", () => {
  it("stand as somebody said, and the other bays where their boards have them", () => {
    const { rows, others } = rowsOf([...standing.slice(0, 2), { ...three, label: "A3" }])
    assert.deepStrictEqual(
      rows.map(({ number, bays: own }) => [number, own.map(({ label }) => label)]),
      [
        [1, ["A2"]],
        [2, ["A1"]],
      ],
    )
    assert.deepStrictEqual(
      others.map(({ label }) => label),
      ["A3"],
    )
  })

  it("are written a line each, and read again as they were", () => {
    assert.strictEqual(rowsText(standing), "A3 A2\nA1")
    assert.deepStrictEqual(readRows(rowsText(standing), standing), {
      rows: [[three.id, two.id], [one.id]],
      unknown: [],
      twice: [],
    })
  })

  it("are written a line a board while nobody has said anything", () => {
    const plain = [labelled("B2", 1), labelled("B1", 0)]
    assert.strictEqual(rowsText(plain), "B1 B2")
  })

  it("may have labels with spaces, between commas", () => {
    const named = [labelled("Near door", 0), labelled("Far", 1)]
    assert.strictEqual(rowsText(named), "Near door, Far")
    assert.deepStrictEqual(readRows(" far , near door ", named).rows, [[two.id, one.id]])
  })

  it("name what is no bay, and what comes twice", () => {
    const read = readRows("A1 Z9\n\n a1", standing)
    assert.deepStrictEqual([read.unknown, read.twice], [["Z9"], ["a1"]])
    assert.deepStrictEqual(readRows(" \n ", standing).rows, [])
  })
})
