/**
 * All of time in a simulation: one queue of what can run now, one heap of what is due later. Nothing else moves anything.
 * When the queue is empty the world is quiescent, and time jumps to the next entry of the heap; what is due at the same
 * instant comes in an order that the seed shuffles.
 */
import type { Random } from "#core/Random.ts"

interface Entry {
  readonly at: number
  readonly tie: number
  run: (() => void) | undefined
}

const isBefore = (a: Entry, b: Entry): boolean => a.at < b.at || (a.at === b.at && a.tie < b.tie)

export class VirtualTime {
  readonly #random: Random
  readonly #heap: Array<Entry> = []
  #queue: Array<() => void> = []
  #nowMs: number
  /** Tasks run so far: a step is the smallest thing between two of which a crash can fall. */
  steps = 0

  constructor(random: Random, startMs: number) {
    this.#random = random
    this.#nowMs = startMs
  }

  /** True milliseconds UTC. */
  get nowMs(): number {
    return this.#nowMs
  }

  /** Runs something at an instant, at once if that is over; gives how to call it off. */
  at(atMs: number, run: () => void): () => void {
    const entry: Entry = { at: Math.max(atMs, this.#nowMs), tie: this.#random.next(), run }
    this.#push(entry)
    return () => void (entry.run = undefined)
  }

  after(ms: number, run: () => void): () => void {
    return this.at(this.#nowMs + ms, run)
  }

  /** Runs something as soon as what waits already has run. */
  post(task: () => void): void {
    this.#queue.push(task)
  }

  /** Runs until nothing is left to do now. */
  drain(): void {
    while (this.#queue.length > 0) {
      const tasks = this.#queue
      this.#queue = []
      for (const task of tasks) {
        this.steps += 1
        task()
      }
    }
  }

  /** Lets time pass until an instant; `quiet` is called whenever the world has come to rest. */
  runUntil(untilMs: number, quiet: () => void): void {
    this.drain()
    for (let next = this.#heap[0]; next !== undefined && next.at <= untilMs; next = this.#heap[0]) {
      this.#pop()
      if (next.run === undefined) continue
      this.#nowMs = next.at
      next.run()
      this.drain()
      quiet()
    }
    this.#nowMs = untilMs
  }

  #push(entry: Entry): void {
    const heap = this.#heap
    let at = heap.push(entry) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = heap[parent]
      if (above === undefined || isBefore(above, entry)) break
      heap[at] = above
      at = parent
    }
    heap[at] = entry
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return
    let at = 0
    while (true) {
      const left = 2 * at + 1
      const right = left + 1
      let least = left
      const [l, r] = [heap[left], heap[right]]
      if (l === undefined) break
      if (r !== undefined && isBefore(r, l)) least = right
      const below = heap[least]
      if (below === undefined || isBefore(last, below)) break
      heap[at] = below
      at = least
    }
    heap[at] = last
  }
}
