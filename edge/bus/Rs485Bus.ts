/**
 * One RS-485 bus: the only owner of its link, one request in flight, unlocks before polls.
 *
 * The port is kept open by a fiber that opens a NEW connection each time and backs off between tries; another fiber gives
 * turns. While the port is down everything is refused at once, and what was waiting when it went down is refused then, so
 * that nothing from before is ever sent after. Faults of boards and ports are values. A pulse is written at most once per
 * call, only in the same turn in which its board has just answered, and never after its time; whether to try again is
 * decided above. Bits are passed on raw: polarity and belief are decided above, too.
 */
import { Clock, Effect, type Scope, type Stream, SubscriptionRef } from "effect"

import type { StatusRead } from "#core/cu16/StatusRead.ts"
import { Limits } from "#core/Limits.ts"

import type { SerialLink } from "../link/SerialLink.ts"
import { type BusCounters, countersOf, makeTally } from "./BusCounters.ts"
import { type BusHealth, keepOpen } from "./BusKeeper.ts"
import { BusTurns, type PulseOutcome } from "./BusTurns.ts"
import { FrameTap, type TappedFrame } from "./FrameTap.ts"

export type { BusHealth, PulseOutcome }

export interface PulseRequest {
  readonly board: number
  readonly lockIndex: number
  /** Last moment to write the frame, on the clock of `Clock.currentTimeMillis`. */
  readonly notAfterMs: number
  /**
   * Runs in the turn, after the board has answered and before the frame is written: the place to record that a pulse is
   * about to happen. `false` withdraws the pulse. Nothing else uses the bus meanwhile, so it must be short.
   */
  readonly beforeWrite?: Effect.Effect<boolean>
}

export interface Rs485Bus {
  readonly name: string
  /** What the link knows of news from its boards; undefined for a real wire. */
  readonly untilNews: Effect.Effect<void> | undefined
  /** Reads one board's status. */
  readonly readStatus: (board: number) => Effect.Effect<StatusRead>
  /**
   * Gives one coil pulse in one turn of the bus: reads the board's status as proof that it answers, compares the clock
   * with `notAfterMs`, writes the unlock frame once. Waits its turn until the last pulse on that board has rested
   * `Limits.pulseGapMs`. If the caller is interrupted before the turn began, the pulse is withdrawn; a turn that has begun
   * is finished.
   */
  readonly pulse: (request: PulseRequest) => Effect.Effect<PulseOutcome>
  /** Tools that no shopper or command may reach. `reason` is logged. */
  readonly maintenance: (reason: string) => BusMaintenance
  readonly health: () => BusHealth
  /** The present health, then every change of it. */
  readonly changes: Stream.Stream<BusHealth>
  readonly counters: () => BusCounters
  /** The last frames on the bus, oldest first. */
  readonly tap: () => ReadonlyArray<TappedFrame>
}

export interface BusMaintenance {
  /** Opens every lock of one board with one frame. The board then rests for as long as sixteen pulses take. */
  readonly unlockAll: (board: number, notAfterMs: number) => Effect.Effect<PulseOutcome>
}

/** Owns the link for as long as the scope lives. Never fails: a port that is missing or busy is reported and retried. */
export const make = (link: SerialLink): Effect.Effect<Rs485Bus, never, Scope.Scope> =>
  Effect.gen(function* () {
    const clock = yield* Clock.Clock
    const parts = { clock, tally: makeTally(), tap: new FrameTap() }
    const health = yield* SubscriptionRef.make<BusHealth>({ state: "opening", reason: undefined })
    const turns = new BusTurns(parts)
    yield* Effect.forkScoped(keepOpen(link, parts, turns, health))
    yield* Effect.forkScoped(turns.run)
    return {
      name: link.name,
      untilNews: link.untilNews,
      readStatus: turns.read,
      pulse: ({ board, lockIndex, notAfterMs, beforeWrite = Effect.succeed(true) }) =>
        turns.pulse({
          frame: { kind: "unlock", board, lockIndex },
          board,
          notAfterMs,
          beforeWrite,
          restMs: Limits.pulseGapMs,
        }),
      maintenance: (reason) => ({
        unlockAll: (board, notAfterMs) =>
          Effect.andThen(
            Effect.logWarning(`${link.name}: all locks of board ${board} are opened: ${reason}`),
            turns.pulse({
              frame: { kind: "unlockAll", board },
              board,
              notAfterMs,
              beforeWrite: Effect.succeed(true),
              restMs: Limits.pulseGapMs * Limits.locksPerBoard,
            }),
          ),
      }),
      health: () => SubscriptionRef.getUnsafe(health),
      changes: SubscriptionRef.changes(health),
      counters: () => countersOf(parts.tally),
      tap: () => parts.tap.frames(),
    }
  })
