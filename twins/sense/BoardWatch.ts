/**
 * What the reads of one board add up to: is it answering, and what do its bays say? Raw outcomes in, conclusions out.
 *
 * Pure but for its own memory: times come in (steady milliseconds), nothing is read or sent here. Whoever polls asks the bus
 * and tells the twins.
 */
import type { StatusRead } from "#core/cu16/StatusRead.ts"
import { Limits } from "#core/Limits.ts"
import type { LinkVerdict } from "./LinkVerdict.ts"
import { type Debounced, forget, type Observe, type Reading, same, unread } from "./Debounce.ts"

/** A bay as far as its bits go. */
export interface SensedBay {
  readonly lockIndex: number
  readonly board: { readonly hookClosedBit: 0 | 1; readonly presenceBit: 0 | 1 }
}

export interface Conclusions<Bay> {
  /** Undefined while it is too early to say. */
  readonly verdict: LinkVerdict | undefined
  /** What each bay says beyond doubt, and whether that is news. */
  readonly believed: ReadonlyArray<{ readonly bay: Bay; readonly reading: Reading; readonly news: boolean }>
  readonly turned: ReadonlyArray<{ readonly bay: Bay; readonly to: "flapping" | "steady" }>
  /** One more read would decide something. */
  readonly undecided: boolean
}

const nothing = { believed: [], turned: [], undecided: false } as const

export class BoardWatch<Bay extends SensedBay, Board extends { readonly bays: ReadonlyArray<Bay> }> {
  readonly board: Board
  readonly #bays: Map<Bay, Debounced>
  readonly #misses: Array<"NoAnswer" | "Garbled"> = []
  #lastReadMs: number | undefined
  #freshMs: number | undefined

  readonly #observe: Observe

  /** `suspects` are bays that flickered before this watch began, at `nowMs`: they too need a minute of rest to be steady. */
  constructor(board: Board, observe: Observe, suspects: ReadonlySet<Bay> = new Set(), nowMs = 0) {
    this.board = board
    this.#observe = observe
    const flickering = { ...unread, flapping: true, changes: [nowMs] }
    this.#bays = new Map(board.bays.map((bay) => [bay, suspects.has(bay) ? flickering : unread]))
  }

  /** When the newest good answer came, on the steady clock. */
  get freshMs(): number | undefined {
    return this.#freshMs
  }

  /** True when the last reads were good answers, agreed, and left nothing open: the same again would say nothing. */
  get isSettled(): boolean {
    if (this.#lastReadMs === undefined || this.#misses.length > 0) return false
    return [...this.#bays.values()].every(
      ({ believed, candidate, seen, flapping }) =>
        !flapping &&
        seen >= Limits.readsToBelieve &&
        believed !== undefined &&
        candidate !== undefined &&
        same(believed, candidate),
    )
  }

  /** A settled board is known to have given the same answers until now. */
  saidTheSame(nowMs: number): void {
    if (this.#lastReadMs === undefined) return
    this.#lastReadMs = nowMs
    this.#freshMs = nowMs
  }

  take(read: StatusRead, nowMs: number): Conclusions<Bay> {
    switch (read._tag) {
      case "Answer":
        return this.#takeAnswer(read, nowMs)
      case "NoAnswer":
      case "Garbled":
        return this.#takeMiss(read._tag)
      case "PortDown":
        this.#forgetBays()
        this.#misses.length = 0
        return { ...nothing, verdict: { link: "busDown", reason: read.reason } }
      case "QueueFull":
        return { ...nothing, verdict: undefined }
    }
  }

  /** Nothing read so far counts any more. */
  forget(): void {
    this.#forgetBays()
    this.#misses.length = 0
  }

  #takeAnswer(bits: RawBits, nowMs: number): Conclusions<Bay> {
    const roundMs = this.#lastReadMs === undefined ? 0 : Math.round(nowMs - this.#lastReadMs)
    const wasAnswering = this.#misses.length === 0
    this.#lastReadMs = nowMs
    this.#freshMs = nowMs
    this.#misses.length = 0
    const believed: Array<Conclusions<Bay>["believed"][number]> = []
    const turned: Array<Conclusions<Bay>["turned"][number]> = []
    let undecided = false
    for (const [bay, before] of this.#bays) {
      const reading = readingOf(bay, bits)
      const observation = this.#observe(before, reading, nowMs)
      this.#bays.set(bay, observation.next)
      if (observation.next.seen >= Limits.readsToBelieve) {
        believed.push({ bay, reading, news: observation.believed !== undefined })
      }
      if (observation.turned !== undefined) turned.push({ bay, to: observation.turned })
      undecided = undecided || observation.undecided
    }
    const slow = wasAnswering && roundMs > Limits.slowRoundMs
    return { verdict: slow ? { link: "slow", roundMs } : { link: "polling" }, believed, turned, undecided }
  }

  #takeMiss(miss: "NoAnswer" | "Garbled"): Conclusions<Bay> {
    this.#misses.push(miss)
    if (this.#misses.length > Limits.roundsUntilSilent) this.#misses.shift()
    if (this.#misses.length < Limits.roundsUntilSilent) return { ...nothing, verdict: undefined, undecided: true }
    this.#forgetBays()
    const garbled = this.#misses.filter((outcome) => outcome === "Garbled").length * 2 > this.#misses.length
    return { ...nothing, verdict: { link: garbled ? "garbled" : "silent" } }
  }

  #forgetBays(): void {
    for (const [bay, before] of this.#bays) this.#bays.set(bay, forget(before))
    this.#lastReadMs = undefined
  }
}

interface RawBits {
  readonly hooks: number
  readonly presence: number
}

/** What a board's bits say about one of its bays, polarity applied (cu16.md §4.1). */
export const readingOf = (bay: SensedBay, { hooks, presence }: RawBits): Reading => {
  const hookBit = (hooks >> bay.lockIndex) & 1
  const presenceBit = (presence >> bay.lockIndex) & 1
  return {
    hook: hookBit === bay.board.hookClosedBit ? "closed" : "open",
    presence: presenceBit === bay.board.presenceBit ? "present" : "absent",
  }
}
