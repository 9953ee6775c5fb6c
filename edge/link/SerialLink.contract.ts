/**
 * What every serial link promises, as one suite. A link's own test gives a far side (a board, or what stands for one)
 * and calls `serialLinkContract`; what the suite cannot know of a link is said in `FarSide`.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Queue, Scope } from "effect"

import type { SerialConnection, SerialLink } from "./SerialLink.ts"

export interface FarSide {
  readonly link: SerialLink
  /** The same kind of link to a place where nothing is. */
  readonly missing: SerialLink
  /** Whether the system refuses a second opener. */
  readonly exclusive: boolean
  /** Every byte that arrived at the far side, in order. */
  readonly received: Queue.Queue<number>
  readonly send: (bytes: Uint8Array) => Effect.Effect<void>
  /** The port goes away while it is open, and comes back under the same name. */
  readonly vanish: Effect.Effect<void>
  readonly comeBack: Effect.Effect<void>
}

const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte)
const frame = Uint8Array.of(0x02, 0x04, 0x31, 0x03, 0x3a)
const otherFrame = Uint8Array.of(0x02, 0x00, 0x30, 0x03, 0x35)

export const serialLinkContract = (name: string, farSide: Effect.Effect<FarSide, unknown, Scope.Scope>): void => {
  const promises = (promise: string, test: (far: FarSide) => Effect.Effect<void, unknown, Scope.Scope>) =>
    it.live(promise, () => Effect.scoped(Effect.flatMap(farSide, test)).pipe(Effect.timeout("20 seconds")))

  describe(name, () => {
    promises("bytes arrive at the board unchanged and in order", (far) =>
      Effect.gen(function* () {
        const near = yield* openNear(far.link)
        for (let at = 0; at < 256; at += 16) yield* near.connection.write(everyByte.subarray(at, at + 16))
        assert.deepStrictEqual(yield* take(far.received, 256), [...everyByte])
      }),
    )

    promises("bytes of the board arrive unchanged and in order", (far) =>
      Effect.gen(function* () {
        const near = yield* openNear(far.link)
        yield* near.connection.write(frame)
        yield* take(far.received, frame.length)
        for (let at = 0; at < 256; at += 32) yield* far.send(everyByte.subarray(at, at + 32))
        assert.deepStrictEqual(yield* take(near.arrived, 256), [...everyByte])
      }),
    )

    promises("a place where nothing is says so by name", (far) =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(openNear(far.missing))
        assert.strictEqual(error._tag, "PortMissing")
        assert.include(error.message, far.missing.name)
      }),
    )

    promises("a second opener of an exclusive link is told that another program holds it", (far) =>
      Effect.gen(function* () {
        if (!far.exclusive) return
        const near = yield* openNear(far.link)
        const error = yield* Effect.flip(openNear(far.link))
        assert.strictEqual(error._tag, "PortBusy")
        assert.include(error.message, "Another program holds")
        yield* near.connection.write(frame)
        assert.deepStrictEqual(yield* take(far.received, frame.length), [...frame])
      }),
    )

    promises("the end of its scope frees the link for the next", (far) =>
      Effect.gen(function* () {
        const scope = yield* Scope.make()
        const first = yield* Scope.provide(openNear(far.link), scope)
        yield* Scope.close(scope, Exit.void)
        assert.isFalse(first.connection.isOpen())
        const second = yield* openNear(far.link)
        yield* second.connection.write(frame)
        assert.deepStrictEqual(yield* take(far.received, frame.length), [...frame])
      }),
    )

    promises("bytes given to a lost connection are refused and never sent by a later one", (far) =>
      Effect.gen(function* () {
        const scope = yield* Scope.make()
        const first = yield* Scope.provide(openNear(far.link), scope)
        yield* first.connection.write(otherFrame)
        yield* take(far.received, otherFrame.length)
        yield* far.vanish
        const reason = yield* Effect.raceFirst(first.connection.closed, writeForever(first.connection))
        assert.include(reason.message, far.link.name)
        assert.isFalse(first.connection.isOpen())
        assert.strictEqual((yield* Effect.flip(first.connection.write(frame)))._tag, "PortFailed")
        yield* Scope.close(scope, Exit.void)
        yield* far.comeBack
        yield* Queue.clear(far.received)
        const second = yield* openNear(far.link)
        assert.isTrue(Exit.isFailure(yield* Effect.exit(first.connection.write(frame))))
        yield* second.connection.write(otherFrame)
        assert.deepStrictEqual(yield* take(far.received, otherFrame.length), [...otherFrame])
        assert.strictEqual(yield* Queue.size(far.received), 0)
        yield* far.send(frame)
        assert.deepStrictEqual(yield* take(second.arrived, frame.length), [...frame])
        assert.strictEqual(yield* Queue.size(first.arrived), 0)
      }),
    )
  })
}

const openNear = Effect.fnUntraced(function* (link: SerialLink) {
  const arrived = yield* Queue.unbounded<number>()
  const connection = yield* link.open((bytes) => Queue.offerAllUnsafe(arrived, bytes))
  return { connection, arrived }
})

const take = (queue: Queue.Queue<number>, count: number) => Queue.takeN(queue, count)

/** What the bus does to a silent port: it goes on asking until the port fails. */
const writeForever = (connection: SerialConnection) =>
  connection.write(otherFrame).pipe(Effect.ignore, Effect.delay("10 millis"), Effect.forever)
