import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"

import { toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import { step } from "#twins/Twin.ts"
import { regionWord } from "#twins/Words.ts"

import { benchSigner, makeBench, uuidOf } from "./DeviceBench.fixture.ts"

const bay = uuidOf(100)
const onOtherBoard = uuidOf(200)
type Bench = Effect.Success<ReturnType<typeof makeBench>>
/** Long enough for boards to be read and the boot to be answered. */
const settleMs = 500
/** Long enough for two pulses and their verdict. */
const outcomeMs = 4_000

describe("a device", () => {
  it.effect("CW-MQTT-102: believes its boards, boots and sends a snapshot", () =>
    Effect.gen(function* () {
      const { advance, cloud, program } = yield* makeBench()
      yield* advance(settleMs)
      assert.strictEqual(cloud.boots.length, 1)
      const [snapshot] = cloud.snapshots
      assert.strictEqual(snapshot?.twins.length, 1 + 2 + 6 + 6)
      assert.propertyVal(program()?.hub.stored({ kind: "bay", id: bay })?.value, "latch", "secured")
      assert.deepStrictEqual(
        cloud.facts.map(({ seq }) => seq),
        cloud.facts.map((_, index) => index + 1),
      )
    }),
  )

  it.effect("CW-MQTT-601: lets the broker keep its status and those of its carts, and nothing else", () =>
    Effect.gen(function* () {
      const { advance, cloud, command, send } = yield* makeBench()
      yield* advance(settleMs)
      send(command())
      yield* advance(Limits.heartbeatMs + Limits.telemetryEveryMs)
      const leaves = [...cloud.retained.keys()].map((topic) => topic.replace(/^.*\/(devices|carts)\/[^/]+\//, "$1 "))
      assert.deepStrictEqual([...new Set(leaves)].sort(), ["carts status", "devices status"])
    }),
  )

  it.effect("opens a bay with one pulse and says every stage", () =>
    Effect.gen(function* () {
      const { advance, command, send, stages, twinFacts, world } = yield* makeBench()
      yield* advance(settleMs)
      const unlock = command()
      send(unlock)
      yield* advance(1_000)
      assert.deepStrictEqual(stages(unlock.command_id), ["accepted", "executing", "executed", "confirmed"])
      assert.strictEqual(world.pulses(bay), 1)
      const opened = twinFacts(bay).at(-1)
      assert.deepStrictEqual(opened?.announces, ["UNLOCK_CONFIRMED"])
      assert.strictEqual(opened?.command_id, unlock.command_id)
    }),
  )

  it.effect("says of each stage what was done for it, and picks no frame before the pulse is out", () =>
    Effect.gen(function* () {
      const { advance, cloud, command, send } = yield* makeBench()
      yield* advance(settleMs)
      const unlock = command()
      send(unlock)
      yield* advance(1_000)
      const trails = cloud.facts.flatMap((fact) =>
        fact.fact === "command" && fact.command_id === unlock.command_id
          ? [{ stage: fact.stage, trail: fact.trail ?? [] }]
          : [],
      )
      const whats = (stage: string) =>
        trails.filter((one) => one.stage === stage).flatMap(({ trail }) => trail.map(({ what }) => what))
      assert.deepStrictEqual(whats("accepted"), ["received"])
      assert.deepStrictEqual(whats("executing"), ["journal"])
      assert.include(whats("executed"), "sent")
      assert.include(whats("confirmed"), "heard")
      const pulses = trails.flatMap(({ trail }) => trail.filter(({ detail }) => /^02 .. 31 /u.test(detail)))
      assert.deepStrictEqual(
        pulses.map(({ detail }) => detail),
        ["02 00 31 03 36"],
      )
    }),
  )

  it.effect("opens the bay of a cart that is named, also on the cart's own topic", () =>
    Effect.gen(function* () {
      const { advance, cloud, command, stages, world } = yield* makeBench()
      yield* advance(settleMs)
      const unlock = command({ target: { kind: "cart", id: uuidOf(1100) } })
      cloud.deliver(`carts/${uuidOf(1100)}/unlock`, benchSigner.sign(unlock))
      yield* advance(1_000)
      assert.strictEqual(stages(unlock.command_id).at(-1), "confirmed")
      assert.strictEqual(world.pulses(bay), 1)
    }),
  )

  const doubt = (bench: Bench) => {
    const at = bench.program()?.time.nowMs() ?? 0
    assert.isTrue(bench.program()?.hub.deliver({ kind: "bay", id: bay }, { type: "bay.flapping", at }).accepted)
  }
  for (const what of ["closed", "open already"] as const) {
    it.effect(
      `CW-MQTT-327: takes an unlock of a bay whose suspect hook says ${what}: one pulse, unknown until evidence`,
      () =>
        Effect.gen(function* () {
          const bench = yield* makeBench()
          const { advance, command, program, send, stages, world } = bench
          yield* advance(settleMs)
          if (what === "open already") {
            send(command())
            yield* advance(1_000)
          }
          doubt(bench)
          if (what === "closed") world.act(bay, "jam", 0)
          const before = world.pulses(bay)
          const unlock = command()
          send(unlock)
          yield* advance(outcomeMs)
          assert.strictEqual(world.pulses(bay), before + 1)
          assert.strictEqual(stages(unlock.command_id).at(-1), "unknown(sensor_suspect)")
          const at = program()?.time.nowMs() ?? 0
          program()?.hub.offer({ kind: "bay", id: bay }, { type: "bay.steady", at })
          yield* advance(settleMs)
          assert.strictEqual(stages(unlock.command_id).at(-1), what === "closed" ? "failed(no_motion)" : "confirmed")
          assert.strictEqual(world.pulses(bay), before + 1)
        }),
    )
  }

  it.effect("tells a cart's dock of every change of its bay", () =>
    Effect.gen(function* () {
      const { advance, command, send, twinFacts, world } = yield* makeBench()
      yield* advance(settleMs)
      send(command())
      yield* advance(1_000)
      world.act(bay, "take", 0)
      yield* advance(settleMs)
      world.act(bay, "return", 0)
      yield* advance(Limits.returnSettleMs + settleMs)
      assert.deepStrictEqual(
        twinFacts(uuidOf(1100)).map(({ event }) => event.type),
        ["dock.secured", "dock.releasing", "dock.released", "dock.left", "dock.secured"],
      )
    }),
  )

  it.effect("asks a board in a hurry only until the hook has moved", () =>
    Effect.gen(function* () {
      const { advance, command, program, send, stages } = yield* makeBench()
      yield* advance(settleMs)
      const unlock = command()
      send(unlock)
      while (stages(unlock.command_id).at(-1) !== "confirmed") yield* advance(5)
      const answers = () => program()?.buses[0]?.counters().answers ?? 0
      const before = answers()
      yield* advance(1_000)
      const boards = 2
      assert.isAtMost(answers() - before, (boards * 1_000) / Limits.pollEveryMs + 2)
    }),
  )

  it.effect("CW-MQTT-309: gives a jammed lock two pulses and no more", () =>
    Effect.gen(function* () {
      const { advance, command, send, stages, world } = yield* makeBench()
      yield* advance(settleMs)
      world.act(bay, "jam", 0)
      const unlock = command()
      send(unlock)
      yield* advance(outcomeMs)
      assert.strictEqual(world.pulses(bay), 2)
      assert.strictEqual(stages(unlock.command_id).at(-1), "failed(no_motion)")
    }),
  )

  it.effect("does not know the outcome when answers stop after the pulse, and confirms when they return", () =>
    Effect.gen(function* () {
      const { advance, command, send, stages, world } = yield* makeBench()
      yield* advance(settleMs)
      world.breakWith(bay, "repliesLostAfterPulse")
      const unlock = command()
      send(unlock)
      yield* advance(outcomeMs)
      assert.strictEqual(world.pulses(bay), 1)
      assert.include(stages(unlock.command_id).at(-1), "unknown")
      world.act(bay, "restore", 0)
      yield* advance(2_000)
      assert.strictEqual(stages(unlock.command_id).at(-1), "confirmed")
      assert.strictEqual(world.pulses(bay), 1)
    }),
  )

  const secondPulseGoesWrong: ReadonlyArray<
    readonly [what: string, wrong: (bench: Bench) => void, right: (bench: Bench) => void]
  > = [
    ["its board is silent", ({ world }) => world.act(bay, "silence", 0), ({ world }) => world.act(bay, "restore", 0)],
    ["the disk takes nothing", ({ disk }) => disk().fail("no space left"), ({ disk }) => disk().fail(undefined)],
  ]
  for (const [what, wrong, right] of secondPulseGoesWrong) {
    it.effect(`sees a bay again after ${what} for a moment at the second pulse`, () =>
      Effect.gen(function* () {
        const bench = yield* makeBench()
        const { advance, command, program, send, stages, world } = bench
        const latch = () => regionWord(program()?.hub.stored({ kind: "bay", id: bay })?.value ?? null, "latch")
        yield* advance(settleMs)
        world.act(bay, "jam", 0)
        const unlock = command()
        send(unlock)
        while (world.pulses(bay) === 0) yield* advance(5)
        const until = (state: string) =>
          Effect.gen(function* () {
            for (let waitedMs = 0; latch() !== state && waitedMs < outcomeMs; waitedMs += 5) yield* advance(5)
            assert.strictEqual(latch(), state)
          })
        yield* until("releasing.verifying")
        yield* until("releasing.pulsing")
        wrong(bench)
        yield* until("dark")
        right(bench)
        // Whoever mends a board mends its locks.
        world.act(bay, "jam", 0)
        yield* advance(3_000)
        assert.strictEqual(latch(), "secured")
        assert.strictEqual(stages(unlock.command_id).at(-1), "failed(no_motion)")
        assert.strictEqual(world.pulses(bay), 1)
      }),
    )
  }

  it.effect("refuses to unlock a bay of a silent board, noticed or not, without a pulse", () =>
    Effect.gen(function* () {
      const { advance, command, send, stages, world } = yield* makeBench()
      yield* advance(settleMs)
      world.act(bay, "silence", 0)
      const unnoticed = command()
      send(unnoticed)
      yield* advance(2_000)
      const noticed = command()
      send(noticed)
      yield* advance(2_000)
      assert.strictEqual(stages(unnoticed.command_id).at(-1), "rejected(controller_silent)")
      assert.deepStrictEqual(stages(noticed.command_id), ["rejected(controller_silent)"])
      assert.strictEqual(world.pulses(bay), 0)
    }),
  )

  it.effect("goes on with one board while the other is silent", () =>
    Effect.gen(function* () {
      const { advance, command, send, stages, world } = yield* makeBench()
      world.act(bay, "silence", 0)
      yield* advance(2_000)
      const unlock = command({ target: { kind: "bay", id: onOtherBoard } })
      send(unlock)
      yield* advance(1_000)
      assert.strictEqual(stages(unlock.command_id).at(-1), "confirmed")
    }),
  )

  it.effect("goes on with the other bays of a board when the step of one throws", () =>
    Effect.gen(function* () {
      const poisoned = uuidOf(100)
      let defects = 1
      const { advance, command, program, send, stages } = yield* makeBench({
        step: (stored, event) => {
          // The first bay that is read is the poisoned one.
          if (event.type === "bay.observed" && defects-- > 0) throw new RangeError("a defect")
          return step(stored, event)
        },
      })
      yield* advance(settleMs)
      assert.strictEqual(program()?.hub.defects, 1)
      // It lost one reading, and takes the next.
      assert.propertyVal(program()?.hub.stored({ kind: "bay", id: poisoned })?.value, "latch", "secured")
      const unlock = command({ target: { kind: "bay", id: uuidOf(101) } })
      send(unlock)
      yield* advance(1_000)
      assert.strictEqual(stages(unlock.command_id).at(-1), "confirmed")
    }),
  )

  it.effect("refuses a command whose step throws, and takes the next", () =>
    Effect.gen(function* () {
      const { advance, command, program, send, stages } = yield* makeBench({
        step: (stored, event) => {
          if (event.type === "bay.unlock" && event.commandId === uuidOf(7_777)) throw new RangeError("a defect")
          return step(stored, event)
        },
      })
      yield* advance(settleMs)
      const poison = command({ command_id: uuidOf(7_777) })
      const unlock = command({ target: { kind: "bay", id: onOtherBoard } })
      send(poison)
      send(unlock)
      yield* advance(1_000)
      assert.strictEqual(stages(unlock.command_id).at(-1), "confirmed")
      assert.deepStrictEqual(stages(poison.command_id), ["rejected(not_possible_now)"])
      const again = command()
      send(again)
      yield* advance(1_000)
      assert.strictEqual(stages(again.command_id).at(-1), "confirmed")
      assert.strictEqual(program()?.hub.defects, 0)
    }),
  )

  it.effect("CW-MQTT-308: never pulses after a command's time, however long the coil has to rest", () =>
    Effect.gen(function* () {
      const { advance, cloud, command, send, stages, world } = yield* makeBench()
      yield* advance(settleMs)
      const first = command()
      const expiresAt = Date.parse(first.issued_at) + 300
      const second = command({ target: { kind: "bay", id: uuidOf(101) }, expires_at: toInstant(expiresAt) })
      send(first)
      yield* advance(50)
      send(second)
      yield* advance(2_000)
      assert.strictEqual(world.pulses(uuidOf(101)), 0)
      assert.strictEqual(stages(second.command_id).at(-1), "expired(expired)")
      assert.strictEqual(stages(first.command_id).at(-1), "confirmed")
      assert.isEmpty(cloud.acks)
    }),
  )

  it.effect("refuses unlocks while the journal can not be written, and takes them when it can", () =>
    Effect.gen(function* () {
      const { advance, cloud, command, disk, send, stages, world } = yield* makeBench()
      yield* advance(settleMs)
      disk().fail("no space left on device")
      const refused = command()
      send(refused)
      yield* advance(1_000)
      const next = command()
      send(next)
      yield* advance(100)
      const answers = cloud.acks.map(({ command_id, reason }) => [command_id, reason])
      assert.deepStrictEqual(answers, [
        [refused.command_id, "journal_unwritable"],
        [next.command_id, "journal_unwritable"],
      ])
      assert.strictEqual(world.pulses(bay), 0)
      disk().fail(undefined)
      yield* advance(2 * Limits.journalRetryMs)
      const taken = command()
      send(taken)
      yield* advance(1_000)
      assert.strictEqual(stages(taken.command_id).at(-1), "confirmed")
    }),
  )
})
