/** The bus when its port is missing, held by another, stuck, or vanishes and comes back. */
import { assert, it } from "@effect/vitest"
import { Clock, Deferred, Effect, Exit, Fiber, Scope, Stream } from "effect"
import { TestClock } from "effect/testing"

import { Limits } from "#core/Limits.ts"

import { PortMissing } from "../link/LinkError.ts"
import type { SerialLink } from "../link/SerialLink.ts"
import { make } from "./Rs485Bus.ts"
import { answers, answersAfter, makeScripted, openBus, passing, passUntil, silent } from "./ScriptedBus.fixture.ts"

const never = Number.MAX_SAFE_INTEGER
const order = { board: 0, lockIndex: 0, notAfterMs: never }

/** A link that keeps the time of every try to open it. */
const watched = (link: SerialLink) => {
  const triedAtMs: Array<number> = []
  const open: SerialLink["open"] = (onBytes) =>
    Effect.flatMap(Clock.currentTimeMillis, (nowMs) => (triedAtMs.push(nowMs), link.open(onBytes)))
  return { triedAtMs, link: { name: link.name, open } }
}

it.effect(
  "a port that vanishes fails what is in flight and what waits, and nothing of it is sent when it is back",
  () =>
    Effect.gen(function* () {
      const { bus, link, wire, unlocks } = yield* openBus({ 0: answersAfter(50), 1: answers })
      const inFlight = yield* Effect.forkChild(bus.readStatus(0))
      yield* passUntil(() => wire.length === 1)
      const waiting = yield* Effect.forkChild(bus.readStatus(1))
      const pulse = yield* Effect.forkChild(bus.pulse({ ...order, board: 1 }))
      yield* TestClock.adjust(1)
      link.unplug()
      assert.strictEqual((yield* passing(Fiber.join(inFlight)))._tag, "PortDown")
      assert.strictEqual((yield* passing(Fiber.join(waiting)))._tag, "PortDown")
      assert.deepStrictEqual(yield* passing(Fiber.join(pulse)), { _tag: "NotPulsed", reason: "bus_down" })
      assert.deepStrictEqual(yield* passing(bus.pulse(order)), { _tag: "NotPulsed", reason: "bus_down" })
      assert.include(bus.health().reason ?? "", "unplugged")
      link.plug()
      yield* passUntil(() => bus.health().state === "open")
      yield* TestClock.adjust(5_000)
      assert.strictEqual(wire.length, 1)
      assert.deepStrictEqual(unlocks(), [])
      assert.strictEqual((yield* passing(bus.readStatus(1)))._tag, "Answer")
      assert.strictEqual(bus.counters().reopened, 1)
    }),
)

it.effect("what waited or was being recorded when the port went is not sent on the port that came", () =>
  Effect.gen(function* () {
    const { bus, link, wire, unlocks } = yield* openBus({ 0: answers, 1: answers })
    const recording = yield* Deferred.make<void>()
    const beforeWrite = Effect.as(Effect.andThen(Deferred.succeed(recording, undefined), Effect.sleep(2_000)), true)
    const pulse = yield* Effect.forkChild(bus.pulse({ ...order, beforeWrite }))
    yield* passing(Deferred.await(recording))
    const read = yield* Effect.forkChild(bus.readStatus(1))
    const other = yield* Effect.forkChild(bus.pulse({ ...order, board: 1 }))
    yield* TestClock.adjust(1)
    link.unplug()
    yield* passUntil(() => bus.health().state === "down")
    link.plug()
    yield* passUntil(() => bus.health().state === "open")
    assert.strictEqual((yield* passing(Fiber.join(read)))._tag, "PortDown")
    assert.deepStrictEqual(yield* passing(Fiber.join(other)), { _tag: "NotPulsed", reason: "bus_down" })
    assert.deepStrictEqual(yield* passing(Fiber.join(pulse)), { _tag: "NotPulsed", reason: "bus_down" })
    yield* TestClock.adjust(5_000)
    assert.strictEqual(wire.length, 1)
    assert.deepStrictEqual(unlocks(), [])
  }),
)

it.effect("closing the bus finishes the turn that has begun and refuses what waits", () =>
  Effect.gen(function* () {
    const scripted = makeScripted({ 0: answers, 1: answers })
    const scope = yield* Scope.make()
    const bus = yield* Scope.provide(make(scripted.link), scope)
    yield* passUntil(() => bus.health().state === "open")
    const recording = yield* Deferred.make<void>()
    const beforeWrite = Effect.as(Effect.andThen(Deferred.succeed(recording, undefined), Effect.sleep(50)), true)
    const pulse = yield* Effect.forkChild(bus.pulse({ ...order, beforeWrite }))
    yield* passing(Deferred.await(recording))
    const read = yield* Effect.forkChild(bus.readStatus(1))
    yield* TestClock.adjust(1)
    yield* passing(Scope.close(scope, Exit.void))
    assert.strictEqual((yield* passing(Fiber.join(pulse)))._tag, "Pulsed")
    assert.strictEqual((yield* passing(Fiber.join(read)))._tag, "PortDown")
  }),
)

it.effect("a port that fails while taking the unlock leaves it uncertain, never tried again", () =>
  Effect.gen(function* () {
    const scripted = makeScripted({ 0: answers })
    let pulling = false
    const link: SerialLink = {
      name: scripted.link.name,
      open: (onBytes) =>
        Effect.map(scripted.link.open(onBytes), (connection) => ({
          ...connection,
          write: (bytes) =>
            pulling
              ? Effect.andThen(Effect.sync(scripted.link.unplug), connection.write(bytes))
              : connection.write(bytes),
        })),
    }
    const bus = yield* make(link)
    yield* passUntil(() => bus.health().state === "open")
    const beforeWrite = Effect.sync(() => (pulling = true))
    const outcome = yield* passing(bus.pulse({ ...order, beforeWrite }))
    assert.strictEqual(outcome._tag, "WriteUncertain")
    pulling = false
    scripted.link.plug()
    yield* passUntil(() => bus.health().state === "open")
    yield* TestClock.adjust(5_000)
    assert.deepStrictEqual(scripted.unlocks(), [])
  }),
)

it.effect("a port that takes no bytes is given up, and opened anew", () =>
  Effect.gen(function* () {
    const scripted = makeScripted({ 0: answers })
    let stuck = true
    const { link, triedAtMs } = watched({
      name: "stuck port",
      open: (onBytes) =>
        Effect.map(scripted.link.open(onBytes), (connection) => ({
          ...connection,
          write: (bytes) => (stuck ? Effect.never : connection.write(bytes)),
        })),
    })
    const bus = yield* make(link)
    yield* passUntil(() => bus.health().state === "open")
    const read = yield* passing(bus.readStatus(0))
    assert.strictEqual(read._tag, "PortDown")
    stuck = false
    yield* passUntil(() => triedAtMs.length === 2 && bus.health().state === "open")
    assert.strictEqual((yield* passing(bus.readStatus(0)))._tag, "Answer")
  }),
)

it.effect("a missing port is said plainly and tried again, ever more slowly up to a bound", () =>
  Effect.gen(function* () {
    const { link, triedAtMs } = watched({
      name: "/dev/ttyUSB9",
      open: () =>
        Effect.fail(new PortMissing({ port: "/dev/ttyUSB9", message: "There is no serial port /dev/ttyUSB9." })),
    })
    const bus = yield* make(link)
    yield* passUntil(() => triedAtMs.length === 9)
    assert.deepStrictEqual(bus.health(), { state: "down", reason: "There is no serial port /dev/ttyUSB9." })
    const pauses = triedAtMs.slice(1).map((atMs, at) => atMs - (triedAtMs[at] ?? 0))
    assert.strictEqual(pauses[0], Limits.reopenFirstMs)
    pauses.slice(1).forEach((pause, at) => assert.isAtLeast(pause, pauses[at] ?? 0))
    assert.strictEqual(pauses.at(-1), Limits.reopenMaxMs)
    assert.deepStrictEqual(yield* bus.readStatus(0), {
      _tag: "PortDown",
      reason: "There is no serial port /dev/ttyUSB9.",
    })
  }),
)

it.effect("a second bus on one port says that another program holds it, and gets it when it is free", () =>
  Effect.gen(function* () {
    const scripted = makeScripted({ 0: answers })
    const scope = yield* Scope.make()
    const first = yield* Scope.provide(make(scripted.link), scope)
    yield* passUntil(() => first.health().state === "open")
    const second = yield* make(scripted.link)
    yield* passUntil(() => second.health().state === "down")
    assert.include(second.health().reason ?? "", "Another program holds")
    assert.strictEqual((yield* passing(first.readStatus(0)))._tag, "Answer")
    yield* Scope.close(scope, Exit.void)
    assert.strictEqual((yield* first.readStatus(0))._tag, "PortDown")
    yield* passUntil(() => second.health().state === "open")
    assert.strictEqual((yield* passing(second.readStatus(0)))._tag, "Answer")
  }),
)

it.effect("a port on which no board ever answers is opened anew after a bounded number of misses", () =>
  Effect.gen(function* () {
    const scripted = makeScripted({ 0: silent })
    const { link, triedAtMs } = watched(scripted.link)
    const bus = yield* make(link)
    yield* passUntil(() => bus.health().state === "open")
    for (let miss = 1; miss < Limits.missesUntilReopen; miss++) {
      assert.strictEqual((yield* passing(bus.readStatus(0)))._tag, "NoAnswer")
    }
    assert.strictEqual(triedAtMs.length, 1)
    yield* passing(bus.readStatus(0))
    yield* passUntil(() => triedAtMs.length === 2)
  }),
)

it.effect("every change of health is told, starting with the present one", () =>
  Effect.gen(function* () {
    const { bus, link } = yield* openBus({ 0: answers })
    const states = yield* Effect.forkChild(
      bus.changes.pipe(
        Stream.map((health) => health.state),
        Stream.take(3),
        Stream.runCollect,
      ),
    )
    yield* TestClock.adjust(1)
    link.unplug()
    yield* passUntil(() => bus.health().state === "down")
    link.plug()
    assert.deepStrictEqual([...(yield* passing(Fiber.join(states)))], ["open", "down", "open"])
  }),
)
