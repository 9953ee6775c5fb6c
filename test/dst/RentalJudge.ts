/**
 * Judges rentals by what really happened to carts: one for a cart and for a shopper, begun and ended by nothing but a cart that
 * left and came back, none forgotten. It sees every hand at every bay.
 */
import { regionWord } from "#twins/Words.ts"
import type { World } from "#twins/world/World.ts"
import type { BayPlan } from "./Plan.ts"
import type { SometimesBook } from "./Sometimes.ts"
import type { Change } from "./store/MemoryDatabase.ts"
import type { RentalTableRow } from "./store/MemoryRentals.ts"
import type { MemoryStore } from "./store/MemoryStore.ts"
import type { Trace } from "./Trace.ts"
import type { Verdicts } from "./Verdicts.ts"
import type { VirtualTime } from "./VirtualTime.ts"

export interface RentalJudgeParts {
  readonly time: VirtualTime
  readonly trace: Trace
  readonly store: MemoryStore
  readonly verdicts: Verdicts
  readonly sometimes: SometimesBook
  readonly world: World
  readonly bays: ReadonlyMap<string, BayPlan>
  readonly touchedAtMs: (bay: BayPlan) => number
}

const minuteMs = 60_000
/** What moved longer ago than this must have been seen, told and followed. */
const restMs = 20_000
const underWay: ReadonlySet<string> = new Set(["new", "assigning", "unlocking", "verifying", "settling"])
const isOut = (state: string): boolean => state.startsWith("active.") || state.startsWith("overdue.")
const isGone = (event: unknown): boolean => (event as { readonly presence?: unknown } | null)?.presence === "absent"
const isReturned = (state: string): boolean => state === "returned" || state === "returnedLate"

/** A cart that its shopper was told to take, and took. */
interface Taken {
  readonly bay: BayPlan
  readonly atMs: number
  backAtMs?: number
}

export class RentalJudge {
  readonly #parts: RentalJudgeParts
  readonly #before = new Map<string, RentalTableRow>()
  readonly #answered = new Set<string>()
  /** Rentals whose shopper was told to take the cart, and did. */
  readonly #took = new Map<string, Taken>()
  readonly #takenAtMs = new Map<string, number>()
  readonly #broughtAtMs = new Map<string, number>()
  /** Bays whose sensor was broken: what they said is no evidence of anything. */
  readonly #broken = new Set<string>()

  constructor(parts: RentalJudgeParts) {
    this.#parts = parts
  }

  /** A hand at a bay. */
  hand(bay: string, verb: string): void {
    const { time } = this.#parts
    if (verb === "take") this.#takenAtMs.set(bay, time.nowMs)
    if (verb !== "return" && verb !== "mislatch") return
    this.#broughtAtMs.set(bay, time.nowMs)
    for (const taken of this.#took.values()) if (taken.bay.id === bay) taken.backAtMs ??= time.nowMs
  }

  sensorBroke(bay: string): void {
    this.#broken.add(bay)
  }

  answered(id: string): void {
    this.#answered.add(id)
    if (this.#parts.store.tables.rentals.get(id) === undefined) {
      this.#parts.verdicts.fail("I5 acknowledged survives", `rental ${id} was answered and is not kept`)
    }
  }

  took(id: string, bay: BayPlan): void {
    this.#took.set(id, { bay, atMs: this.#parts.time.nowMs })
  }

  /** Rows of rentals only move the way they may. */
  committed(changes: ReadonlyArray<Change>): void {
    const { rentals } = this.#parts.store.tables
    for (const { table, key } of changes) {
      const row = table === rentals ? rentals.get(key) : undefined
      if (row !== undefined) this.#moved(row, this.#before.get(key))
    }
  }

  #moved(row: RentalTableRow, before: RentalTableRow | undefined): void {
    const { sometimes, store, time, trace, verdicts } = this.#parts
    this.#before.set(row.id, row)
    if (row.state !== before?.state) {
      trace.add({ at: time.nowMs, what: "rental", id: row.id, state: row.state, bay: row.bayId, cart: row.cartId })
    }
    for (const one of row.isOpen ? store.tables.rentals.values() : []) {
      if (one.id === row.id || !one.isOpen) continue
      if (row.cartId !== null && one.cartId === row.cartId) {
        verdicts.fail("I4 one rental", `cart ${row.cartId} is in two open rentals`)
      }
      if (one.shopperId === row.shopperId) verdicts.fail("I4 one rental", `a shopper has two open rentals`)
    }
    if (before === undefined) return
    if (before.cartId !== null && row.cartId !== before.cartId) sometimes.hit("rental given another cart")
    if (row.state === "cancelled" && before.state !== "cancelled") sometimes.hit("rental not taken")
    if (row.state === "verifying" && before.state !== "verifying") sometimes.hit("rental with an unknown unlock")
    if (row.pickedUpAt !== null && before.pickedUpAt === null) this.#begun(row)
    if (isReturned(row.state) && !isReturned(before.state)) this.#ended(row)
    if (!before.isOpen && row.isOpen && before.state !== "failed") {
      verdicts.fail("I17 conservation", `rental ${row.id} was ${before.state} and is open again`)
    }
  }

  /** Its cart must really have left the bay since it was asked for. */
  #begun({ id, bayId, createdAt }: RentalTableRow): void {
    const { sometimes, time, verdicts, world } = this.#parts
    sometimes.hit("rental picked up")
    if (bayId === null || this.#broken.has(bayId)) return
    if ((this.#takenAtMs.get(bayId) ?? -Infinity) >= createdAt) return
    if (world.bay(bayId, time.nowMs)?.presence === "absent") return
    verdicts.fail("I17 conservation", `rental ${id} began and nobody took its cart`)
  }

  #ended({ id, bayId, pickedUpAt, state }: RentalTableRow): void {
    const { sometimes, time, verdicts, world } = this.#parts
    sometimes.hit(state === "returned" ? "rental returned" : "rental returned late")
    if (bayId === null || this.#broken.has(bayId)) return
    const broughtAt = this.#broughtAtMs.get(bayId) ?? -Infinity
    if (broughtAt >= (this.#takenAtMs.get(bayId) ?? Infinity) || broughtAt >= (pickedUpAt ?? 0)) return
    if (world.bay(bayId, time.nowMs)?.presence === "present") return
    verdicts.fail("I17 conservation", `rental ${id} is ${state} and nobody brought its cart`)
  }

  /** Every rental that was answered is there, and each is where its cart is. */
  atRest(): void {
    const { store, verdicts } = this.#parts
    for (const id of this.#answered) {
      if (store.tables.rentals.get(id) === undefined) {
        verdicts.fail("I5 acknowledged survives", `rental ${id} was answered and is gone`)
      }
    }
    for (const row of store.tables.rentals.values()) if (row.isOpen) this.#rests(row)
    for (const [id, taken] of this.#took) {
      const { bay } = taken
      const row = store.tables.rentals.get(id)
      if (row?.pickedUpAt !== null || this.#broken.has(bay.id) || this.#isMoving(bay)) continue
      // A cart that went and came back while its device was off was seen by nobody.
      if (!this.#wasSeenGone(taken)) continue
      verdicts.fail("I17 conservation", `the shopper of rental ${id} took the cart as told, and it is ${row.state}`)
    }
  }

  /** True if the cart is still away, or if its bay has said that it was before it came back. */
  #wasSeenGone({ bay, atMs, backAtMs = Infinity }: Taken): boolean {
    if (backAtMs === Infinity) return true
    const lines = [...this.#parts.store.tables.events.values()]
    return lines.some(({ ref, event, at }) => ref.id === bay.id && at >= atMs && at <= backAtMs && isGone(event))
  }

  #isMoving(bay: BayPlan): boolean {
    return this.#parts.time.nowMs - this.#parts.touchedAtMs(bay) < restMs
  }

  #rests(row: RentalTableRow): void {
    const { bays, store, time, verdicts, world } = this.#parts
    const bay = bays.get(row.bayId ?? "")
    const isOld = time.nowMs - row.updatedAt > 3 * minuteMs
    if (underWay.has(row.state) && isOld) verdicts.fail("I13 progress", `rental ${row.id} is still ${row.state}`)
    if (bay === undefined || this.#isMoving(bay) || this.#broken.has(bay.id)) return
    const really = world.bay(bay.id, time.nowMs)
    const twin = store.tables.twins.get(`bay:${bay.id}`)?.held.stored.value ?? null
    // While a sensor is in doubt it decides nothing.
    if (really === undefined || regionWord(twin, "sensor") !== "trusted") return
    const stands = `${really.hook} and ${really.presence}`
    if (isOut(row.state) && stands === "closed and present") {
      verdicts.fail("I17 conservation", `rental ${row.id} is ${row.state} and its cart stands in bay ${bay.label}`)
    }
    if (row.state.startsWith("pickup.") && stands !== "open and present") {
      verdicts.fail("I17 conservation", `rental ${row.id} is ${row.state} and bay ${bay.label} is ${stands}`)
    }
  }
}
