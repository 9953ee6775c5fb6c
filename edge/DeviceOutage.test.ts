import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"

import { Limits } from "#core/Limits.ts"

import { makeBench, uuidOf } from "./DeviceBench.fixture.ts"

const bay = uuidOf(100)
/** Long enough for boards to be read and the boot to be answered. */
const settleMs = 500
/** Long enough for two pulses and their verdict. */
const outcomeMs = 4_000

describe("a device whose power is cut", () => {
  it.effect("CW-MQTT-310: never pulses again for a command it had begun, and says what became of it", () =>
    Effect.gen(function* () {
      const { advance, command, cutPower, send, stages, turnOn, world } = yield* makeBench()
      yield* advance(settleMs)
      const unlock = command()
      send(unlock)
      while (world.pulses(bay) === 0) yield* advance(5)
      yield* cutPower
      yield* advance(100)
      yield* turnOn
      yield* advance(outcomeMs)
      assert.strictEqual(world.pulses(bay), 1)
      assert.include(stages(unlock.command_id), "unknown(restarted)")
      assert.strictEqual(stages(unlock.command_id).at(-1), "confirmed")
    }),
  )

  it.effect(
    "counts a pulse that was begun and may have been written, though nobody was told any more that it was",
    () =>
      Effect.gen(function* () {
        const { advance, command, cutPowerBehind, pulsesTold, send, stages, turnOn, world } = yield* makeBench()
        yield* advance(settleMs)
        const unlock = command()
        world.act(bay, "jam", 0)
        send(unlock)
        while (world.pulses(bay) === 0) yield* advance(5)
        yield* advance(100)
        yield* cutPowerBehind((record) => (record as { command?: { pulses: number } }).command?.pulses === 1)
        yield* turnOn
        yield* advance(outcomeMs)
        assert.strictEqual(world.pulses(bay), 1)
        assert.strictEqual(stages(unlock.command_id).at(-1), "failed(no_motion)")
        assert.strictEqual(pulsesTold(unlock.command_id), 1)
      }),
  )

  it.effect(
    "pulses at most once and ends every command it took on, whenever the power goes",
    () =>
      Effect.gen(function* () {
        for (let cutAfterMs = 0; cutAfterMs <= 120; cutAfterMs += 3) {
          yield* Effect.scoped(
            Effect.gen(function* () {
              const { advance, command, cutPower, pulsesTold, send, stages, turnOn, world } = yield* makeBench()
              yield* advance(settleMs)
              const unlock = command()
              send(unlock)
              yield* advance(cutAfterMs)
              yield* cutPower
              yield* turnOn
              yield* advance(settleMs)
              send(unlock)
              yield* advance(outcomeMs)
              const told = stages(unlock.command_id)
              assert.isAtMost(world.pulses(bay), 1, `cut after ${cutAfterMs} ms`)
              const last = told.at(-1) ?? "nothing"
              assert.match(
                last,
                /^(confirmed|rejected|failed|expired)/u,
                `cut after ${cutAfterMs} ms: ${told.join(" ")}`,
              )
              assert.strictEqual(last === "confirmed", world.pulses(bay) === 1, `cut after ${cutAfterMs} ms`)
              const heard = pulsesTold(unlock.command_id) ?? 0
              assert.isAtLeast(heard, world.pulses(bay), `cut after ${cutAfterMs} ms: pulses told`)
            }),
          )
        }
      }),
    30_000,
  )

  it.effect("rejects what it had taken on and not begun", () =>
    Effect.gen(function* () {
      const { advance, command, cutPower, send, stages, turnOn, world } = yield* makeBench()
      yield* advance(settleMs)
      const unlock = command()
      const lock = command({ kind: "lock" })
      world.act(bay, "silence", 0)
      send(lock)
      send(unlock)
      yield* advance(50)
      yield* cutPower
      world.act(bay, "restore", 0)
      yield* turnOn
      yield* advance(2_000)
      assert.deepStrictEqual(stages(lock.command_id), ["accepted", "rejected(restarted)"])
      assert.deepStrictEqual(stages(unlock.command_id), ["accepted", "rejected(restarted)"])
      assert.strictEqual(world.pulses(bay), 0)
    }),
  )

  it.effect(
    "has a command's outcome on disk before the bay that forgets the command, so that no cut between them leaves it open",
    () =>
      Effect.gen(function* () {
        const { advance, cloud, command, send } = yield* makeBench()
        yield* advance(settleMs)
        const unlock = command()
        send(unlock)
        yield* advance(1_000)
        const outcome = cloud.facts.findIndex((fact) => fact.fact === "command" && fact.stage === "confirmed")
        const opened = cloud.facts.findIndex(
          (fact) => fact.fact === "twin" && fact.event.type === "bay.observed" && fact.command_id === unlock.command_id,
        )
        assert.isAbove(outcome, 0)
        assert.strictEqual(opened, outcome + 1)
      }),
  )

  it.effect("CW-MQTT-302: knows a command again that it has carried out", () =>
    Effect.gen(function* () {
      const { advance, cloud, command, cutPower, send, turnOn, world } = yield* makeBench()
      yield* advance(settleMs)
      const unlock = command()
      send(unlock)
      yield* advance(1_000)
      yield* cutPower
      yield* turnOn
      yield* advance(settleMs)
      send({ ...unlock, epoch: cloud.epoch })
      yield* advance(1_000)
      assert.strictEqual(world.pulses(bay), 1)
      assert.strictEqual(cloud.acks.at(-1)?.reason, "repeated")
      assert.strictEqual(cloud.acks.at(-1)?.stage, "confirmed")
    }),
  )

  it.effect("knows nothing of its bays until they are read again", () =>
    Effect.gen(function* () {
      const { advance, cutPower, program, turnOn, twinFacts } = yield* makeBench()
      yield* advance(settleMs)
      yield* cutPower
      yield* turnOn
      assert.propertyVal(program()?.hub.stored({ kind: "bay", id: bay })?.value, "latch", "dark")
      yield* advance(settleMs)
      assert.deepStrictEqual(
        twinFacts(bay).map(({ event }) => event.type),
        ["bay.observed", "bay.lost", "bay.observed"],
      )
    }),
  )
})

describe("a device without its cloud", () => {
  it.effect("CW-MQTT-211, CW-MQTT-804: goes on locally, and replays what happened when the cloud is back", () =>
    Effect.gen(function* () {
      const { advance, cloud, command, send, world } = yield* makeBench()
      yield* advance(settleMs)
      send(command())
      yield* advance(1_000)
      cloud.reachable = false
      cloud.disconnect()
      world.act(bay, "take", 0)
      yield* advance(5_000)
      const before = cloud.watermark
      world.act(bay, "return", 0)
      yield* advance(5_000)
      assert.strictEqual(cloud.watermark, before)
      cloud.reachable = true
      yield* advance(Limits.reconnectMaxMs + settleMs)
      assert.strictEqual(cloud.boots.at(-1)?.reason, "reconnect")
      assert.isAbove(cloud.replayed.length, 0)
      assert.strictEqual(cloud.snapshots.at(-1)?.seq, cloud.watermark)
      const announced = cloud.facts.flatMap((fact) => (fact.fact === "twin" ? fact.announces : []))
      assert.deepStrictEqual(announced, ["UNLOCK_CONFIRMED", "REMOVED", "RETURN_DETECTED"])
    }),
  )

  it.effect("CW-MQTT-204: sends facts again that were lost on the way, each once in the end", () =>
    Effect.gen(function* () {
      const { advance, cloud, command, send, stages } = yield* makeBench()
      yield* advance(settleMs)
      cloud.losesFacts = true
      const unlock = command()
      send(unlock)
      yield* advance(1_000)
      assert.isEmpty(stages(unlock.command_id))
      cloud.losesFacts = false
      yield* advance(Limits.factResendMs)
      assert.deepStrictEqual(stages(unlock.command_id), ["accepted", "executing", "executed", "confirmed"])
      assert.strictEqual(cloud.boots.length, 1)
    }),
  )

  it.effect("CW-MQTT-208: fills a gap at once when the cloud tells of it", () =>
    Effect.gen(function* () {
      const { advance, cloud, command, send, stages, world } = yield* makeBench()
      yield* advance(settleMs)
      cloud.losesFacts = true
      const unlock = command()
      send(unlock)
      yield* advance(1_000)
      cloud.losesFacts = false
      world.act(bay, "take", 0)
      yield* advance(settleMs)
      assert.strictEqual(stages(unlock.command_id).at(-1), "confirmed")
    }),
  )

  it.effect("CW-MQTT-212: boots again when the cloud acknowledges nothing any more", () =>
    Effect.gen(function* () {
      const { advance, cloud, command, send, stages } = yield* makeBench()
      yield* advance(settleMs)
      cloud.losesFacts = true
      const unlock = command()
      send(unlock)
      yield* advance(4 * Limits.factResendMs)
      assert.strictEqual(cloud.boots.at(-1)?.reason, "epoch_lost")
      cloud.losesFacts = false
      yield* advance(2 * Limits.factResendMs)
      assert.strictEqual(stages(unlock.command_id).at(-1), "confirmed")
    }),
  )

  it.effect("refuses a command of an earlier connection", () =>
    Effect.gen(function* () {
      const { advance, cloud, command, send, stages, world } = yield* makeBench()
      yield* advance(settleMs)
      const late = command({ expires_at: undefined })
      cloud.disconnect()
      yield* advance(Limits.reconnectMaxMs)
      const delayed = { ...late, issued_at: command().issued_at, expires_at: command().expires_at }
      send(delayed)
      yield* advance(1_000)
      assert.deepStrictEqual(stages(late.command_id), ["rejected(wrong_epoch)"])
      assert.strictEqual(world.pulses(bay), 0)
    }),
  )
})
