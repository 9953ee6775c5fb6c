/**
 * What waits to be taken in, in lanes that are worked on side by side: while one waits for the database another computes. A
 * device always has the same lane, so what it says stays in order. A lane takes whatever has gathered while it was at work,
 * so a single message goes at once and many go together; when many came the last time it lets some more gather, because a
 * batch costs the database much more than a message. Bounded in number and in bytes; what does not fit is not taken.
 */
import { Effect, Queue, type Scope } from "effect"
import { Limits } from "#core/Limits.ts"

export interface Lanes<A> {
  /** Puts it into its device's lane; false if there is no room for so many bytes more. */
  readonly offer: (deviceId: string, bytes: number, item: A) => boolean
  /** Completes when everything offered so far was worked on. */
  readonly settled: Effect.Effect<void>
}

interface Waiting<A> {
  readonly item: A
  readonly bytes: number
}

/** The same lane for a device always, and about as many devices for each lane: ids end in random digits. */
const laneOf = (deviceId: string): number => Number.parseInt(deviceId.slice(-4), 16) % Limits.ingestLanes

/** Lanes that give what has gathered, at most a batch, to `work`, one batch after another, for as long as the scope lives. */
export const makeLanes = Effect.fnUntraced(function* <A>(
  work: (items: ReadonlyArray<A>) => Effect.Effect<void>,
): Effect.fn.Return<Lanes<A>, never, Scope.Scope> {
  /** In the queues and in the batches at hand. */
  let waitingBytes = 0
  const makeLane = Effect.gen(function* () {
    const queue = yield* Queue.dropping<Waiting<A> | (() => void)>(Limits.ingestQueueMessages / Limits.ingestLanes)
    let lastBatch = 0
    const drain = Effect.gen(function* () {
      if (lastBatch >= Limits.ingestBusyMessages) yield* Effect.sleep(Limits.ingestGatherMs)
      const taken = yield* Queue.takeBetween(queue, 1, Limits.ingestBatchMessages)
      const waiting = taken.filter((one) => typeof one !== "function")
      lastBatch = waiting.length
      if (waiting.length > 0) yield* work(waiting.map(({ item }) => item))
      for (const { bytes } of waiting) waitingBytes -= bytes
      for (const done of taken) if (typeof done === "function") done()
    })
    yield* Effect.forkScoped(Effect.forever(drain))
    return queue
  })
  const lanes = yield* Effect.all(Array.from({ length: Limits.ingestLanes }, () => makeLane))
  return {
    offer: (deviceId, bytes, item) => {
      const lane = lanes[laneOf(deviceId)]
      if (lane === undefined || waitingBytes + bytes > Limits.ingestQueueBytes) return false
      if (!Queue.offerUnsafe(lane, { item, bytes })) return false
      waitingBytes += bytes
      return true
    },
    settled: Effect.forEach(
      lanes,
      (lane) =>
        Effect.callback<void>((resume) => {
          if (!Queue.offerUnsafe(lane, () => resume(Effect.void))) resume(Effect.void)
        }),
      { concurrency: "unbounded", discard: true },
    ),
  }
})
