import { assert, describe, it } from "vitest"

import { Limits } from "#core/Limits.ts"

import type { Entry } from "./Entry.ts"
import { Pending } from "./Pending.ts"

const observed = (bay: number, at: number): { readonly entry: Entry; readonly at: number } => ({
  at,
  entry: {
    fact: {
      fact: "twin",
      twin: { kind: "bay", id: `00000000-0000-4000-8000-${String(bay).padStart(12, "0")}` },
      event: { type: "bay.lost", reason: "restart", at },
      accepted: true,
      value: {},
      announces: [],
    },
  },
})

const full = () => {
  const pending = new Pending<ReturnType<typeof observed>>()
  pending.add(observed(1, 0))
  pending.add(observed(2, 1))
  for (let at = 2; at < Limits.journalPendingFacts; at++) pending.add(observed(3, at))
  return pending
}
const atsOf = (waiting: ReadonlyArray<{ readonly at: number }>) => waiting.map(({ at }) => at)

describe("what waits for a disk", () => {
  it("CW-MQTT-226: lets the oldest fact give way that a newer one of its bay supersedes, and no other bay's", () => {
    const pending = full()
    assert.strictEqual(pending.length, Limits.journalPendingFacts)
    assert.strictEqual(pending.add(observed(4, -4))?.at, 2)
    assert.strictEqual(pending.add(observed(1, -1))?.at, 0)
    assert.strictEqual(pending.add(observed(4, -5))?.at, 3)
    assert.strictEqual(pending.length, Limits.journalPendingFacts)
    const left = atsOf(pending.take(Limits.journalPendingFacts))
    assert.deepStrictEqual(left.slice(0, 3), [1, 4, 5])
    assert.deepStrictEqual(left.slice(-3), [-4, -1, -5])
  })

  it("refuses the newcomer when nothing waits that is superseded", () => {
    const pending = new Pending<ReturnType<typeof observed>>()
    for (let bay = 0; bay < Limits.journalPendingFacts; bay++) assert.isUndefined(pending.add(observed(bay, bay)))
    assert.strictEqual(pending.add(observed(-1, 7))?.at, 7)
  })

  it("keeps what could not be written in its place", () => {
    const pending = full()
    const taken = pending.take(2)
    pending.add(observed(5, -5))
    pending.putBack(taken)
    assert.deepStrictEqual(atsOf(pending.take(3)), [0, 1, 2])
  })

  it("knows what supersedes what after taking some out", () => {
    const pending = full()
    pending.takeEvery(({ at }) => at >= 2)
    pending.add(observed(2, 3))
    assert.deepStrictEqual(atsOf(pending.take(9)), [0, 1, 3])
  })
})
