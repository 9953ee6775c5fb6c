import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"

import { hashOf } from "#core/config/ConfigDocument.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import { regionWord } from "#twins/Words.ts"

import { makeBench, uuidOf } from "../DeviceBench.fixture.ts"

const settleMs = 500
const bay = uuidOf(100)
const thisDevice = { kind: "device", id: uuidOf(1) }
type Bench = Effect.Success<ReturnType<typeof makeBench>>

const started = Effect.gen(function* () {
  const bench = yield* makeBench()
  yield* bench.advance(settleMs)
  return bench
})

/** A `lock` that lives as long as the cloud lets one live. */
const lockOf = (bench: Bench) => {
  const lock = bench.command({ kind: "lock" })
  return { ...lock, expires_at: toInstant(Date.parse(lock.issued_at) + Limits.lockLifetimeMs) }
}

describe("a lock", () => {
  it.effect("CW-MQTT-311: is confirmed by looking when the cart is secured, without a pulse", () =>
    Effect.gen(function* () {
      const bench = yield* started
      const lock = lockOf(bench)
      bench.send(lock)
      yield* bench.advance(settleMs)
      assert.deepStrictEqual(bench.stages(lock.command_id), ["accepted", "executing", "confirmed"])
      assert.strictEqual(bench.world.pulses(bay), 0)
      assert.isEmpty(bench.signs)
    }),
  )

  it.effect("CW-MQTT-322: asks for an open bay's cart, and is confirmed when it is pushed in", () =>
    Effect.gen(function* () {
      const bench = yield* started
      bench.send(bench.command())
      yield* bench.advance(1_000)
      bench.world.act(bay, "take", 0)
      yield* bench.advance(settleMs)
      const lock = lockOf(bench)
      bench.send(lock)
      yield* bench.advance(5_000)
      assert.deepStrictEqual(bench.stages(lock.command_id), ["accepted", "executing(not_secured)"])
      assert.strictEqual(bench.signs[0]?.says, "lock_wanted")
      assert.strictEqual(bench.signs[0]?.bay?.label, "B0-0")
      assert.isAtMost(bench.signs[0]?.forMs ?? Infinity, Limits.lockLifetimeMs)
      bench.world.act(bay, "return", 0)
      yield* bench.advance(settleMs)
      assert.strictEqual(bench.stages(lock.command_id).at(-1), "confirmed")
      assert.strictEqual(bench.world.pulses(bay), 1)
    }),
  )

  it.effect("CW-MQTT-322: fails when its time is over and nobody pushed the cart in, and not before", () =>
    Effect.gen(function* () {
      const bench = yield* started
      bench.send(bench.command())
      yield* bench.advance(1_000)
      const lock = lockOf(bench)
      bench.send(lock)
      yield* bench.advance(Limits.lockLifetimeMs - 1_000)
      assert.strictEqual(bench.stages(lock.command_id).at(-1), "executing(not_secured)")
      yield* bench.advance(1_500)
      assert.strictEqual(bench.stages(lock.command_id).at(-1), "failed(not_secured)")
      bench.world.act(bay, "return", 0)
      yield* bench.advance(settleMs)
      assert.strictEqual(bench.stages(lock.command_id).at(-1), "failed(not_secured)")
    }),
  )

  it.effect("CW-MQTT-311: fails when its board does not answer", () =>
    Effect.gen(function* () {
      const bench = yield* started
      bench.world.act(bay, "silence", 0)
      const lock = lockOf(bench)
      bench.send(lock)
      yield* bench.advance(Limits.verifyTimeoutMs + settleMs)
      assert.deepStrictEqual(bench.stages(lock.command_id), ["accepted", "executing", "failed(no_answer)"])
    }),
  )

  it.effect("CW-MQTT-326: that was waiting when the power went has failed, and nothing is tried again", () =>
    Effect.gen(function* () {
      const bench = yield* started
      bench.send(bench.command())
      yield* bench.advance(1_000)
      const lock = lockOf(bench)
      bench.send(lock)
      yield* bench.advance(settleMs + Limits.verifyTimeoutMs)
      yield* bench.cutPower
      yield* bench.turnOn
      yield* bench.advance(settleMs)
      assert.strictEqual(bench.stages(lock.command_id).at(-1), "failed(restarted)")
      assert.strictEqual(bench.world.pulses(bay), 1)
    }),
  )
})

describe("a snapshot", () => {
  it.effect("CW-MQTT-323: is sent and confirmed", () =>
    Effect.gen(function* () {
      const bench = yield* started
      const snapshot = bench.command({ kind: "snapshot", target: thisDevice })
      bench.send(snapshot)
      yield* bench.advance(settleMs)
      assert.strictEqual(bench.cloud.snapshots.length, 2)
      assert.deepStrictEqual(bench.stages(snapshot.command_id), ["accepted", "executing", "confirmed"])
    }),
  )
})

describe("to identify", () => {
  for (const [what, target, shown] of [
    ["a device", thisDevice, undefined],
    ["a bay", { kind: "bay", id: bay }, "B0-0"],
  ] as const) {
    it.effect(`CW-MQTT-323: ${what} shows it for 15 seconds, and no lock moves`, () =>
      Effect.gen(function* () {
        const bench = yield* started
        const identify = bench.command({ kind: "identify", target })
        bench.send(identify)
        yield* bench.advance(settleMs)
        assert.deepStrictEqual(bench.stages(identify.command_id), ["accepted", "executing", "confirmed"])
        assert.lengthOf(bench.signs, 1)
        assert.deepInclude(bench.signs[0], { says: "identify", forMs: 15_000 })
        assert.strictEqual(bench.signs[0]?.bay?.label, shown)
        assert.strictEqual(bench.world.pulses(bay), 0)
      }),
    )
  }
})

describe("maintenance", () => {
  const maintenance = (bench: Bench, on: boolean) => bench.command({ kind: "maintenance", params: { on } })
  const serviceOf = (bench: Bench) =>
    regionWord(bench.program()?.hub.stored({ kind: "bay", id: bay })?.value ?? null, "service")

  it.effect("CW-MQTT-323: takes a bay out of service and puts it back, and its fact names the command", () =>
    Effect.gen(function* () {
      const bench = yield* started
      for (const [on, service] of [
        [true, "maintenance"],
        [true, "maintenance"],
        [false, "inService"],
      ] as const) {
        const command = maintenance(bench, on)
        bench.send(command)
        yield* bench.advance(settleMs)
        assert.deepStrictEqual(bench.stages(command.command_id), ["accepted", "executing", "confirmed"])
        assert.strictEqual(serviceOf(bench), service)
      }
      const set = bench.twinFacts(bay).filter(({ event }) => event.type === "bay.serviceSet")
      assert.lengthOf(set, 2, "the second found it so")
      assert.isDefined(set[0]?.command_id)
      assert.strictEqual(bench.world.pulses(bay), 0)
    }),
  )

  it.effect("CW-MQTT-326: survives the loss of power, and so does its outcome", () =>
    Effect.gen(function* () {
      const bench = yield* started
      const command = maintenance(bench, true)
      bench.cloud.losesFacts = true
      bench.send(command)
      yield* bench.advance(settleMs)
      yield* bench.cutPower
      bench.cloud.losesFacts = false
      yield* bench.turnOn
      yield* bench.advance(settleMs)
      assert.strictEqual(serviceOf(bench), "maintenance")
      assert.strictEqual(bench.stages(command.command_id).at(-1), "confirmed")
    }),
  )

  it.effect("CW-MQTT-305: of a device, or of a bay that is not here, is refused", () =>
    Effect.gen(function* () {
      const bench = yield* started
      for (const target of [thisDevice, { kind: "bay", id: uuidOf(999) }, { kind: "cart", id: uuidOf(1100) }]) {
        const command = bench.command({ kind: "maintenance", params: { on: true }, target })
        bench.send(command)
        yield* bench.advance(settleMs)
        assert.deepStrictEqual(bench.stages(command.command_id), ["rejected(target_unknown)"])
      }
    }),
  )
})

describe("a reboot", () => {
  const reboot = (bench: Bench, when: string) => bench.command({ kind: "reboot", params: { when }, target: thisDevice })

  it.effect("CW-MQTT-324: starts the device anew, and the boot of the new session confirms it", () =>
    Effect.gen(function* () {
      const bench = yield* started
      const before = bench.cloud.boots[0]?.session ?? 0
      const command = reboot(bench, "on_idle")
      bench.send(command)
      yield* bench.advance(settleMs)
      assert.deepStrictEqual(bench.stages(command.command_id), ["accepted", "executing", "confirmed"])
      assert.strictEqual(bench.cloud.boots.at(-1)?.session, before + 1)
      assert.strictEqual(bench.cloud.boots.at(-1)?.reason, "start")
      const unlock = bench.command()
      bench.send(unlock)
      yield* bench.advance(1_000)
      assert.strictEqual(bench.stages(unlock.command_id).at(-1), "confirmed")
    }),
  )

  it.effect("CW-MQTT-324: is confirmed only by a boot that the cloud has accepted", () =>
    Effect.gen(function* () {
      const bench = yield* started
      const command = reboot(bench, "now")
      bench.send(command)
      yield* bench.advance(5)
      bench.cloud.answer = () => undefined
      yield* bench.advance(2_000)
      assert.notInclude(bench.stages(command.command_id), "confirmed")
      bench.cloud.answer = undefined
      yield* bench.advance(2 * Limits.bootRetryMs)
      assert.strictEqual(bench.stages(command.command_id).at(-1), "confirmed")
    }),
  )

  it.effect("CW-MQTT-324: on idle waits for the unlock that is under way", () =>
    Effect.gen(function* () {
      const bench = yield* started
      bench.world.act(bay, "jam", 0)
      const unlock = bench.command()
      const command = reboot(bench, "on_idle")
      bench.send(unlock)
      bench.send(command)
      yield* bench.advance(1_000)
      assert.strictEqual(bench.cloud.boots.length, 1)
      yield* bench.advance(4_000)
      assert.strictEqual(bench.stages(unlock.command_id).at(-1), "failed(no_motion)")
      assert.strictEqual(bench.world.pulses(bay), 2)
      assert.strictEqual(bench.stages(command.command_id).at(-1), "confirmed")
    }),
  )

  it.effect("CW-MQTT-310, CW-MQTT-324: at once pulses no unlock a second time, and a reading decides about it", () =>
    Effect.gen(function* () {
      const bench = yield* started
      bench.world.act(bay, "jam", 0)
      const unlock = bench.command()
      bench.send(unlock)
      while (bench.world.pulses(bay) === 0) yield* bench.advance(5)
      const command = reboot(bench, "now")
      bench.send(command)
      yield* bench.advance(5_000)
      assert.strictEqual(bench.world.pulses(bay), 1)
      assert.strictEqual(bench.stages(command.command_id).at(-1), "confirmed")
      assert.deepStrictEqual(bench.stages(unlock.command_id).slice(-2), ["unknown(restarted)", "failed(no_motion)"])
    }),
  )

  it.effect("CW-MQTT-326: that was asked for before the power went is confirmed by the start that followed", () =>
    Effect.gen(function* () {
      const bench = yield* started
      bench.world.act(bay, "jam", 0)
      bench.send(bench.command())
      const command = reboot(bench, "on_idle")
      bench.send(command)
      yield* bench.advance(200)
      yield* bench.cutPower
      yield* bench.turnOn
      yield* bench.advance(settleMs)
      assert.strictEqual(bench.stages(command.command_id).at(-1), "confirmed")
      assert.strictEqual(bench.cloud.boots.length, 2)
    }),
  )
})

describe("to apply the configuration", () => {
  const apply = (bench: Bench) => bench.command({ kind: "apply_config", target: thisDevice })
  const outcomeOf = Effect.fnUntraced(function* (bench: Bench) {
    const command = apply(bench)
    bench.send(command)
    yield* bench.advance(settleMs)
    return bench.stages(command.command_id).at(-1)
  })

  it.effect("CW-MQTT-325: fails when the cloud has offered none", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* outcomeOf(yield* started), "failed(nothing_offered)")
    }),
  )

  it.effect("CW-MQTT-325: is confirmed when the offered one is in force, and fails when it is refused", () =>
    Effect.gen(function* () {
      const bench = yield* started
      const document = bench.program()?.configuration.document ?? assert.fail("no program")
      const wanted = { ...document, timing: { poll_ms: 500, heartbeat_ms: 5_000, telemetry_ms: 10_000 } }
      const offer = { v: 1, version: 3, hash: hashOf(wanted), document: wanted }
      // Retained and named by no answer to a boot: the device has heard it and waits for a word.
      bench.cloud.deliver("config/desired", JSON.stringify(offer), true)
      yield* bench.advance(settleMs)
      assert.strictEqual(bench.program()?.configuration.name.version, 0)
      assert.strictEqual(yield* outcomeOf(bench), "confirmed")
      assert.strictEqual(bench.program()?.configuration.name.version, 3)
      bench.cloud.deliver("config/desired", JSON.stringify({ ...offer, version: 4, hash: "0".repeat(64) }), true)
      assert.strictEqual(yield* outcomeOf(bench), "failed(config_refused)")
      assert.strictEqual(bench.program()?.configuration.name.version, 3)
    }),
  )
})

describe("a probe", () => {
  const board = { kind: "controller", id: uuidOf(10) }

  it.effect("CW-MQTT-331: reads its board, says what it found, and moves no lock", () =>
    Effect.gen(function* () {
      const bench = yield* started
      const probe = bench.command({ kind: "probe", target: board })
      bench.send(probe)
      yield* bench.advance(settleMs)
      assert.deepStrictEqual(bench.stages(probe.command_id), ["accepted", "executing", "confirmed"])
      const [report = assert.fail("nothing was said")] = bench.cloud.boardReports
      assert.deepInclude({ ...report }, { command_id: probe.command_id, controller: board.id, address: 0 } as object)
      assert.deepStrictEqual(
        report.looks.map(({ answer }) => answer),
        ["good", "good", "good"],
      )
      // Every bay of the bench holds its cart, latched.
      assert.strictEqual((report.hook_bits ?? 0) & 1, 1)
      assert.strictEqual((report.presence_bits ?? 0) & 1, 1)
      assert.isNotEmpty(report.frames)
      for (const { direction, bytes } of report.frames) {
        if (direction === "sent") assert.match(bytes, /^02 \d0 30 03 [0-9A-F]{2}$/u)
      }
      assert.isAbove(report.bus.answers, 0)
      assert.strictEqual(report.bus.pulses, 0)
      assert.strictEqual(bench.world.pulses(bay), 0)
    }),
  )

  it.effect("CW-MQTT-331: of a board that is silent has failed, and says how it was asked", () =>
    Effect.gen(function* () {
      const bench = yield* started
      bench.world.act(bay, "silence", 0)
      yield* bench.advance(2_000)
      const probe = bench.command({ kind: "probe", target: board })
      bench.send(probe)
      yield* bench.advance(2_000)
      assert.deepStrictEqual(bench.stages(probe.command_id), ["accepted", "executing", "failed(no_answer)"])
      const [report = assert.fail("nothing was said")] = bench.cloud.boardReports
      assert.deepInclude(report, { hook_bits: null, presence_bits: null })
      assert.deepStrictEqual(
        report.looks.map(({ answer }) => answer),
        ["none", "none", "none"],
      )
    }),
  )

  it.effect("of a board that is not here is refused", () =>
    Effect.gen(function* () {
      const bench = yield* started
      const probe = bench.command({ kind: "probe", target: { kind: "controller", id: uuidOf(999) } })
      bench.send(probe)
      yield* bench.advance(settleMs)
      assert.deepStrictEqual(bench.stages(probe.command_id), ["rejected(target_unknown)"])
      assert.isEmpty(bench.cloud.boardReports)
    }),
  )
})
