/** What every disk promises to a journal, whatever it is made of. */
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Disk, DiskError } from "#edge/journal/Disk.ts"
import type { Scope } from "effect"

const bytes = (text: string) => new TextEncoder().encode(text)
const text = (read: Uint8Array) => new TextDecoder().decode(read)

export const diskContract = (name: string, makeDisk: Effect.Effect<Disk, DiskError, Scope.Scope>): void => {
  it.live(`${name} keeps what is appended, in order, also over an opening anew`, () =>
    Effect.gen(function* () {
      const disk = yield* makeDisk
      const file = yield* disk.append("a.log")
      yield* file.write(bytes("one "))
      yield* file.write(bytes("two "))
      yield* file.sync
      yield* file.close
      const again = yield* disk.append("a.log")
      yield* again.write(bytes("three"))
      yield* again.sync
      yield* again.close
      assert.strictEqual(text(yield* disk.read("a.log")), "one two three")
      assert.strictEqual(yield* disk.size("a.log"), 13)
    }).pipe(Effect.scoped),
  )

  it.live(`${name} cuts a file to a length, and what is appended then follows there`, () =>
    Effect.gen(function* () {
      const disk = yield* makeDisk
      yield* disk.replace("a.log", bytes("a whole line\nhalf a li"))
      yield* disk.truncate("a.log", 13)
      const file = yield* disk.append("a.log")
      yield* file.write(bytes("another"))
      yield* file.sync
      yield* file.close
      assert.strictEqual(text(yield* disk.read("a.log")), "a whole line\nanother")
    }).pipe(Effect.scoped),
  )

  it.live(`${name} puts one file in the place of another, lists and removes`, () =>
    Effect.gen(function* () {
      const disk = yield* makeDisk
      yield* disk.replace("session", bytes("1"))
      yield* disk.replace("session", bytes("22"))
      yield* disk.replace("a.log", bytes(""))
      assert.deepStrictEqual((yield* disk.list).toSorted(), ["a.log", "session"])
      assert.strictEqual(text(yield* disk.read("session")), "22")
      yield* disk.remove("session")
      yield* disk.remove("session")
      assert.deepStrictEqual(yield* disk.list, ["a.log"])
    }).pipe(Effect.scoped),
  )

  it.live(`${name} refuses to read, measure or cut what is not there`, () =>
    Effect.gen(function* () {
      const disk = yield* makeDisk
      for (const refused of [disk.read("none"), disk.size("none"), disk.truncate("none", 0)]) {
        const exit = yield* Effect.result(refused)
        assert.strictEqual(exit._tag, "Failure")
      }
    }).pipe(Effect.scoped),
  )

  it.live(`${name} gives bytes that are the reader's own`, () =>
    Effect.gen(function* () {
      const disk = yield* makeDisk
      yield* disk.replace("a", bytes("abc"))
      const read = yield* disk.read("a")
      read.fill(0)
      assert.strictEqual(text(yield* disk.read("a")), "abc")
    }).pipe(Effect.scoped),
  )
}
