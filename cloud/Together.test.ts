import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { together, TooManyWait } from "./Together.ts"

const bounds = { atOnce: 3, waiting: 4, lots: 1 }

/** Everything that can happen without time passing has happened. */
const settle = TestClock.adjust(0)

/** Lots that are written down and go on when they are let; each of a lot is answered with its own name. */
const recorded = Effect.gen(function* () {
  const lots: Array<ReadonlyArray<string>> = []
  const ends: Array<Deferred.Deferred<void, string>> = []
  const ask = yield* together<string, string, string>(bounds, (items) => {
    const end = Deferred.makeUnsafe<void, string>()
    lots.push(items)
    ends.push(end)
    const answer = (item: string) => (item.startsWith("bad") ? Exit.fail(`${item} was refused`) : Exit.succeed(item))
    return Effect.map(Deferred.await(end), () => items.map(answer))
  })
  const asked = (item: string) => Effect.forkChild(ask(item), { startImmediately: true })
  const end = (lot: number, how: Exit.Exit<void, string> = Exit.void) =>
    Effect.andThen(Deferred.done(ends[lot] ?? assert.fail(), how), settle)
  return { ask, asked, lots, end }
})

describe("what is done together", () => {
  it.effect("goes at once when it comes alone, and what came meanwhile goes as the next lot, in order", () =>
    Effect.gen(function* () {
      const { asked, lots, end } = yield* recorded
      const first = yield* asked("first")
      yield* settle
      assert.deepStrictEqual(lots, [["first"]])
      const second = yield* asked("second")
      yield* asked("third")
      yield* settle
      assert.lengthOf(lots, 1)
      yield* end(0)
      assert.deepStrictEqual(lots[1], ["second", "third"])
      assert.strictEqual(yield* Fiber.join(first), "first")
      assert.isUndefined(second.pollUnsafe())
      yield* end(1)
      assert.strictEqual(yield* Fiber.join(second), "second")
    }),
  )

  it.effect("is no more in one lot than may be", () =>
    Effect.gen(function* () {
      const { asked, lots, end } = yield* recorded
      yield* asked("alone")
      yield* settle
      for (const name of ["a", "b", "c", "d"]) yield* asked(name)
      yield* end(0)
      yield* end(1)
      assert.deepStrictEqual(lots, [["alone"], ["a", "b", "c"], ["d"]])
    }),
  )

  it.effect("is refused to one of a lot without the others hearing of it", () =>
    Effect.gen(function* () {
      const { asked, end } = yield* recorded
      const bad = yield* asked("bad")
      const good = yield* asked("good")
      yield* settle
      yield* end(0)
      assert.deepStrictEqual(yield* Effect.exit(Fiber.join(bad)), Exit.fail("bad was refused"))
      assert.strictEqual(yield* Fiber.join(good), "good")
    }),
  )

  it.effect("fails for all of a lot when the lot fails, and the next lot is done all the same", () =>
    Effect.gen(function* () {
      const { asked, end } = yield* recorded
      const [one, other] = [yield* asked("one"), yield* asked("other")]
      yield* settle
      const later = yield* asked("later")
      yield* end(0, Exit.fail("the database is away"))
      for (const asker of [one, other]) {
        assert.deepStrictEqual(yield* Effect.exit(Fiber.join(asker)), Exit.fail("the database is away"))
      }
      yield* end(1)
      assert.strictEqual(yield* Fiber.join(later), "later")
    }),
  )

  it.effect("is done for the others when one of them has gone meanwhile", () =>
    Effect.gen(function* () {
      const { asked, end } = yield* recorded
      const [gone, there] = [yield* asked("gone"), yield* asked("there")]
      yield* settle
      yield* Fiber.interrupt(gone)
      yield* end(0)
      assert.strictEqual(yield* Fiber.join(there), "there")
    }),
  )

  it.effect("is refused by name when as many wait as may, and nothing of it is done", () =>
    Effect.gen(function* () {
      const { ask, asked, lots, end } = yield* recorded
      yield* asked("first")
      yield* settle
      for (const name of ["a", "b", "c", "d"]) yield* asked(name)
      assert.deepStrictEqual(yield* Effect.exit(ask("one too many")), Exit.fail(new TooManyWait()))
      yield* end(0)
      yield* end(1)
      assert.notInclude(lots.flat(), "one too many")
    }),
  )
})
