import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect } from "effect"

import { Limits } from "#core/Limits.ts"

import { makeBench, uuidOf } from "./DeviceBench.fixture.ts"

const bay = uuidOf(100)
const neighbour = uuidOf(101)
const onOtherBoard = uuidOf(200)
const settleMs = 500
/** What is promised from the poll that saw it; measured here from the open itself, which is before any poll. */
const withinMs = 2_000
const stepMs = 5

type Bench = Effect.Success<ReturnType<typeof makeBench>>

/** Opens the bay without a command; gives how long its fact took to reach the cloud, in virtual time. */
const openByItself = Effect.fnUntraced(function* ({ advance, twinFacts, world }: Bench) {
  const openedAt = yield* Clock.currentTimeMillis
  // What the switch of a hook says that somebody has forced.
  world.act(bay, "cut-wire", openedAt)
  const told = () => twinFacts(bay).find(({ announces }) => announces.includes("RELEASED_UNCOMMANDED"))
  for (let waited = 0; waited < 2 * withinMs && told() === undefined; waited += stepMs) yield* advance(stepMs)
  const fact = told()
  assert.isDefined(fact, "the open was never told")
  assert.isAtLeast(fact?.event.at ?? 0, openedAt)
  return (yield* Clock.currentTimeMillis) - openedAt
})

describe("an open that nobody commanded", () => {
  for (const phaseMs of [0, 20, 45, 70, 95]) {
    it.effect(`CW-MQTT-508: is told to the cloud within two seconds, ${phaseMs} ms into a polling round`, () =>
      Effect.gen(function* () {
        const bench = yield* makeBench()
        yield* bench.advance(settleMs + phaseMs)
        const tookMs = yield* openByItself(bench)
        assert.isAtMost(tookMs, 2 * Limits.pollEveryMs, "two rounds of an idle bus are enough")
      }),
    )
  }

  it.effect("CW-MQTT-508: is told within two seconds while the board next to it is silent", () =>
    Effect.gen(function* () {
      const bench = yield* makeBench()
      yield* bench.advance(settleMs)
      bench.world.act(onOtherBoard, "silence", 0)
      yield* bench.advance(Limits.silentPollEveryMs * 2)
      assert.isAtMost(yield* openByItself(bench), withinMs)
    }),
  )

  it.effect("CW-MQTT-508: is told within two seconds while unlocks on the same board keep the bus busy", () =>
    Effect.gen(function* () {
      const bench = yield* makeBench()
      yield* bench.advance(settleMs)
      bench.world.act(neighbour, "jam", 0)
      bench.send(bench.command({ target: { kind: "bay", id: neighbour } }))
      bench.send(bench.command({ target: { kind: "bay", id: onOtherBoard } }))
      yield* bench.advance(50)
      assert.isAtMost(yield* openByItself(bench), withinMs)
    }),
  )

  it.effect("is told when the cloud is back, with the time it happened", () =>
    Effect.gen(function* () {
      const bench = yield* makeBench()
      yield* bench.advance(settleMs)
      bench.cloud.reachable = false
      bench.cloud.disconnect()
      const openedAt = yield* Clock.currentTimeMillis
      bench.world.act(bay, "cut-wire", openedAt)
      yield* bench.advance(10_000)
      bench.cloud.reachable = true
      yield* bench.advance(2 * Limits.reconnectMaxMs)
      const fact = bench.twinFacts(bay).find(({ announces }) => announces.includes("RELEASED_UNCOMMANDED"))
      assert.isAtMost((fact?.event.at ?? Infinity) - openedAt, withinMs)
    }),
  )
})
