import { assert, describe, it } from "vitest"
import { BoardWatch } from "./BoardWatch.ts"
import { observe } from "./Debounce.ts"

const bay = { lockIndex: 0, board: { hookClosedBit: 1, presenceBit: 1 } } as const
const board = { bays: [bay] } as const
const answer = { _tag: "Answer", hooks: 0, presence: 0, atMs: 0 } as const

describe("the watch over a board", () => {
  it("calls a bay that flickered before a restart steady after a minute of rest, and not before", () => {
    const watch = new BoardWatch(board, observe, new Set([bay]), 1_000)
    for (const atMs of [1_100, 30_000, 60_999]) assert.deepStrictEqual(watch.take(answer, atMs).turned, [])
    assert.deepStrictEqual(watch.take(answer, 61_000).turned, [{ bay, to: "steady" }])
    assert.deepStrictEqual(watch.take(answer, 61_100).turned, [])
  })
})
