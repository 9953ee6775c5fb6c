import { assert, describe, it } from "@effect/vitest"
import fc from "fast-check"

import { Limits } from "#core/Limits.ts"

import { type Debounced, forget, observe, type Reading, unread } from "./Debounce.ts"

const parked: Reading = { hook: "closed", presence: "present" }
const ajar: Reading = { hook: "open", presence: "present" }
const gone: Reading = { hook: "open", presence: "absent" }

/** Feeds reads 100 ms apart and gives what was believed, in order. */
const beliefs = (reads: ReadonlyArray<Reading>, from: Debounced = unread) => {
  let state = from
  const believed: Array<Reading> = []
  for (const [index, reading] of reads.entries()) {
    const observation = observe(state, reading, index * 100)
    state = observation.next
    if (observation.believed !== undefined) believed.push(observation.believed)
  }
  return { state, believed }
}

describe("debouncing", () => {
  it("believes the second equal read", () => {
    assert.deepStrictEqual(beliefs([parked]).believed, [])
    assert.deepStrictEqual(beliefs([parked, parked]).believed, [parked])
  })

  it("says a belief once", () => assert.deepStrictEqual(beliefs([parked, parked, parked, parked]).believed, [parked]))

  it("forgives a single wrong read", () => {
    assert.deepStrictEqual(beliefs([parked, parked, ajar, parked, parked]).believed, [parked])
  })

  it("does not add up equal reads across a different one", () => {
    assert.deepStrictEqual(beliefs([parked, parked, ajar, gone, ajar, gone]).believed, [parked])
  })

  it("asks for one more read when one differs from the belief", () => {
    const { state } = beliefs([parked, parked])
    assert.isFalse(observe(state, parked, 0).undecided)
    assert.isTrue(observe(state, ajar, 0).undecided)
  })

  it("says the same belief again after reads had stopped", () => {
    const { state } = beliefs([parked, parked])
    assert.deepStrictEqual(beliefs([parked, parked], forget(state)).believed, [parked])
  })

  it("calls a bay flapping after more changes in a minute than people make, and steady after a minute of rest", () => {
    let state = beliefs([parked, parked]).state
    const turns: Array<string> = []
    const feed = (reading: Reading, atMs: number) => {
      const observation = observe(state, reading, atMs)
      state = observation.next
      if (observation.turned !== undefined) turns.push(`${observation.turned} at ${atMs}`)
    }
    for (let change = 1; change <= Limits.flappingEdgesPerMinute + 1; change++) {
      feed(change % 2 === 1 ? ajar : parked, change * 1_000)
    }
    const lastChange = (Limits.flappingEdgesPerMinute + 1) * 1_000
    feed(ajar, lastChange + 59_999)
    feed(ajar, lastChange + 60_000)
    assert.deepStrictEqual(turns, [`flapping at ${lastChange}`, `steady at ${lastChange + 60_000}`])
  })

  it("does not call a cart being taken and brought back flapping", () => {
    let state = beliefs([parked, parked]).state
    for (const [index, reading] of [ajar, gone, ajar, parked, ajar, gone, ajar, parked].entries()) {
      state = observe(state, reading, index * 2_000).next
    }
    assert.isFalse(state.flapping)
  })

  it("never believes what was not read twice in a row, and never the same thing twice running", () => {
    const reading = fc.constantFrom(parked, ajar, gone)
    fc.assert(
      fc.property(fc.array(reading, { maxLength: 200 }), (reads) => {
        let state = unread
        let last: Reading | undefined
        for (const [index, read] of reads.entries()) {
          const observation = observe(state, read, index * 100)
          state = observation.next
          if (observation.believed === undefined) continue
          assert.strictEqual(observation.believed, read)
          assert.strictEqual(reads[index - 1], read)
          assert.notStrictEqual(observation.believed, last)
          last = observation.believed
        }
      }),
    )
  })
})
