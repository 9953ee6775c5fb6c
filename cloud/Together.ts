/**
 * What is asked one by one and done together: whatever came while one lot was at work is the next lot. So one that comes alone
 * goes at once, and the more come the less each of them costs. Each is answered when its lot is done. Bounded: what finds no
 * room is refused, and nothing of it is done.
 */
import { Deferred, Effect, Exit, Queue, Schema, type Scope } from "effect"

/** As many wait as may. */
export class TooManyWait extends Schema.TaggedError<TooManyWait>()("TooManyWait", {}) {}

export interface TogetherBounds {
  /** In one lot. */
  readonly atOnce: number
  /** Beside those in the lots at work. */
  readonly waiting: number
  /** How many lots are at work at the same time. */
  readonly lots: number
}

/** What a lot gives: how it went for each, in their order. If it fails or dies, it did so for all of them. */
export type Work<A, B, E> = (items: ReadonlyArray<A>) => Effect.Effect<ReadonlyArray<Exit.Exit<B, E>>, E>

interface Waiting<A, B, E> {
  readonly item: A
  readonly done: Deferred.Deferred<B, E>
}

/** Gives how to ask; for as long as the scope lives. Who is interrupted while waiting does not stop its lot. */
export const together = Effect.fnUntraced(function* <A, B, E>(
  { atOnce, waiting, lots }: TogetherBounds,
  work: Work<A, B, E>,
): Effect.fn.Return<(item: A) => Effect.Effect<B, E | TooManyWait>, never, Scope.Scope> {
  const queue = yield* Queue.dropping<Waiting<A, B, E>>(waiting)
  const lot = Effect.gen(function* () {
    const first = yield* Queue.take(queue)
    // Whoever is ready to ask in this turn asks before the lot is closed.
    yield* Effect.yieldNow
    const others = Queue.sizeUnsafe(queue) > 0 ? yield* Queue.takeBetween(queue, 1, atOnce - 1) : []
    const taken = [first, ...others]
    const all = yield* Effect.exit(work(taken.map(({ item }) => item)))
    taken.forEach(({ done }, index) => {
      const own = Exit.isSuccess(all) ? all.value[index] : Exit.failCause(all.cause)
      Deferred.doneUnsafe(done, own ?? Exit.die(new Error("a lot has no answer for one of it")))
    })
  })
  yield* Effect.all(
    Array.from({ length: lots }, () => Effect.forkScoped(Effect.forever(lot))),
    { discard: true },
  )
  return (item) =>
    Effect.suspend((): Effect.Effect<B, E | TooManyWait> => {
      const done = Deferred.makeUnsafe<B, E>()
      return Queue.offerUnsafe(queue, { item, done }) ? Deferred.await(done) : Effect.fail(new TooManyWait())
    })
})
