import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { Limits } from "#core/Limits.ts"
import { IngestHistory } from "./IngestHistory.ts"

const minuteMs = 60_000
const startMs = 1_000 * minuteMs

/** A history that began at the start of a minute. */
const history = Effect.gen(function* () {
  yield* TestClock.setTime(startMs)
  return yield* Effect.provide(IngestHistory, IngestHistory.layer)
})

describe("what was taken in during the last hour", () => {
  it.effect("is told minute by minute, with those in which nothing came", () =>
    Effect.gen(function* () {
      const { note, minutes } = yield* history
      note(startMs, 3, 100)
      note(startMs + minuteMs - 1, 1, 300)
      note(startMs + 2 * minuteMs, 2, undefined)
      assert.deepStrictEqual(
        minutes(startMs + 2 * minuteMs).map(({ facts, lag_avg_s, lag_max_s }) => [facts, lag_avg_s, lag_max_s]),
        [
          [4, 0.2, 0.3],
          [0, null, null],
          [2, null, null],
        ],
      )
    }),
  )

  it.effect("forgets what is older, and keeps no more than that", () =>
    Effect.gen(function* () {
      const { note, minutes, onTime } = yield* history
      const end = startMs + 3 * Limits.ingestMinutesKept * minuteMs
      for (let at = startMs; at <= end; at += minuteMs) note(at, 1, 0)
      assert.lengthOf(minutes(end), Limits.ingestMinutesKept)
      assert.deepStrictEqual(onTime(end), { good: Limits.ingestMinutesKept, samples: Limits.ingestMinutesKept })
      assert.deepStrictEqual(onTime(end + Limits.ingestMinutesKept * minuteMs), { good: 0, samples: 0 })
    }),
  )

  it.effect("counts what was late as not on time", () =>
    Effect.gen(function* () {
      const { note, onTime } = yield* history
      for (const lag of [0, Limits.ingestLagGoalMs, Limits.ingestLagGoalMs + 1]) note(startMs, 1, lag)
      assert.deepStrictEqual(onTime(startMs), { good: 2, samples: 3 })
    }),
  )
})
