import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { Limits } from "#core/Limits.ts"
import { Agenda } from "./Agenda.ts"
import { AlarmWatch } from "./alarms/AlarmWatch.ts"
import { OverdueCommands } from "./commands/OverdueCommands.ts"
import { Deadlines } from "./registry/Deadlines.ts"
import { ReturnDesk } from "./rentals/ReturnDesk.ts"
import { Sweeps } from "./Sweeps.ts"
import { Silence } from "./sync/Silence.ts"

/** What is due, and every look at it; `fails` lets the store fail. */
class Dues {
  pending: Array<number> = []
  readonly looks: Array<number> = []
  readonly fired: Array<number> = []
  fails = false
}

const sweeping = (dues: Dues) => {
  const fire = Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    dues.looks.push(now)
    if (dues.fails) return yield* Effect.die("no database")
    const due = dues.pending.filter((at) => at <= now)
    dues.pending = dues.pending.filter((at) => at > now)
    for (const _ of due) dues.fired.push(now)
    return due.length
  })
  const nextAt = Effect.sync(() => Math.min(Infinity, ...dues.pending))
  return Sweeps.pipe(
    Layer.provide(Layer.succeed(Deadlines, Deadlines.of({ fire, nextAt }))),
    Layer.provide(
      Layer.succeed(OverdueCommands, OverdueCommands.of({ end: Effect.succeed(0), nextAt: Effect.succeed(Infinity) })),
    ),
    Layer.provide(
      Layer.succeed(
        AlarmWatch,
        AlarmWatch.of({ look: Effect.void, catchUp: Effect.void, nextAt: Effect.succeed(Infinity) }),
      ),
    ),
    Layer.provide(
      Layer.succeed(
        ReturnDesk,
        ReturnDesk.of({
          judge: Effect.succeed(0),
          nextAt: Effect.succeed(Infinity),
          give: () => Effect.die("nothing comes back here"),
          tell: () => Effect.void,
        }),
      ),
    ),
    Layer.provide(Layer.succeed(Silence, Silence.of({ sweep: Effect.succeed(0), nextAt: () => Infinity }))),
    Layer.provideMerge(Agenda.layer),
  )
}

const minuteMs = 60_000

describe("the sweeps", () => {
  it.effect("sleep until the next instant that is stored, and fire it then", () => {
    const dues = new Dues()
    dues.pending = [7_000]
    return Effect.gen(function* () {
      yield* TestClock.adjust(6_999)
      assert.deepStrictEqual(dues.fired, [])
      yield* TestClock.adjust(1)
      assert.deepStrictEqual(dues.fired, [7_000])
      assert.strictEqual(dues.looks.length, 2)
    }).pipe(Effect.provide(sweeping(dues)))
  })

  it.effect("wake for an instant that is noted meanwhile and is earlier", () => {
    const dues = new Dues()
    return Effect.gen(function* () {
      const agenda = yield* Agenda
      yield* TestClock.adjust(1_000)
      dues.pending.push(3_000)
      agenda.note(3_000)
      yield* TestClock.adjust(2_000)
      assert.deepStrictEqual(dues.fired, [3_000])
    }).pipe(Effect.provide(sweeping(dues)))
  })

  it.effect("find what nobody noted within half a minute", () => {
    const dues = new Dues()
    return Effect.gen(function* () {
      yield* TestClock.adjust(1_000)
      dues.pending.push(2_000)
      yield* TestClock.adjust(Limits.sweepAtLeastEveryMs)
      assert.deepStrictEqual(dues.fired, [Limits.sweepAtLeastEveryMs])
    }).pipe(Effect.provide(sweeping(dues)))
  })

  it.effect("look again soon after a look that failed, and forget nothing", () => {
    const dues = new Dues()
    dues.pending = [1_000]
    dues.fails = true
    return Effect.gen(function* () {
      yield* TestClock.adjust(1_000)
      dues.fails = false
      yield* TestClock.adjust(Limits.sweepRetryMs)
      assert.strictEqual(dues.fired.length, 1)
    }).pipe(Effect.provide(sweeping(dues)))
  })

  it.effect("look seldom when nothing is due", () => {
    const dues = new Dues()
    return Effect.gen(function* () {
      yield* TestClock.adjust(10 * minuteMs)
      assert.isAtMost(dues.looks.length, (10 * minuteMs) / Limits.sweepAtLeastEveryMs + 1)
    }).pipe(Effect.provide(sweeping(dues)))
  })
})
