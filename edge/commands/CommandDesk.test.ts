import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"

import { toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import { envelopeExample } from "#core/wire/Examples.ts"

import { placementOf } from "../config/Placement.ts"
import { benchDevice, benchSigner, makeBench, uuidOf } from "../DeviceBench.fixture.ts"
import { verifyWith } from "./CommandKeys.ts"
import { testSigner } from "./CommandSigner.fixture.ts"
import { judge } from "./Verdict.ts"

const settleMs = 500
const bay = uuidOf(100)
type Bench = Effect.Success<ReturnType<typeof makeBench>>

/** Milliseconds from now as the wire writes them. */
const inMs = (bench: Bench, ms: number) => toInstant(Date.parse(bench.command().issued_at) + ms)

/** Lets time pass until the desk has looked at so many commands. */
const judged = Effect.fnUntraced(function* (bench: Bench, commands: number) {
  const seen = () => Object.values(bench.program()?.desk.counts() ?? {}).reduce((sum, count) => sum + count, 0)
  for (let ms = 0; seen() < commands && ms < commands; ms++) yield* bench.advance(1)
})

/** Commands that must not be carried out: what to change, and the one answer, as the stage of a fact. */
const refusedByFact: ReadonlyArray<
  readonly [what: string, over: (bench: Bench) => Readonly<Record<string, unknown>>, answer: string]
> = [
  ["is past its time", (b) => ({ issued_at: inMs(b, -9_000), expires_at: inMs(b, -1) }), "expired(expired)"],
  ["ends in this moment", (b) => ({ issued_at: inMs(b, -9_000), expires_at: inMs(b, 0) }), "expired(expired)"],
  ["lives longer than any may", (b) => ({ expires_at: inMs(b, Limits.commandLifetimeMaxMs + 1) }), schemaInvalid()],
  ["was issued in the future", (b) => ({ issued_at: inMs(b, 25_000), expires_at: inMs(b, 50_000) }), schemaInvalid()],
  ["ends before it begins", (b) => ({ expires_at: inMs(b, -1) }), schemaInvalid()],
  ["ended before time began", () => ({ expires_at: "1969-12-31T23:59:50Z" }), schemaInvalid()],
  ["has a time that is none", () => ({ expires_at: "2026-13-01T00:00:00Z" }), schemaInvalid()],
  ["is of the epoch before", (b) => ({ epoch: b.cloud.epoch - 1 || 99 }), "rejected(wrong_epoch)"],
  ["is of an epoch to come", (b) => ({ epoch: b.cloud.epoch + 1 }), "rejected(wrong_epoch)"],
  ["names no bay of this device", () => ({ target: { kind: "bay", id: uuidOf(999) } }), "rejected(target_unknown)"],
  ["names no cart placed here", () => ({ target: { kind: "cart", id: uuidOf(999) } }), "rejected(target_unknown)"],
  ["is for a board", () => ({ target: { kind: "controller", id: uuidOf(10) } }), "rejected(target_unknown)"],
  ["asks for what this program can not do", () => ({ kind: "fly" }), "rejected(unsupported)"],
  ["does not say what its kind needs", () => ({ kind: "reboot" }), schemaInvalid()],
  ["lacks a part of its schema", () => ({ issued_at: undefined }), schemaInvalid()],
  ["is of another version", () => ({ v: 2 }), schemaInvalid()],
]

function schemaInvalid(): string {
  return "rejected(schema_invalid)"
}

describe("the command desk", () => {
  for (const [what, over, answer] of refusedByFact) {
    it.effect(`CW-MQTT-304, CW-MQTT-305: refuses a command that ${what}`, () =>
      Effect.gen(function* () {
        const bench = yield* makeBench()
        yield* bench.advance(settleMs)
        const command = bench.command(over(bench))
        bench.send(command)
        yield* bench.advance(1_000)
        assert.deepStrictEqual(bench.stages(command.command_id), [answer])
        assert.deepStrictEqual(bench.program()?.desk.counts(), { [/\((.+)\)/u.exec(answer)?.[1] ?? ""]: 1 })
        assert.isEmpty(bench.cloud.acks)
        assert.strictEqual(bench.world.pulses(bay), 0)
      }),
    )
  }

  it.effect("CW-MQTT-301: refuses a retained command", () =>
    Effect.gen(function* () {
      const { advance, command, send, stages, world } = yield* makeBench()
      yield* advance(settleMs)
      const planted = command()
      send(planted, true)
      yield* advance(1_000)
      assert.deepStrictEqual(stages(planted.command_id), ["rejected(retained)"])
      assert.strictEqual(world.pulses(bay), 0)
    }),
  )

  it.effect("CW-MQTT-312: refuses a command on a cart's topic that means something else", () =>
    Effect.gen(function* () {
      const { advance, cloud, command, stages, world } = yield* makeBench()
      yield* advance(settleMs)
      const forBay = command()
      const otherCart = command({ target: { kind: "cart", id: uuidOf(1101) } })
      cloud.deliver(`carts/${uuidOf(1100)}/unlock`, benchSigner.sign(forBay))
      cloud.deliver(`carts/${uuidOf(1100)}/unlock`, benchSigner.sign(otherCart))
      yield* advance(1_000)
      assert.deepStrictEqual(stages(forBay.command_id), [schemaInvalid()])
      assert.deepStrictEqual(stages(otherCart.command_id), [schemaInvalid()])
      assert.strictEqual(world.pulses(bay), 0)
    }),
  )

  const unanswerable: ReadonlyArray<readonly [what: string, payload: (bench: Bench) => string, reason: string]> = [
    ["is not JSON", () => "unlock everything", "schema_invalid"],
    ["is empty", () => "", "schema_invalid"],
    ["is JSON of another kind", () => "[1,2,3]", "schema_invalid"],
    ["is not signed", (b) => JSON.stringify(b.command()), "schema_invalid"],
    ["signs what is not JSON", () => benchSigner.sign("unlock everything"), "schema_invalid"],
    ["has an id that is none", (b) => benchSigner.sign(b.command({ command_id: "7" })), "schema_invalid"],
    ["is a megabyte long", () => `"${"x".repeat(1_000_000)}"`, "too_large"],
    ["is a byte too long", (b) => benchSigner.sign(b.command()).padEnd(Limits.commandBytes + 1), "too_large"],
    ["is signed by a key nobody told it of", (b) => testSigner(2).sign(b.command()), "not_authorised"],
    ["is for another device", (b) => benchSigner.sign(b.command({ device: uuidOf(8) })), "wrong_device"],
    ["is for another branch", (b) => benchSigner.sign(b.command({ branch: uuidOf(8) })), "wrong_device"],
    ["is for another chain", (b) => benchSigner.sign(b.command({ tenant: uuidOf(8) })), "wrong_device"],
  ]
  for (const [what, payload, reason] of unanswerable) {
    it.effect(`CW-MQTT-304, CW-MQTT-306: answers a message that ${what} without a fact, and goes on`, () =>
      Effect.gen(function* () {
        const bench = yield* makeBench()
        yield* bench.advance(settleMs)
        bench.cloud.deliver("commands", payload(bench))
        yield* bench.advance(100)
        assert.deepStrictEqual(
          bench.cloud.acks.map((ack) => `${ack.stage}(${ack.reason})`),
          [`rejected(${reason})`],
        )
        assert.deepStrictEqual(bench.program()?.desk.counts(), { [reason]: 1 })
        const unlock = bench.command()
        bench.send(unlock)
        yield* bench.advance(1_000)
        assert.strictEqual(bench.stages(unlock.command_id).at(-1), "confirmed")
      }),
    )
  }

  it.effect("CW-MQTT-302: carries out a command once that comes many times", () =>
    Effect.gen(function* () {
      const { advance, cloud, command, send, stages, world } = yield* makeBench()
      yield* advance(settleMs)
      const unlock = command()
      for (let copy = 0; copy < 5; copy++) send(unlock)
      yield* advance(2_000)
      send(unlock)
      yield* advance(100)
      assert.strictEqual(world.pulses(bay), 1)
      assert.deepStrictEqual(stages(unlock.command_id), ["accepted", "executing", "executed", "confirmed"])
      assert.deepStrictEqual(
        cloud.acks.map((ack) => ack.reason),
        Array.from({ length: 5 }, () => "repeated" as const),
      )
      assert.strictEqual(cloud.acks.at(-1)?.stage, "confirmed")
    }),
  )

  it.effect("CW-MQTT-302, CW-MQTT-605: carries out once what comes 10,000 times, and has room for the next", () =>
    Effect.gen(function* () {
      const bench = yield* makeBench()
      const { advance, cloud, command, disk, program, stages, world } = bench
      yield* advance(settleMs)
      const signed = benchSigner.sign(command())
      for (let sent = 0; sent < 10_000; sent++) {
        cloud.deliver("commands", signed)
        if (sent % 10 === 0) yield* advance(1)
      }
      yield* judged(bench, 10_000)
      yield* advance(1_000)
      assert.strictEqual(world.pulses(bay), 1)
      assert.deepStrictEqual(program()?.desk.counts(), { accepted: 1, repeated: 9_999 })
      const kept = disk().durable()
      const bytes = [...kept.values()].reduce((sum, file) => sum + file.length, 0)
      assert.isBelow(bytes, Limits.journalSegmentBytes, "a repeat leaves nothing behind")
      const unlock = command({ target: { kind: "bay", id: uuidOf(101) } })
      cloud.deliver("commands", benchSigner.sign(unlock))
      yield* advance(1_000)
      assert.strictEqual(stages(unlock.command_id).at(-1), "confirmed")
    }),
  )

  it.effect(
    "CW-MQTT-303, CW-MQTT-605: a flood of 3,000 genuine commands that are late leaves room for one in time",
    () =>
      Effect.gen(function* () {
        const bench = yield* makeBench()
        const { advance, cloud, command, program, send, stages, world } = bench
        yield* advance(settleMs)
        const late = { issued_at: inMs(bench, -20_000), expires_at: inMs(bench, -15_000) }
        for (let sent = 0; sent < 3_000; sent++) {
          send(command(late))
          if (sent % 10 === 0) yield* advance(1)
        }
        yield* judged(bench, 3_000)
        yield* advance(1_000)
        assert.strictEqual(program()?.desk.counts()["expired"], 3_000)
        const answered = cloud.facts.filter(({ fact }) => fact === "command").length + cloud.acks.length
        assert.strictEqual(answered, 3_000)
        assert.strictEqual(world.pulses(bay), 0)
        const unlock = command()
        send(unlock)
        yield* advance(1_000)
        assert.strictEqual(stages(unlock.command_id).at(-1), "confirmed")
      }),
  )

  const year = (of: number) => Date.UTC(of, 5, 1)
  for (const wrong of [1970, 2099]) {
    it.effect(`CW-MQTT-803: knows late from in time though its own clock says ${wrong}`, () =>
      Effect.gen(function* () {
        yield* TestClock.setTime(year(wrong))
        const bench = yield* makeBench({ cloudAheadMs: year(2026) - year(wrong) })
        const { advance, command, send, stages, world } = bench
        yield* advance(settleMs)
        const late = command({ issued_at: inMs(bench, -10_000), expires_at: inMs(bench, -1) })
        const early = command({ issued_at: toInstant(year(2099)), expires_at: toInstant(year(2099) + 10_000) })
        const old = command({ issued_at: toInstant(year(1970)), expires_at: toInstant(year(1970) + 10_000) })
        for (const one of [late, early, old]) send(one)
        yield* advance(1_000)
        assert.deepStrictEqual(stages(late.command_id), ["expired(expired)"])
        assert.deepStrictEqual(stages(early.command_id), [schemaInvalid()])
        assert.deepStrictEqual(stages(old.command_id), ["expired(expired)"])
        assert.strictEqual(world.pulses(bay), 0)
        const unlock = command()
        send(unlock)
        yield* advance(1_000)
        assert.strictEqual(stages(unlock.command_id).at(-1), "confirmed")
        const last = bench.cloud.facts.at(-1)
        const at = last?.fact === "twin" ? last.event.at : last?.at
        assert.strictEqual(new Date(at ?? 0).getUTCFullYear(), 2026, "its facts carry the cloud's time")
      }),
    )
  }

  it.effect("CW-MQTT-305: refuses a command while it does not know the time: clock_unsynced", () =>
    Effect.sync(() => {
      const { chain_id: tenant, branch_id: branch, id: device } = benchDevice
      const target = { kind: "device", id: device } as const
      const envelope = { ...envelopeExample, kind: "snapshot", tenant, branch, device, target }
      const payload = new TextEncoder().encode(benchSigner.sign(envelope))
      const around = {
        placement: placementOf(benchDevice),
        verify: verifyWith([benchSigner.key]),
        epoch: envelope.epoch,
        remainingMs: () => undefined,
      }
      const verdict = judge({ payload, retain: false }, around)
      assert.deepInclude(verdict, { _tag: "Refusal", stage: "rejected", reason: "clock_unsynced" })
    }),
  )

  it.effect("CW-MQTT-303: remembers a refusal: the same id is not carried out later", () =>
    Effect.gen(function* () {
      const { advance, cloud, command, send, world } = yield* makeBench()
      yield* advance(settleMs)
      const unlock = command()
      send({ ...unlock, epoch: 99 })
      send(unlock)
      yield* advance(1_000)
      assert.strictEqual(cloud.acks.at(-1)?.reason, "repeated")
      assert.strictEqual(world.pulses(bay), 0)
    }),
  )

  it.effect("keeps its journal readable whatever time a command names", () =>
    Effect.gen(function* () {
      const { advance, command, cutPower, program, send, turnOn } = yield* makeBench()
      yield* advance(settleMs)
      send(command({ issued_at: "1969-12-31T23:59:45Z", expires_at: "1969-12-31T23:59:50Z" }))
      yield* advance(settleMs)
      const id = program()?.journal.id()
      assert.strictEqual(program()?.journal.status().lost, 0)
      yield* cutPower
      yield* turnOn
      assert.strictEqual(program()?.journal.id(), id)
    }),
  )

  it.effect("CW-MQTT-805: remembers of a trace only what is one", () =>
    Effect.gen(function* () {
      const { advance, cloud, command, send } = yield* makeBench()
      yield* advance(settleMs)
      const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`
      const traced = command({ traceparent, epoch: 99 })
      const flooded = command({ traceparent: "a".repeat(5_000), epoch: 99 })
      send(traced)
      send(flooded)
      yield* advance(settleMs)
      const traces = [traced, flooded].map(
        ({ command_id }) => cloud.facts.find((fact) => fact.command_id === command_id)?.traceparent,
      )
      assert.deepStrictEqual(traces, [traceparent, undefined])
    }),
  )

  it.effect("gives a bay to the first of two commands and says why to the second", () =>
    Effect.gen(function* () {
      const { advance, command, send, stages, world } = yield* makeBench()
      yield* advance(settleMs)
      const [first, second] = [command(), command()]
      send(first)
      send(second)
      yield* advance(1_000)
      assert.strictEqual(stages(first.command_id).at(-1), "confirmed")
      assert.strictEqual(stages(second.command_id).at(-1), "rejected(busy)")
      const third = command()
      send(third)
      yield* advance(100)
      assert.deepStrictEqual(stages(third.command_id), ["rejected(already_open)"])
      assert.strictEqual(world.pulses(bay), 1)
    }),
  )

  it.effect("opens several bays of one board one after the other", () =>
    Effect.gen(function* () {
      const { advance, command, send, stages } = yield* makeBench()
      yield* advance(settleMs)
      const commands = [100, 101, 102, 200].map((n) => command({ target: { kind: "bay", id: uuidOf(n) } }))
      for (const unlock of commands) send(unlock)
      yield* advance(5_000)
      for (const unlock of commands) assert.strictEqual(stages(unlock.command_id).at(-1), "confirmed")
    }),
  )

  it.effect("CW-MQTT-108, CW-MQTT-318: takes no command before the cloud has answered a boot", () =>
    Effect.gen(function* () {
      const { advance, cloud, command, send, world } = yield* makeBench()
      yield* advance(settleMs)
      cloud.deliver(
        "boot/reply",
        JSON.stringify({
          v: 1,
          status: "pending",
          session: cloud.boots[0]?.session,
          reason: "epoch_lost",
          retry_ms: 3_000,
        }),
      )
      const early = command()
      send(early)
      yield* advance(Limits.bootRetryMs + settleMs)
      assert.strictEqual(cloud.boots.at(-1)?.reason, "epoch_lost")
      assert.strictEqual(world.pulses(bay), 0)
      const unlock = command()
      send(unlock)
      yield* advance(1_000)
      assert.strictEqual(world.pulses(bay), 1)
    }),
  )

  it.effect("CW-MQTT-603: does not stop at garbage on any topic it listens to", () =>
    Effect.gen(function* () {
      const { advance, cloud, command, program, send, stages } = yield* makeBench()
      yield* advance(settleMs)
      for (const topic of ["boot/reply", "events/ack", "config/desired", `carts/${uuidOf(1100)}/lock`]) {
        for (const payload of ["", "{", "null", "[]", '{"v":1}', "\u0000", `"${"x".repeat(300_000)}"`]) {
          cloud.deliver(topic, payload)
        }
      }
      yield* advance(settleMs)
      assert.strictEqual(program()?.tally.malformed, 21)
      const unlock = command()
      send(unlock)
      yield* advance(1_000)
      assert.strictEqual(stages(unlock.command_id).at(-1), "confirmed")
    }),
  )
})
