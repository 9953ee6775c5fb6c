/**
 * Who gets the next turn on a bus: pulses before reads, each in order of arrival, both bounded.
 *
 * A pulse waits until the coil of the last pulse on its board has rested (one lock fires at a time per board); while it
 * waits, reads and pulses of other boards go on. A pulse that is past its time is handed out at once, so that it can be
 * refused. No clock, no I/O: times come in.
 */
import { Limits } from "#core/Limits.ts"

export interface PulseWaiting {
  readonly board: number
  /** Wall time after which it must not fire, in milliseconds. */
  readonly notAfterMs: number
}

export type Turn<Read, Pulse> =
  | { readonly _tag: "Read"; readonly job: Read }
  | { readonly _tag: "Pulse"; readonly job: Pulse }
  /** Nothing can be done before this many milliseconds have passed, or something is added. */
  | { readonly _tag: "Wait"; readonly waitMs: number }
  | { readonly _tag: "Empty" }

export class BusQueue<Read, Pulse extends PulseWaiting> {
  #reads: Array<Read> = []
  #pulses: Array<Pulse> = []
  /** Monotonic time until which the coils of a board rest. */
  readonly #restUntilMs = new Map<number, number>()

  /** False when no more reads may wait. */
  addRead(job: Read): boolean {
    return this.#reads.length < Limits.busQueueLength && this.#reads.push(job) > 0
  }

  /** False when no more pulses may wait. */
  addPulse(job: Pulse): boolean {
    return this.#pulses.length < Limits.busQueueLength && this.#pulses.push(job) > 0
  }

  /** Takes back what has not had its turn yet. */
  withdraw(job: Read | Pulse): void {
    this.#reads = this.#reads.filter((waiting) => waiting !== job)
    this.#pulses = this.#pulses.filter((waiting) => waiting !== job)
  }

  /** A coil of this board was fired (or may have been); the board rests for `restMs`. */
  rest(board: number, monotonicMs: number, restMs: number): void {
    this.#restUntilMs.set(board, monotonicMs + restMs)
  }

  next(wallMs: number, monotonicMs: number): Turn<Read, Pulse> {
    let waitMs = Number.POSITIVE_INFINITY
    for (const [at, job] of this.#pulses.entries()) {
      const restMs = (this.#restUntilMs.get(job.board) ?? monotonicMs) - monotonicMs
      const lateInMs = job.notAfterMs + 1 - wallMs
      if (restMs <= 0 || lateInMs <= 0) {
        this.#pulses.splice(at, 1)
        return { _tag: "Pulse", job }
      }
      waitMs = Math.min(waitMs, restMs, lateInMs)
    }
    const job = this.#reads.shift()
    if (job !== undefined) return { _tag: "Read", job }
    return Number.isFinite(waitMs) ? { _tag: "Wait", waitMs } : { _tag: "Empty" }
  }

  /** Empties the queue and gives what was in it. */
  drain(): { readonly reads: ReadonlyArray<Read>; readonly pulses: ReadonlyArray<Pulse> } {
    const drained = { reads: this.#reads, pulses: this.#pulses }
    this.#reads = []
    this.#pulses = []
    return drained
  }
}
