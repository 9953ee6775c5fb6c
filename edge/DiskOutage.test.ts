import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"

import { Limits } from "#core/Limits.ts"
import { regionWord } from "#twins/Words.ts"

import { makeBench, uuidOf } from "./DeviceBench.fixture.ts"

const bay = uuidOf(100)
/** Long enough for boards to be read and the boot to be answered. */
const settleMs = 500

type Bench = Effect.Success<ReturnType<typeof makeBench>>

const wordOf = ({ program }: Bench, kind: "bay" | "device", id: string, region: string) =>
  regionWord(program()?.hub.stored({ kind, id })?.value ?? null, region)

const causesOf = ({ program }: Bench) =>
  JSON.stringify(program()?.hub.stored({ kind: "device", id: uuidOf(1) })?.context["causes"])

/** A device on the bench whose cart of the first bay is out. */
const cartIsOut = Effect.gen(function* () {
  const bench = yield* makeBench()
  yield* bench.advance(settleMs)
  bench.send(bench.command())
  yield* bench.advance(1_000)
  bench.world.act(bay, "take", 0)
  yield* bench.advance(1_000)
  return bench
})

describe("a device whose disk takes nothing", () => {
  it.effect(
    "CW-MQTT-217: refuses a remote unlock with the reason, sees a return all the same, and says how it is",
    () =>
      Effect.gen(function* () {
        const bench = yield* cartIsOut
        const { advance, cloud, command, disk, send, world } = bench
        disk().fail("no space left on device")
        world.act(bay, "return", 0)
        yield* advance(Limits.returnSettleMs + 1_000)
        assert.strictEqual(wordOf(bench, "bay", bay, "latch"), "secured")
        assert.strictEqual(wordOf(bench, "device", uuidOf(1), "health"), "faulted")
        assert.include(causesOf(bench), "the journal can not be written")
        const refused = command({ target: { kind: "bay", id: uuidOf(101) } })
        send(refused)
        yield* advance(1_000)
        const answer = cloud.acks.find(({ command_id }) => command_id === refused.command_id)
        assert.deepInclude(answer, { stage: "rejected", reason: "journal_unwritable" })
        assert.strictEqual(world.pulses(uuidOf(101)), 0)

        disk().fail(undefined)
        yield* advance(2 * Limits.journalRetryMs)
        const announced = cloud.facts.flatMap((fact) => (fact.fact === "twin" ? fact.announces : []))
        assert.deepStrictEqual(announced, ["UNLOCK_CONFIRMED", "REMOVED", "RETURN_DETECTED"])
        assert.strictEqual(wordOf(bench, "device", uuidOf(1), "health"), "ok")
        const taken = command()
        send(taken)
        yield* advance(1_000)
        assert.strictEqual(bench.stages(taken.command_id).at(-1), "confirmed")
      }),
  )

  it.effect("CW-MQTT-226: keeps the newest of each bay, counts what it gives up, says so, and sends a snapshot", () =>
    Effect.gen(function* () {
      const bench = yield* cartIsOut
      const { advance, cloud, disk, program, world } = bench
      const snapshots = cloud.snapshots.length
      disk().fail("no space left on device")
      world.act(bay, "return", 0)
      yield* advance(Limits.returnSettleMs + 1_000)
      // A loose wire at another bay, for hours.
      const loose = { kind: "bay", id: uuidOf(101) } as const
      const at = program()?.time.nowMs() ?? 0
      for (let n = 0; n < Limits.journalPendingFacts; n++) {
        const hook = n % 2 === 0 ? "open" : "closed"
        program()?.hub.deliver(loose, { type: "bay.observed", hook, presence: "present", at })
      }
      const lost = program()?.journal.status().lost ?? 0
      assert.isAbove(lost, 0)
      disk().fail(undefined)
      yield* advance(10_000)
      assert.strictEqual(program()?.journal.status().pending, 0)
      const announced = cloud.facts.flatMap((fact) => (fact.fact === "twin" ? fact.announces : []))
      assert.include(announced, "RETURN_DETECTED")
      assert.include(causesOf(bench), `${lost} facts were lost`)
      assert.strictEqual(wordOf(bench, "device", uuidOf(1), "health"), "degraded")
      assert.isAbove(cloud.snapshots.length, snapshots)
      assert.strictEqual(cloud.snapshots.at(-1)?.seq, cloud.watermark)
    }),
  )
})
