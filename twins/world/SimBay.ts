/**
 * One simulated bay: a hook, a coil that frees it, a place where a cart stands, and two sensors.
 *
 * A pulse frees the hook after the mechanics' own delay (25 to 60 ms, drawn per pulse); no source measured more than
 * JIN's 25 ms, vendors say "below 1 s" (cu16.md §1.7, §6). The hook then stays open until somebody pushes a cart in:
 * there is no lock command. Time comes in with every call and never runs backwards. It knows no bytes.
 */
import type { Hook, Presence } from "#core/domain/Bay.ts"
import type { Random } from "#core/Random.ts"
import type { BayFault } from "./Fault.ts"
import { faultCatalogue, type FaultName } from "./FaultCatalogue.ts"
import type { BayPlan, BoardPlan } from "./WorldPlan.ts"

const mechanicsFromMs = 25
const mechanicsUntilMs = 61

export class SimBay {
  readonly plan: BayPlan
  readonly #board: BoardPlan
  readonly #mechanics: Random
  readonly #faults = new Map<FaultName, BayFault>()
  #hook: Hook
  #cart: string | null
  #opensAtMs: number | undefined
  #pulses = 0

  constructor(plan: BayPlan, board: BoardPlan, mechanics: Random) {
    this.plan = plan
    this.#board = board
    this.#mechanics = mechanics
    this.#cart = plan.cart
    this.#hook = plan.cart === null ? "open" : "closed"
  }

  /** The cart that stands in the bay, latched or not. */
  get cart(): string | null {
    return this.#cart
  }

  /** Valid unlock frames for this bay that were on the wire, whether or not the board heard them or the hook moved. */
  get pulses(): number {
    return this.#pulses
  }

  /** When a freed hook will be open; undefined if none is on its way. */
  get opensAtMs(): number | undefined {
    return this.#opensAtMs
  }

  get presence(): Presence {
    return this.#cart === null ? "absent" : "present"
  }

  get faults(): ReadonlyArray<FaultName> {
    return [...this.#faults.keys()]
  }

  /** Where the hook really is, whatever the sensor says. */
  hookAt(atMs: number): Hook {
    if (this.#opensAtMs !== undefined && atMs >= this.#opensAtMs) {
      this.#hook = "open"
      this.#opensAtMs = undefined
    }
    return this.#hook
  }

  /** The two sensor bits as they are on the wire. */
  bitsAt(atMs: number): { readonly hook: number; readonly presence: number } {
    const closedBit = this.#board.hookClosedBit ?? 1
    const presentBit = this.#board.presentBit ?? 1
    const cut = [...this.#faults.values()].find((fault) => fault.hookWire !== undefined)?.hookWire
    return {
      hook: cut ?? (this.hookAt(atMs) === "closed" ? closedBit : 1 - closedBit),
      presence: this.presence === "present" ? presentBit : 1 - presentBit,
    }
  }

  countPulse(): void {
    this.#pulses += 1
  }

  /** The coil is energised. Nothing happens to a stuck mechanism or an open hook. */
  energise(atMs: number): void {
    const delayMs = this.#mechanics.int(mechanicsFromMs, mechanicsUntilMs)
    if (this.#isStuck() || this.hookAt(atMs) === "open") return
    this.#opensAtMs ??= atMs + delayMs
  }

  /** Somebody pulls the cart out of an open bay; gives the cart. */
  pull(): string | null {
    const cart = this.#cart
    this.#cart = null
    return cart
  }

  /** A cart stands in the bay, not latched. */
  place(cart: string): void {
    this.#cart = cart
  }

  /** Somebody pushes what stands in the bay home; true if the hook caught it. */
  push(): boolean {
    if (this.#isStuck()) return false
    this.#hook = "closed"
    this.#opensAtMs = undefined
    return true
  }

  /** False if the bay has this fault already. */
  breakWith(name: FaultName): boolean {
    const fault = faultCatalogue[name]
    if (fault.on !== "bay" || this.#faults.has(name)) return false
    this.#faults.set(name, fault)
    return true
  }

  /** Ends one fault, or all; gives those that ended. */
  mend(name?: FaultName): ReadonlyArray<FaultName> {
    const ended = this.faults.filter((fault) => name === undefined || fault === name)
    for (const fault of ended) this.#faults.delete(fault)
    return ended
  }

  #isStuck(): boolean {
    return [...this.#faults.values()].some((fault) => fault.stuck === true)
  }
}
