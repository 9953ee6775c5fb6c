/**
 * Gives turns on a bus, one at a time, and plays out what happens in a turn.
 *
 * Callers wait for the outcome of a job; a fiber running `run` takes the jobs from the queue. Without a line (the port is
 * down) a job is refused at once. A caller that goes away before its turn takes its job with it.
 */
import { type Clock, Effect, Exit, Latch } from "effect"

import type { Cu16Request } from "#core/cu16/Frame.ts"
import { envelopeBytes } from "#core/cu16/FrameTable.ts"
import type { StatusRead } from "#core/cu16/StatusRead.ts"
import { wireMs } from "#core/cu16/WireTime.ts"
import { Limits } from "#core/Limits.ts"

import type { BusTally } from "./BusCounters.ts"
import type { BusLine, Sent } from "./BusLine.ts"
import { BusQueue } from "./BusQueue.ts"

/** What became of one pulse. */
export type PulseOutcome =
  /** Written whole, at this wall time; `before` is what the board said in the same turn. */
  | { readonly _tag: "Pulsed"; readonly atMs: number; readonly before: RawBits }
  /** No byte of it was written. */
  | { readonly _tag: "NotPulsed"; readonly reason: "controller_silent" | "bus_down" | "expired" | "busy" | "withdrawn" }
  /** The port failed while taking it: it may have reached the board. */
  | { readonly _tag: "WriteUncertain"; readonly reason: string; readonly atMs: number; readonly before: RawBits }

export interface RawBits {
  readonly hooks: number
  readonly presence: number
}

export interface PulseOrder {
  readonly frame: Extract<Cu16Request, { kind: "unlock" | "unlockAll" }>
  readonly board: number
  readonly notAfterMs: number
  readonly beforeWrite: Effect.Effect<boolean>
  /** How long the board rests afterwards. */
  readonly restMs: number
}

interface ReadJob {
  readonly board: number
  readonly done: (outcome: Effect.Effect<StatusRead>) => void
}

interface PulseJob extends PulseOrder {
  readonly askedMs: number
  readonly done: (outcome: Effect.Effect<PulseOutcome>) => void
}

interface JustHeard {
  readonly line: BusLine
  readonly board: number
  readonly read: Extract<StatusRead, { _tag: "Answer" }>
  readonly heardMs: number
}

export class BusTurns {
  readonly #clock: Clock.Clock
  readonly #tally: BusTally
  readonly #queue = new BusQueue<ReadJob, PulseJob>()
  readonly #wake = Latch.makeUnsafe()
  #line: BusLine | undefined
  /** The answer that the turn before this one ended with. */
  #justHeard: JustHeard | undefined
  #downReason = "the port is being opened"

  constructor(parts: { readonly clock: Clock.Clock; readonly tally: BusTally }) {
    this.#clock = parts.clock
    this.#tally = parts.tally
  }

  readonly read = (board: number): Effect.Effect<StatusRead> =>
    Effect.callback((resume) => {
      const job: ReadJob = { board, done: resume }
      if (this.#line === undefined) return resume(portDown(this.#downReason))
      if (!this.#queue.addRead(job)) return resume(Effect.succeed({ _tag: "QueueFull" }))
      this.#wake.openUnsafe()
      return Effect.sync(() => this.#queue.withdraw(job))
    })

  readonly pulse = (order: PulseOrder): Effect.Effect<PulseOutcome> =>
    Effect.callback((resume) => {
      const job: PulseJob = { ...order, askedMs: this.#monotonicMs(), done: resume }
      if (this.#line === undefined) return resume(notPulsed("bus_down"))
      if (!this.#queue.addPulse(job)) return resume(notPulsed("busy"))
      this.#wake.openUnsafe()
      return Effect.sync(() => this.#queue.withdraw(job))
    })

  /** From now on turns are played on this line. */
  use(line: BusLine): void {
    this.#line = line
  }

  /** There is no line any more: ends the request in flight and refuses all that wait. */
  stop(reason: string): void {
    this.#downReason = reason
    this.#line?.end(reason)
    this.#line = undefined
    const waiting = this.#queue.drain()
    for (const job of waiting.reads) job.done(portDown(reason))
    for (const job of waiting.pulses) job.done(notPulsed("bus_down"))
  }

  /** Gives turns until interrupted. */
  readonly run: Effect.Effect<never> = Effect.forever(Effect.suspend(() => this.#playNext()))

  #playNext(): Effect.Effect<void> {
    const justHeard = this.#justHeard
    this.#justHeard = undefined
    const turn = this.#queue.next(this.#clock.currentTimeMillisUnsafe(), this.#monotonicMs())
    switch (turn._tag) {
      case "Read":
        return Effect.asVoid(tell(turn.job, this.#playRead(turn.job.board)))
      case "Pulse":
        return Effect.flatMap(tell(turn.job, this.#playPulse(turn.job, justHeard)), (exit) =>
          wasWritten(exit) ? quiet : Effect.void,
        )
      case "Wait":
        this.#wake.closeUnsafe()
        return Effect.asVoid(Effect.timeoutOption(this.#wake.await, Math.ceil(turn.waitMs)))
      case "Empty":
        this.#wake.closeUnsafe()
        return this.#wake.await
    }
  }

  #playRead(board: number): Effect.Effect<StatusRead> {
    const line = this.#line
    if (line === undefined) return portDown(this.#downReason)
    return Effect.tap(line.ask(board), (read) =>
      Effect.sync(() => {
        if (read._tag === "Answer") this.#justHeard = { line, board, read, heardMs: this.#monotonicMs() }
      }),
    )
  }

  readonly #playPulse = Effect.fnUntraced({ self: this }, function* (job: PulseJob, justHeard: JustHeard | undefined) {
    if (this.#clock.currentTimeMillisUnsafe() > job.notAfterMs) return yield* notPulsed("expired")
    const line = this.#line
    if (line === undefined) return yield* notPulsed("bus_down")
    const read = isProof(justHeard, line, job) ? justHeard.read : yield* prove(line, job.board)
    if (read._tag !== "Answer") return yield* notPulsed(read._tag === "PortDown" ? "bus_down" : "controller_silent")
    if (!(yield* job.beforeWrite)) return yield* notPulsed("withdrawn")
    const sent = yield* line.send(job.frame, job.notAfterMs, () => {
      this.#tally.pulses++
      this.#queue.rest(job.board, this.#monotonicMs(), job.restMs)
    })
    return outcomeOf(sent, { hooks: read.hooks, presence: read.presence })
  })

  #monotonicMs(): number {
    return Number(this.#clock.monotonicTimeNanosUnsafe()) / 1e6
  }
}

const outcomeOf = (sent: Sent, before: RawBits): PulseOutcome => {
  switch (sent._tag) {
    case "Written":
      return { _tag: "Pulsed", atMs: sent.atMs, before }
    case "Uncertain":
      return { _tag: "WriteUncertain", reason: sent.reason, atMs: sent.atMs, before }
    case "TooLate":
      return { _tag: "NotPulsed", reason: "expired" }
    case "PortDown":
      return { _tag: "NotPulsed", reason: "bus_down" }
  }
}

/** Plays a turn to its end and tells the caller. A defect in it is the caller's, and does not end the bus. */
const tell = <A>(
  job: { readonly done: (outcome: Effect.Effect<A>) => void },
  turn: Effect.Effect<A>,
): Effect.Effect<Exit.Exit<A>> =>
  Effect.uninterruptible(Effect.tap(Effect.exit(turn), (exit) => Effect.sync(() => job.done(exit))))

const wasWritten = (exit: Exit.Exit<PulseOutcome>): boolean =>
  Exit.isSuccess(exit) && (exit.value._tag === "Pulsed" || exit.value._tag === "WriteUncertain")

/** A frame that is not answered must leave the wire, and the board take it in, before anybody speaks again. */
const quiet = Effect.sleep(wireMs(envelopeBytes) + Limits.quietAfterPulseMs)

/** An answer that came after the pulse was asked for, with no turn in between, proves as much as one more would. */
const isProof = (heard: JustHeard | undefined, line: BusLine, job: PulseJob): heard is JustHeard =>
  heard !== undefined && heard.line === line && heard.board === job.board && heard.heardMs > job.askedMs

const prove = Effect.fnUntraced(function* (line: BusLine, board: number) {
  let read = yield* line.ask(board)
  for (let tries = 1; tries < Limits.proofReads && read._tag !== "Answer" && read._tag !== "PortDown"; tries++) {
    read = yield* line.ask(board)
  }
  return read
})

const portDown = (reason: string): Effect.Effect<StatusRead> => Effect.succeed({ _tag: "PortDown", reason })

const notPulsed = (reason: Extract<PulseOutcome, { _tag: "NotPulsed" }>["reason"]): Effect.Effect<PulseOutcome> =>
  Effect.succeed({ _tag: "NotPulsed", reason })
