/** What a simulation is judged by: the invariants by the project's own numbers, and the first one that was broken. */
import type { Trace } from "./Trace.ts"
import type { VirtualTime } from "./VirtualTime.ts"

export type Invariant =
  | "I1 authorised open"
  | "I2 at most once"
  | "I3 no late open"
  | "I4 one rental"
  | "I5 acknowledged survives"
  | "I6 one outcome"
  | "I7 monotone twin"
  | "I8 convergence"
  | "I9 honest staleness"
  | "I12 no silent loss"
  | "I13 progress"
  | "I14 audit"
  | "I15 self-recovery"
  | "I16 time"
  | "I17 conservation"

export class Violation extends Error {
  readonly invariant: Invariant
  readonly atMs: number

  constructor(invariant: Invariant, what: string, atMs: number) {
    super(`${invariant}: ${what}`)
    this.invariant = invariant
    this.atMs = atMs
  }
}

export class Verdicts {
  readonly #time: VirtualTime
  readonly #trace: Trace
  /** The first: everything after it may only follow from it. */
  violation: Violation | undefined

  constructor(time: VirtualTime, trace: Trace) {
    this.#time = time
    this.#trace = trace
  }

  readonly fail = (invariant: Invariant, what: string): void => {
    if (this.violation !== undefined) return
    this.violation = new Violation(invariant, what, this.#time.nowMs)
    this.#trace.add({ at: this.#time.nowMs, what: "VIOLATION", invariant, detail: what })
  }
}
