/**
 * A serial link to simulated boards in the same process, with the timing of a real 19,200 baud line.
 *
 * The boards are a pure responder: bytes and a time in, answers with their turnaround out. This file adds what a wire
 * adds: 0.5208 ms per byte in both directions, one byte after the other, one holder at a time, and a plug that can be
 * pulled. Time is Effect's clock, so a virtual clock drives it too. `name` says that it is simulated.
 */
import { Clock, Deferred, Effect, Exit, Queue } from "effect"

import { wireMs } from "#core/cu16/WireTime.ts"

import { type LinkError, PortBusy, PortFailed, PortMissing } from "./LinkError.ts"
import type { SerialLink } from "./SerialLink.ts"

/** The boards at the far end. `receive` is given each write when its last bit has arrived. */
export interface SimulatedBus {
  readonly receive: (bytes: Uint8Array, atMs: number) => ReadonlyArray<SimulatedReply>
}

export interface SimulatedReply {
  readonly bytes: Uint8Array
  /** Time the board thinks before the first bit of this answer. */
  readonly afterMs: number
}

export interface SimulatedLink extends SerialLink {
  /** Pulls the plug: the open connection is lost and none can be opened. */
  readonly unplug: () => void
  readonly plug: () => void
  /** Makes bytes appear at the host that nobody sent for: noise, an echo, an answer that comes late. */
  readonly noise: (bytes: Uint8Array) => void
}

export const makeSimulatedLink = (name: string, bus: SimulatedBus): SimulatedLink => {
  let plugged = true
  let lose: ((error: LinkError) => void) | undefined
  let hear: ((bytes: Uint8Array) => void) | undefined
  const open: SerialLink["open"] = Effect.fnUntraced(function* (onBytes) {
    if (!plugged) return yield* new PortMissing({ port: name, message: `There is no serial port ${name}.` })
    if (lose !== undefined) return yield* new PortBusy({ port: name, message: `Another program holds ${name}.` })
    const lost = Deferred.makeUnsafe<LinkError>()
    const mine = (error: LinkError) => {
      if (lose === mine) lose = undefined
      Deferred.doneUnsafe(lost, Exit.succeed(error))
    }
    lose = mine
    hear = onBytes
    const isOpen = () => lose === mine
    const gone = () => new PortFailed({ port: name, message: `The serial port ${name} is gone: it was unplugged.` })
    yield* Effect.addFinalizer(() => Effect.sync(() => mine(gone())))
    const writes = yield* Queue.unbounded<{ readonly bytes: Uint8Array; readonly atMs: number }>()
    const clock = yield* Clock.Clock
    yield* Effect.forkScoped(carry(bus, writes, clock, (bytes) => isOpen() && onBytes(bytes)))
    return {
      isOpen,
      closed: Deferred.await(lost),
      write: (bytes) =>
        Effect.suspend(() => {
          if (!isOpen()) return Effect.fail(gone())
          Queue.offerUnsafe(writes, { bytes: Uint8Array.from(bytes), atMs: monotonicMs(clock) })
          return Effect.void
        }),
    }
  })
  const unplug = () => {
    plugged = false
    lose?.(new PortFailed({ port: name, message: `The serial port ${name} is gone: it was unplugged.` }))
  }
  const noise = (bytes: Uint8Array) => {
    if (lose !== undefined) hear?.(bytes)
  }
  return { name, open, unplug, plug: () => void (plugged = true), noise }
}

/**
 * Moves bytes over the line until interrupted: what the host writes one after the other, answers one after the other. An
 * answer that comes late holds up nothing that is written meanwhile.
 */
const carry = Effect.fnUntraced(function* (
  bus: SimulatedBus,
  writes: Queue.Queue<{ readonly bytes: Uint8Array; readonly atMs: number }>,
  clock: Clock.Clock,
  deliver: (bytes: Uint8Array) => void,
) {
  let heardAtMs = 0
  let answeredAtMs = 0
  const answers = yield* Queue.unbounded<{ readonly bytes: Uint8Array; readonly atMs: number }>()
  const hear = Effect.gen(function* () {
    const { bytes, atMs } = yield* Queue.take(answers)
    yield* sleepUntil(clock, atMs)
    deliver(bytes)
  })
  yield* Effect.forkScoped(Effect.forever(hear))
  while (true) {
    const { bytes, atMs } = yield* Queue.take(writes)
    heardAtMs = Math.max(atMs, heardAtMs) + wireMs(bytes.length)
    yield* sleepUntil(clock, heardAtMs)
    for (const reply of bus.receive(bytes, clock.currentTimeMillisUnsafe())) {
      answeredAtMs = Math.max(answeredAtMs, heardAtMs + reply.afterMs) + wireMs(reply.bytes.length)
      Queue.offerUnsafe(answers, { bytes: reply.bytes, atMs: answeredAtMs })
    }
  }
})

const monotonicMs = (clock: Clock.Clock): number => Number(clock.monotonicTimeNanosUnsafe()) / 1e6

/** What two ways of adding up the same milliseconds may differ by. */
const roundingMs = 0.01

/** Timers count whole milliseconds and may fire early by a part of one; a wire never delivers early. */
const sleepUntil = (clock: Clock.Clock, dueMs: number): Effect.Effect<void> =>
  Effect.suspend(() => {
    const leftMs = dueMs - monotonicMs(clock)
    return leftMs < roundingMs ? Effect.void : Effect.flatMap(Effect.sleep(leftMs), () => sleepUntil(clock, dueMs))
  })
