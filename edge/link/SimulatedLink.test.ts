import { assert, it } from "@effect/vitest"
import { Clock, Effect, Fiber, Queue } from "effect"
import { TestClock } from "effect/testing"

import { wireMs } from "#core/cu16/WireTime.ts"

import { serialLinkContract } from "./SerialLink.contract.ts"
import { makeSimulatedLink, type SimulatedBus } from "./SimulatedLink.ts"

serialLinkContract(
  "the simulated link",
  Effect.gen(function* () {
    const received = yield* Queue.unbounded<number>()
    const link = makeSimulatedLink("simulated bus A", {
      receive: (bytes) => (Queue.offerAllUnsafe(received, bytes), []),
    })
    const missing = makeSimulatedLink("simulated bus B", { receive: () => [] })
    missing.unplug()
    return {
      link,
      missing,
      exclusive: true,
      received,
      send: (bytes) => Effect.sync(() => link.noise(bytes)),
      vanish: Effect.sync(link.unplug),
      comeBack: Effect.sync(link.plug),
    }
  }),
)

const echoAfter = (afterMs: number): SimulatedBus => ({ receive: (bytes) => [{ bytes, afterMs }] })

it.effect("a frame takes its wire time there, the board's time, and its wire time back", () =>
  Effect.gen(function* () {
    const link = makeSimulatedLink("simulated bus", echoAfter(2))
    const times: Array<number> = []
    const clock = yield* Clock.Clock
    const connection = yield* link.open(() => times.push(clock.currentTimeMillisUnsafe()))
    yield* connection.write(new Uint8Array(5))
    const dueMs = wireMs(5) + 2 + wireMs(5)
    yield* TestClock.adjust(dueMs - 0.1)
    assert.deepStrictEqual(times, [])
    yield* TestClock.adjust(0.2)
    assert.strictEqual(times.length, 1)
  }),
)

it.effect("two frames written together follow each other on the wire", () =>
  Effect.gen(function* () {
    const heard = yield* Queue.unbounded<number>()
    const link = makeSimulatedLink("simulated bus", {
      receive: (bytes) => (Queue.offerAllUnsafe(heard, bytes), []),
    })
    const connection = yield* link.open(() => undefined)
    yield* connection.write(Uint8Array.of(1))
    yield* connection.write(Uint8Array.of(2))
    const both = yield* Effect.forkChild(Queue.takeN(heard, 2))
    yield* TestClock.adjust(wireMs(1) + 0.1)
    assert.strictEqual(yield* Queue.size(heard), 1)
    yield* TestClock.adjust(wireMs(1))
    assert.deepStrictEqual(yield* Fiber.join(both), [1, 2])
  }),
)
