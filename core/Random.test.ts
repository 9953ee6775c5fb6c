import { assert, describe, it } from "vitest"
import { randomOf } from "./Random.ts"

const drawn = (seed: number | string, label: string, count = 8) => {
  const random = randomOf(seed, label)
  return Array.from({ length: count }, () => random.int(0, 1_000_000))
}

describe("labelled random streams", () => {
  it("gives the same numbers for the same seed and label, on every machine", () => {
    assert.deepStrictEqual(drawn(7, "mechanics"), drawn(7, "mechanics"))
    assert.deepStrictEqual(drawn(7, "mechanics", 3), [835_697, 980_013, 159_396])
  })

  it("gives other numbers for another label or another seed", () => {
    assert.notDeepEqual(drawn(7, "mechanics"), drawn(7, "arrivals"))
    assert.notDeepEqual(drawn(7, "mechanics"), drawn(8, "mechanics"))
  })

  it("keeps a stream unshifted however often another one is drawn from", () => {
    const alone = drawn(7, "mechanics")
    const other = randomOf(7, "arrivals")
    const mixed = randomOf(7, "mechanics")
    const beside = Array.from({ length: 8 }, () => {
      other.next()
      return mixed.int(0, 1_000_000)
    })
    assert.deepStrictEqual(beside, alone)
  })

  it("spreads evenly over a range and never leaves it", () => {
    const random = randomOf(1, "spread")
    const counts = new Map<number, number>()
    for (let draw = 0; draw < 60_000; draw++) {
      const value = random.int(-1, 5)
      counts.set(value, (counts.get(value) ?? 0) + 1)
    }
    assert.deepStrictEqual([...counts.keys()].sort(), [-1, 0, 1, 2, 3, 4])
    for (const count of counts.values()) assert.closeTo(count, 10_000, 500)
  })

  it("is true as often as the probability says, and always or never at its ends", () => {
    const random = randomOf(1, "chance")
    const hits = Array.from({ length: 20_000 }, () => random.chance(0.2)).filter(Boolean).length
    assert.closeTo(hits, 4_000, 250)
    assert.isFalse(random.chance(0))
    assert.isTrue(random.chance(1))
  })

  it("picks an item of a list and nothing from an empty one", () => {
    const random = randomOf(1, "pick")
    assert.include(["a", "b", "c"], random.pick(["a", "b", "c"]))
    assert.isUndefined(random.pick([]))
  })
})
