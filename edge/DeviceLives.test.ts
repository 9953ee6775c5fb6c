import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"

import { Limits } from "#core/Limits.ts"

import { makeBench, uuidOf } from "./DeviceBench.fixture.ts"

const thisDevice = { kind: "device", id: uuidOf(1) }

describe("a device that is to start anew", () => {
  it.effect("is tried until its disk lets it, and then is as good as new", () =>
    Effect.gen(function* () {
      const bench = yield* makeBench()
      yield* bench.advance(500)
      bench.world.act(uuidOf(100), "jam", 0)
      bench.send(bench.command())
      const reboot = bench.command({ kind: "reboot", params: { when: "on_idle" }, target: thisDevice })
      bench.send(reboot)
      while (bench.world.pulses(uuidOf(100)) === 0) yield* bench.advance(5)
      bench.disk().fail("the card is loose")
      yield* bench.advance(2 * Limits.deviceRestartRetryMs)
      assert.strictEqual(bench.cloud.boots.length, 1)
      bench.disk().fail(undefined)
      yield* bench.advance(2 * Limits.deviceRestartRetryMs)
      assert.strictEqual(bench.cloud.boots.length, 2)
      assert.strictEqual(bench.stages(reboot.command_id).at(-1), "confirmed")
      const unlock = bench.command({ target: { kind: "bay", id: uuidOf(200) } })
      bench.send(unlock)
      yield* bench.advance(1_000)
      assert.strictEqual(bench.stages(unlock.command_id).at(-1), "confirmed")
    }),
  )
})
