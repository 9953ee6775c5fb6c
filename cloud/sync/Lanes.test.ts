import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect } from "effect"
import { TestClock } from "effect/testing"
import { Limits } from "#core/Limits.ts"
import { idOf } from "../SmallRegistry.fixture.ts"
import { makeLanes } from "./Lanes.ts"

/** Two devices whose lanes differ. */
const [one, other] = [idOf(3, 1), idOf(3, 2)] as const

/** Lanes whose batches are written down and wait until they are let go. */
const recorded = Effect.gen(function* () {
  const begun: Array<ReadonlyArray<string>> = []
  const ends = new Map<string, Deferred.Deferred<void>>()
  const lanes = yield* makeLanes<string>((items) => {
    const end = Deferred.makeUnsafe<void>()
    begun.push(items)
    for (const item of items) ends.set(item, end)
    return Deferred.await(end)
  })
  /** Lets the batch with this item end, and whatever follows from it happen. */
  const end = (item: string) => Effect.andThen(Deferred.succeed(ends.get(item) ?? assert.fail(), undefined), settle)
  return { lanes, begun, end }
})

/** Everything that can happen without time passing has happened. */
const settle = TestClock.adjust(0)

const names = (from: number, count: number) => Array.from({ length: count }, (_, n) => `m${from + n}`)

describe("lanes", () => {
  it.effect("take a message at once when nothing is under way, and what gathered meanwhile together", () =>
    Effect.gen(function* () {
      const { lanes, begun, end } = yield* recorded
      lanes.offer(one, 1, "first")
      yield* settle
      assert.deepStrictEqual(begun, [["first"]])
      for (const name of names(1, 3)) lanes.offer(one, 1, name)
      yield* settle
      assert.lengthOf(begun, 1)
      yield* end("first")
      assert.deepStrictEqual(begun[1], ["m1", "m2", "m3"])
    }),
  )

  it.effect("work for other devices while one waits, and never on two batches of the same device", () =>
    Effect.gen(function* () {
      const { lanes, begun, end } = yield* recorded
      lanes.offer(one, 1, "slow")
      yield* settle
      lanes.offer(one, 1, "behind")
      lanes.offer(other, 1, "beside")
      yield* settle
      assert.deepStrictEqual(begun, [["slow"], ["beside"]])
      yield* end("beside")
      assert.lengthOf(begun, 2)
      yield* end("slow")
      assert.deepStrictEqual(begun[2], ["behind"])
    }),
  )

  it.effect("keep the order of what a device says over many batches", () =>
    Effect.gen(function* () {
      const said: Array<string> = []
      const lanes = yield* makeLanes<string>((items) => Effect.sync(() => void said.push(...items)))
      const all = names(0, 3 * Limits.ingestBatchMessages + 7)
      for (const name of all) lanes.offer(one, 1, name)
      yield* TestClock.adjust(10 * Limits.ingestGatherMs)
      assert.deepStrictEqual(said, all)
    }),
  )

  it.effect("let some more gather after a large batch, and not after a small one", () =>
    Effect.gen(function* () {
      const { lanes, begun, end } = yield* recorded
      for (const name of names(0, Limits.ingestBusyMessages)) lanes.offer(one, 1, name)
      yield* settle
      lanes.offer(one, 1, "early")
      yield* end("m0")
      assert.lengthOf(begun, 1)
      lanes.offer(one, 1, "late")
      yield* TestClock.adjust(Limits.ingestGatherMs)
      assert.deepStrictEqual(begun[1], ["early", "late"])
      lanes.offer(one, 1, "quiet again")
      yield* end("early")
      assert.deepStrictEqual(begun[2], ["quiet again"])
    }),
  )

  it.effect("take no more than fits, in bytes over all lanes, until a batch has ended", () =>
    Effect.gen(function* () {
      const { lanes, end } = yield* recorded
      assert.isTrue(lanes.offer(one, Limits.ingestQueueBytes - 1, "large"))
      assert.isFalse(lanes.offer(other, 2, "too much"))
      assert.isTrue(lanes.offer(other, 1, "just fits"))
      yield* settle
      yield* end("large")
      assert.isTrue(lanes.offer(other, 2, "now"))
    }),
  )

  it.effect("take no more than fits in number, beside the batch at hand", () =>
    Effect.gen(function* () {
      const { lanes, begun } = yield* recorded
      lanes.offer(one, 1, "under way")
      yield* settle
      const room = Limits.ingestQueueMessages / Limits.ingestLanes
      for (const name of names(0, room)) assert.isTrue(lanes.offer(one, 1, name))
      assert.isFalse(lanes.offer(one, 1, "one more"))
      lanes.offer(other, 1, "beside")
      yield* settle
      assert.deepStrictEqual(begun, [["under way"], ["beside"]])
    }),
  )

  it.effect("have settled when the last of them is empty", () =>
    Effect.gen(function* () {
      const { lanes, end } = yield* recorded
      let settled = false
      lanes.offer(one, 1, "a")
      lanes.offer(other, 1, "b")
      yield* settle
      yield* Effect.forkChild(
        Effect.andThen(
          lanes.settled,
          Effect.sync(() => (settled = true)),
        ),
      )
      yield* settle
      yield* end("a")
      assert.isFalse(settled)
      yield* end("b")
      assert.isTrue(settled)
    }),
  )
})
