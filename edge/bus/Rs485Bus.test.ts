import { assert, describe, it } from "@effect/vitest"
import { Clock, Deferred, Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"

import { envelopeBytes } from "#core/cu16/FrameTable.ts"
import { wireMs } from "#core/cu16/WireTime.ts"
import { Limits } from "#core/Limits.ts"

import { answers, answersAfter, openBus, passing, passUntil, silent, statusBytes } from "./ScriptedBus.fixture.ts"

const never = Number.MAX_SAFE_INTEGER
/** A pulse is told when its frame was handed to the port; this long later it has arrived. */
const wholeFrameMs = wireMs(envelopeBytes) + 1
const kinds = (wire: ReadonlyArray<{ readonly frame: { readonly kind: string } }>) =>
  wire.map(({ frame }) => frame.kind)

describe("reading", () => {
  it.effect("gives the raw bits and when they arrived", () =>
    Effect.gen(function* () {
      const { bus } = yield* openBus({ 3: () => [{ bytes: statusBytes(3, 0xfffe, 0x00ff), afterMs: 1 }] })
      const read = yield* passing(bus.readStatus(3))
      if (read._tag !== "Answer") return assert.fail(read._tag)
      assert.deepStrictEqual([read.hooks, read.presence], [0xfffe, 0x00ff])
      assert.isAtMost(read.atMs, yield* Clock.currentTimeMillis)
    }),
  )

  it.effect("one request is in flight, whatever is asked at once", () =>
    Effect.gen(function* () {
      const { bus, wire } = yield* openBus({ 0: answersAfter(20), 1: answersAfter(20), 2: answersAfter(20) })
      yield* passing(Effect.forEach([0, 1, 2], bus.readStatus, { concurrency: "unbounded" }))
      assert.strictEqual(wire.length, 3)
      wire.slice(1).forEach((next, at) => assert.isAbove(next.atMs - (wire[at]?.atMs ?? 0), 20))
      assert.strictEqual(bus.counters().answers, 3)
    }),
  )

  it.effect("a silent board is no answer, after the reply time and not later", () =>
    Effect.gen(function* () {
      const { bus } = yield* openBus({ 0: silent })
      const startedMs = yield* Clock.currentTimeMillis
      assert.deepStrictEqual(yield* passing(bus.readStatus(0)), { _tag: "NoAnswer" })
      const tookMs = (yield* Clock.currentTimeMillis) - startedMs
      assert.isAtLeast(tookMs, Limits.replyTimeoutMs)
      assert.isAtMost(tookMs, Limits.replyTimeoutMs + 10)
      assert.strictEqual(bus.counters().timeouts, 1)
    }),
  )

  it.effect("garbage is garbled, counted, and does not spoil the next answer", () =>
    Effect.gen(function* () {
      const cut = statusBytes(0).subarray(0, 7)
      const badSum = statusBytes(0).map((byte, at) => (at === 8 ? byte + 1 : byte))
      const { bus, scripts } = yield* openBus({ 0: () => [{ bytes: cut, afterMs: 1 }] })
      assert.deepStrictEqual(yield* passing(bus.readStatus(0)), { _tag: "Garbled" })
      assert.strictEqual(bus.counters().garbageBytes, 7)
      scripts[0] = () => [{ bytes: badSum, afterMs: 1 }]
      assert.deepStrictEqual(yield* passing(bus.readStatus(0)), { _tag: "Garbled" })
      assert.strictEqual(bus.counters().badSums, 1)
      scripts[0] = answers
      assert.strictEqual((yield* passing(bus.readStatus(0)))._tag, "Answer")
    }),
  )

  it.effect("an answer behind noise in the same exchange is found", () =>
    Effect.gen(function* () {
      const noisy = [Uint8Array.of(0x00, 0xff, 0x02, 0x00, 0x35), statusBytes(0)]
      const { bus } = yield* openBus({ 0: () => noisy.map((bytes) => ({ bytes, afterMs: 1 })) })
      assert.strictEqual((yield* passing(bus.readStatus(0)))._tag, "Answer")
    }),
  )

  it.effect("a cut answer before a request, or before silence, is never joined with the answer that follows", () =>
    Effect.gen(function* () {
      // Behind the cut, the first bytes of this answer would make a whole frame with a right sum.
      const cut = Uint8Array.of(0x02, 0x00, 0x35)
      const treacherous = { bytes: statusBytes(0, 0x0300, 0x0071), afterMs: 1 }
      const { bus, link, scripts, wire } = yield* openBus({ 0: () => [treacherous] })
      link.noise(cut)
      const before = yield* passing(bus.readStatus(0))
      assert.strictEqual(before._tag === "Answer" && before.hooks, 0x0300)
      scripts[0] = () => [{ ...treacherous, afterMs: Limits.busSilenceMs * 2 }]
      const during = yield* Effect.forkChild(bus.readStatus(0))
      yield* passUntil(() => wire.length === 2)
      link.noise(cut)
      const read = yield* passing(Fiber.join(during))
      assert.strictEqual(read._tag === "Answer" && read.hooks, 0x0300)
    }),
  )

  it.effect("the echo of a two-wire adapter is counted and never taken for an answer", () =>
    Effect.gen(function* () {
      const { bus, scripts } = yield* openBus({
        0: ({ bytes }) => [bytes, statusBytes(0)].map((bytes) => ({ bytes, afterMs: 0 })),
      })
      assert.strictEqual((yield* passing(bus.readStatus(0)))._tag, "Answer")
      assert.strictEqual(bus.counters().echoes, 1)
      scripts[0] = ({ bytes }) => [{ bytes, afterMs: 0 }]
      assert.deepStrictEqual(yield* passing(bus.readStatus(0)), { _tag: "NoAnswer" })
    }),
  )

  it.effect("a late answer is counted and dropped, not taken for another board's", () =>
    Effect.gen(function* () {
      const { bus } = yield* openBus({ 1: answersAfter(Limits.replyTimeoutMs + 20), 2: silent })
      assert.deepStrictEqual(yield* passing(bus.readStatus(1)), { _tag: "NoAnswer" })
      assert.deepStrictEqual(yield* passing(bus.readStatus(2)), { _tag: "NoAnswer" })
      assert.strictEqual(bus.counters().late, 1)
    }),
  )

  it.effect("more requests than may wait are refused at once", () =>
    Effect.gen(function* () {
      const { bus } = yield* openBus({ 0: answers })
      const reads = yield* passing(
        Effect.forEach(Array.from({ length: Limits.busQueueLength + 5 }), () => bus.readStatus(0), {
          concurrency: "unbounded",
        }),
      )
      const refused = reads.filter((read) => read._tag === "QueueFull").length
      assert.isAtLeast(refused, 4)
      assert.strictEqual(refused + bus.counters().answers, reads.length)
    }),
  )
})

describe("pulsing", () => {
  it.effect("reads the board and writes the unlock frame once, in one turn", () =>
    Effect.gen(function* () {
      const { bus, wire } = yield* openBus({ 0: answers, 1: answers })
      const pulse = yield* Effect.forkChild(bus.pulse({ board: 0, lockIndex: 4, notAfterMs: never }))
      const reads = yield* Effect.forkChild(Effect.forEach([1, 1], bus.readStatus, { concurrency: 2 }))
      const outcome = yield* passing(Fiber.join(pulse))
      yield* passing(Fiber.join(reads))
      assert.strictEqual(outcome._tag, "Pulsed")
      assert.deepStrictEqual(kinds(wire), ["queryStatus", "unlock", "queryStatus", "queryStatus"])
      assert.deepStrictEqual(wire[1]?.frame, { kind: "unlock", board: 0, lockIndex: 4 })
      assert.strictEqual(bus.counters().pulses, 1)
    }),
  )

  it.effect("goes before the polls that wait", () =>
    Effect.gen(function* () {
      const { bus, wire } = yield* openBus({ 0: answers, 1: answers })
      const polls = yield* Effect.forkChild(
        Effect.forEach([1, 1, 1, 1, 1, 1], bus.readStatus, { concurrency: "unbounded" }),
      )
      yield* passUntil(() => wire.length === 1)
      yield* passing(bus.pulse({ board: 0, lockIndex: 0, notAfterMs: never }))
      yield* passing(Fiber.join(polls))
      assert.deepStrictEqual(kinds(wire).slice(0, 3), ["queryStatus", "queryStatus", "unlock"])
    }),
  )

  it.effect(
    "takes an answer that was on its way for its proof, if it is the same board's and came after it was asked for",
    () =>
      Effect.gen(function* () {
        const { bus, scripts, wire } = yield* openBus({ 0: answersAfter(20), 1: answersAfter(20) })
        const pulseDuringReadOf = Effect.fnUntraced(function* (board: number) {
          wire.length = 0
          const read = yield* Effect.forkChild(bus.readStatus(board))
          yield* passUntil(() => wire.length === 1)
          const outcome = yield* passing(bus.pulse({ board: 0, lockIndex: 4, notAfterMs: never }))
          yield* passing(Fiber.join(read))
          yield* TestClock.adjust(Limits.pulseGapMs)
          return { outcome: outcome._tag, frames: kinds(wire) }
        })
        assert.deepStrictEqual(yield* pulseDuringReadOf(0), { outcome: "Pulsed", frames: ["queryStatus", "unlock"] })
        const asked = { outcome: "Pulsed", frames: ["queryStatus", "queryStatus", "unlock"] }
        assert.deepStrictEqual(yield* pulseDuringReadOf(1), asked)
        scripts[0] = () => [{ bytes: statusBytes(0).subarray(0, 7), afterMs: 1 }]
        const garbled = { outcome: "NotPulsed", frames: ["queryStatus", "queryStatus", "queryStatus"] }
        assert.deepStrictEqual(yield* pulseDuringReadOf(0), garbled)
      }),
  )

  it.effect("asks the board again when it has rested since the answer that was on its way", () =>
    Effect.gen(function* () {
      const { bus, wire } = yield* openBus({ 0: answersAfter(20) })
      yield* passing(bus.pulse({ board: 0, lockIndex: 4, notAfterMs: never }))
      yield* TestClock.adjust(wholeFrameMs)
      wire.length = 0
      const read = yield* Effect.forkChild(bus.readStatus(0))
      yield* passUntil(() => wire.length === 1)
      yield* passing(bus.pulse({ board: 0, lockIndex: 5, notAfterMs: never }))
      yield* passing(Fiber.join(read))
      yield* TestClock.adjust(wholeFrameMs)
      assert.deepStrictEqual(kinds(wire), ["queryStatus", "queryStatus", "unlock"])
    }),
  )

  it.effect("a board that does not answer is not pulsed", () =>
    Effect.gen(function* () {
      const { bus, unlocks } = yield* openBus({ 0: silent })
      const outcome = yield* passing(bus.pulse({ board: 0, lockIndex: 0, notAfterMs: never }))
      assert.deepStrictEqual(outcome, { _tag: "NotPulsed", reason: "controller_silent" })
      assert.deepStrictEqual(unlocks(), [])
    }),
  )

  it.effect("one answer lost to noise does not refuse the unlock", () =>
    Effect.gen(function* () {
      let asked = 0
      const { bus, unlocks } = yield* openBus({ 0: (ask) => (asked++ === 0 ? [] : answers(ask)) })
      assert.strictEqual((yield* passing(bus.pulse({ board: 0, lockIndex: 0, notAfterMs: never })))._tag, "Pulsed")
      yield* TestClock.adjust(wholeFrameMs)
      assert.strictEqual(unlocks().length, 1)
    }),
  )

  it.effect("is refused when its time ended while it waited", () =>
    Effect.gen(function* () {
      const { bus, wire } = yield* openBus({ 0: answers })
      const nowMs = yield* Clock.currentTimeMillis
      const outcome = yield* passing(bus.pulse({ board: 0, lockIndex: 0, notAfterMs: nowMs - 1 }))
      assert.deepStrictEqual(outcome, { _tag: "NotPulsed", reason: "expired" })
      assert.deepStrictEqual(wire, [])
    }),
  )

  it.effect("is refused when its time ended between the board's answer and the write", () =>
    Effect.gen(function* () {
      const { bus, unlocks } = yield* openBus({ 0: answersAfter(50) })
      const nowMs = yield* Clock.currentTimeMillis
      const slow = yield* passing(bus.pulse({ board: 0, lockIndex: 0, notAfterMs: nowMs + 30 }))
      assert.deepStrictEqual(slow, { _tag: "NotPulsed", reason: "expired" })
      const laterMs = yield* Clock.currentTimeMillis
      const recorded = yield* passing(
        bus.pulse({
          board: 0,
          lockIndex: 0,
          notAfterMs: laterMs + 200,
          beforeWrite: Effect.as(Effect.sleep(300), true),
        }),
      )
      assert.deepStrictEqual(recorded, { _tag: "NotPulsed", reason: "expired" })
      assert.deepStrictEqual(unlocks(), [])
    }),
  )

  it.effect("records before it writes, and a record that refuses withdraws the pulse", () =>
    Effect.gen(function* () {
      const { bus, wire, unlocks } = yield* openBus({ 0: answers })
      const seen: Array<ReadonlyArray<string>> = []
      const record = (allow: boolean) => Effect.sync(() => (seen.push(kinds(wire)), allow))
      const order = { board: 0, lockIndex: 0, notAfterMs: never }
      const refused = yield* passing(bus.pulse({ ...order, beforeWrite: record(false) }))
      assert.deepStrictEqual(refused, { _tag: "NotPulsed", reason: "withdrawn" })
      assert.strictEqual(unlocks().length, 0)
      assert.strictEqual((yield* passing(bus.pulse({ ...order, beforeWrite: record(true) })))._tag, "Pulsed")
      assert.deepStrictEqual(seen, [["queryStatus"], ["queryStatus", "queryStatus"]])
    }),
  )

  it.effect("a record that breaks is the caller's defect, and the bus goes on", () =>
    Effect.gen(function* () {
      const { bus, unlocks } = yield* openBus({ 0: answers })
      const order = { board: 0, lockIndex: 0, notAfterMs: never, beforeWrite: Effect.die("disk full") }
      const exit = yield* passing(Effect.exit(bus.pulse(order)))
      assert.strictEqual(exit._tag, "Failure")
      assert.strictEqual(unlocks().length, 0)
      assert.strictEqual((yield* passing(bus.readStatus(0)))._tag, "Answer")
    }),
  )

  it.effect("two pulses on one board keep their distance while other boards go on", () =>
    Effect.gen(function* () {
      const { bus, unlocks } = yield* openBus({ 0: answers, 1: answers })
      const pulse = (board: number, lockIndex: number) => bus.pulse({ board, lockIndex, notAfterMs: never })
      const second = yield* Effect.forkChild(Effect.andThen(pulse(0, 0), pulse(0, 1)))
      yield* passUntil(() => unlocks().length === 1)
      yield* passing(pulse(1, 0))
      assert.strictEqual((yield* passing(bus.readStatus(1)))._tag, "Answer")
      yield* passing(Fiber.join(second))
      yield* TestClock.adjust(wholeFrameMs)
      const [first, other, last] = unlocks()
      assert.deepStrictEqual([first?.frame, other?.frame, last?.frame].map(boardOf), [0, 1, 0])
      assert.isAtLeast((last?.atMs ?? 0) - (first?.atMs ?? 0), Limits.pulseGapMs)
    }),
  )

  it.effect("a pulse whose time ends while the board rests is refused then, not later", () =>
    Effect.gen(function* () {
      const { bus, unlocks } = yield* openBus({ 0: answers })
      yield* passing(bus.pulse({ board: 0, lockIndex: 0, notAfterMs: never }))
      const nowMs = yield* Clock.currentTimeMillis
      const outcome = yield* passing(bus.pulse({ board: 0, lockIndex: 1, notAfterMs: nowMs + 50 }))
      assert.deepStrictEqual(outcome, { _tag: "NotPulsed", reason: "expired" })
      assert.isAtMost((yield* Clock.currentTimeMillis) - nowMs, 60)
      assert.strictEqual(unlocks().length, 1)
    }),
  )

  it.effect("a caller that goes away before its turn takes the pulse with it", () =>
    Effect.gen(function* () {
      const { bus, unlocks, wire } = yield* openBus({ 0: answersAfter(50), 1: answers })
      const poll = yield* Effect.forkChild(bus.readStatus(0))
      yield* passUntil(() => wire.length === 1)
      const waiting = yield* Effect.forkChild(bus.pulse({ board: 1, lockIndex: 0, notAfterMs: never }))
      yield* TestClock.adjust(10)
      yield* Fiber.interrupt(waiting)
      yield* passing(Fiber.join(poll))
      yield* TestClock.adjust(1_000)
      assert.deepStrictEqual(unlocks(), [])
    }),
  )

  it.effect("a caller that goes away in its turn does not cut the turn", () =>
    Effect.gen(function* () {
      const { bus, unlocks } = yield* openBus({ 0: answers })
      const begun = yield* Deferred.make<void>()
      const beforeWrite = Effect.as(Effect.andThen(Deferred.succeed(begun, undefined), Effect.sleep(20)), true)
      const pulse = yield* Effect.forkChild(bus.pulse({ board: 0, lockIndex: 0, notAfterMs: never, beforeWrite }))
      yield* passing(Deferred.await(begun))
      yield* Fiber.interrupt(pulse)
      yield* TestClock.adjust(100)
      assert.strictEqual(unlocks().length, 1)
    }),
  )

  it.effect("all locks of a board open only through maintenance, which then lets the board rest for all of them", () =>
    Effect.gen(function* () {
      const { bus, unlocks } = yield* openBus({ 0: answers })
      const maintenance = bus.maintenance("carts are counted")
      assert.strictEqual((yield* passing(maintenance.unlockAll(0, never)))._tag, "Pulsed")
      yield* passing(bus.pulse({ board: 0, lockIndex: 0, notAfterMs: never }))
      yield* TestClock.adjust(wholeFrameMs)
      const [all, one] = unlocks()
      assert.deepStrictEqual(all?.frame, { kind: "unlockAll", board: 0 })
      assert.isAtLeast((one?.atMs ?? 0) - (all?.atMs ?? 0), Limits.pulseGapMs * Limits.locksPerBoard)
    }),
  )
})

const boardOf = (frame: object | undefined) => (frame !== undefined && "board" in frame ? frame.board : undefined)

it.effect("the tap shows what was sent, heard and junk, oldest first, and is bounded", () =>
  Effect.gen(function* () {
    const { bus, link } = yield* openBus({ 0: answers })
    link.noise(Uint8Array.of(0xff))
    yield* passing(bus.readStatus(0))
    assert.deepStrictEqual(
      bus.tap().map((frame) => frame.direction),
      ["junk", "sent", "heard"],
    )
    for (let at = 0; at < Limits.busTapFrames + 10; at++) link.noise(Uint8Array.of(0xff))
    assert.strictEqual(bus.tap().length, Limits.busTapFrames)
  }),
)
