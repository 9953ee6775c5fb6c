import { constants, promises as files } from "node:fs"

import { assert, it } from "@effect/vitest"
import { Effect, Queue } from "effect"

import { openPty } from "./Pty.ts"

const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte)

/** A program that opens the tty and changes none of its settings. */
const openPlain = (path: string) =>
  Effect.acquireRelease(
    Effect.promise(() => files.open(path, constants.O_RDWR | constants.O_NOCTTY)),
    (file) => Effect.promise(() => file.close()),
  )

it.live("a program that sets nothing gets and gives every byte unchanged, without echo", () =>
  Effect.scoped(
    Effect.gen(function* () {
      const arrived = yield* Queue.unbounded<number>()
      const pty = yield* openPty((bytes) => Queue.offerAllUnsafe(arrived, bytes))
      const program = yield* openPlain(pty.path)
      assert.strictEqual(pty.write(everyByte), 256)
      const heard: Array<number> = []
      while (heard.length < 256) {
        const { bytesRead, buffer } = yield* Effect.promise(() => program.read(Buffer.alloc(256), 0, 256, null))
        heard.push(...buffer.subarray(0, bytesRead))
      }
      assert.deepStrictEqual(heard, [...everyByte])
      yield* Effect.promise(() => program.write(everyByte))
      assert.deepStrictEqual(yield* Queue.takeN(arrived, 256), [...everyByte])
      assert.strictEqual(yield* Queue.size(arrived), 0)
    }),
  ),
)

it.live("bytes nobody reads are dropped once the kernel is full, and never block", () =>
  Effect.scoped(
    Effect.gen(function* () {
      const pty = yield* openPty(() => undefined)
      let taken = 0
      for (let round = 0; round < 1_000; round++) taken += pty.write(everyByte)
      assert.isBelow(taken, 256_000)
    }),
  ),
)
