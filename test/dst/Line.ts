/**
 * The network between one program and the broker: each direction takes its time, keeps its order, and can be blocked. What
 * is under way when a direction is blocked is held and delivered when it opens again, as TCP does, unless the connection
 * is given up first. `weather` is what the seed makes of it.
 */
import type { Random } from "#core/Random.ts"
import type { VirtualTime } from "./VirtualTime.ts"

export interface Weather {
  /** Milliseconds one way. */
  baseMs: number
  /** Share of the messages that take up to `tailMs` longer. */
  tailShare: number
  tailMs: number
}

/** What comes behind comes later, however little: nothing that is due at one instant keeps an order. */
const oneAfterTheOtherMs = 0.001

export type Direction = "up" | "down"

interface Way {
  blocked: boolean
  arrivesMs: number
  held: Array<() => void>
}

export class Line {
  readonly #time: VirtualTime
  readonly #random: Random
  readonly #weather: Weather
  readonly #ways: Record<Direction, Way> = {
    up: { blocked: false, arrivesMs: 0, held: [] },
    down: { blocked: false, arrivesMs: 0, held: [] },
  }
  readonly #onChange = new Set<() => void>()

  constructor(time: VirtualTime, random: Random, weather: Weather) {
    this.#time = time
    this.#random = random
    this.#weather = weather
  }

  /** True while either direction is blocked: then no keep-alive gets round. */
  get cut(): boolean {
    return this.#ways.up.blocked || this.#ways.down.blocked
  }

  blocked(direction: Direction): boolean {
    return this.#ways[direction].blocked
  }

  /** Carries something over; it arrives after everything that was sent the same way before. */
  carry(direction: Direction, arrive: () => void): void {
    const way = this.#ways[direction]
    const { baseMs, tailShare, tailMs } = this.#weather
    const late = this.#random.chance(tailShare) ? this.#random.next() * tailMs : 0
    way.arrivesMs = Math.max(
      way.arrivesMs + oneAfterTheOtherMs,
      this.#time.nowMs + baseMs * (0.5 + this.#random.next()) + late,
    )
    this.#time.at(way.arrivesMs, () => {
      if (way.blocked) way.held.push(arrive)
      else arrive()
    })
  }

  block(direction: Direction): void {
    this.#ways[direction].blocked = true
    for (const tell of this.#onChange) tell()
  }

  open(direction: Direction): void {
    const way = this.#ways[direction]
    way.blocked = false
    const held = way.held
    way.held = []
    for (const arrive of held) this.carry(direction, arrive)
    for (const tell of this.#onChange) tell()
  }

  /** Calls back whenever a direction was blocked or opened; gives how to stop that. */
  watch(tell: () => void): () => void {
    this.#onChange.add(tell)
    return () => void this.#onChange.delete(tell)
  }
}
