/**
 * People who rent in a simulated shop as they do with their phones: they ask for a cart, go to the bay they are told, take the
 * cart when it opens, and bring it back; some push it shut again, some go away, some take it before they are told. They
 * believe what the phone shows, which is what the cloud keeps, and what they see.
 */
import { Effect, Exit } from "effect"
import { BranchId, ShopperId } from "#core/domain/Ids.ts"
import type { Random } from "#core/Random.ts"
import type { World } from "#twins/world/World.ts"
import type { Shopper } from "#cloud/store/Shoppers.ts"
import type { Branch } from "./Chaos.ts"
import type { CloudHost } from "./CloudHost.ts"
import type { BayPlan } from "./Plan.ts"
import type { RentalJudge } from "./RentalJudge.ts"
import type { MemoryStore } from "./store/MemoryStore.ts"
import type { Trace } from "./Trace.ts"
import type { VirtualTime } from "./VirtualTime.ts"

export interface RenterParts {
  readonly time: VirtualTime
  readonly random: Random
  readonly trace: Trace
  readonly world: World
  readonly cloud: CloudHost
  readonly store: MemoryStore
  readonly judge: RentalJudge
  readonly branch: Branch
  readonly bays: ReadonlyMap<string, BayPlan>
  readonly perHour: number
}

const hourMs = 3_600_000
/** How long people wait before they see whether they may go on. */
const stillMs = 30_000
/** Regular customers of a branch. */
const customers = 12

export class Renters {
  readonly #parts: RenterParts
  readonly #shoppers: ReadonlyArray<Shopper>
  open = true
  /** Nobody touches anything: what is under way waits. */
  still = false

  constructor(parts: RenterParts) {
    this.#parts = parts
    const { id, chain_id: chainId } = parts.branch.edge.device
    this.#shoppers = Array.from({ length: customers }, (_, n) => ({
      id: ShopperId.make(`0000000b-0000-4000-8000-${id.slice(-8)}${String(n).padStart(4, "0")}`),
      chainId,
      phoneMasked: "",
      locale: "he",
    }))
    this.#expect()
  }

  #expect(): void {
    const { perHour, random, time } = this.#parts
    time.after((-Math.log(1 - random.next()) * hourMs) / perHour, () => {
      if (this.open) this.#visit()
      this.#expect()
    })
  }

  #visit(): void {
    const { branch, cloud, judge, random, time, trace } = this.#parts
    const shopper = random.pick(this.#shoppers)
    const { api, life } = cloud
    if (shopper === undefined || api === undefined || life === undefined) return
    life.post(() => {
      const begin = api.lending.begin(shopper, BranchId.make(branch.edge.device.branch_id))
      life.fork(Effect.exit(begin)).addObserver((exit) => {
        const answer = Exit.isSuccess(exit) && Exit.isSuccess(exit.value) ? exit.value.value : undefined
        trace.add({ at: time.nowMs, what: "rental.answer", id: answer ?? null })
        if (answer !== undefined) judge.answered(answer)
      })
    })
    // Whatever was answered: what the phone shows a moment later is what counts.
    const patienceMs = time.nowMs + 20_000 + random.next() * 60_000
    time.after(1_500, () => this.#wait(shopper.id, patienceMs))
  }

  #rentalOf(shopperId: string) {
    return [...this.#parts.store.tables.rentals.values()].find((one) => one.isOpen && one.shopperId === shopperId)
  }

  #wait(shopperId: string, untilMs: number): void {
    const { bays, judge, random, time } = this.#parts
    const row = this.#rentalOf(shopperId)
    const bay = bays.get(row?.bayId ?? "")
    if (row === undefined || bay === undefined) return
    if (row.pickedUpAt !== null) return
    const isTold = row.state.startsWith("pickup.")
    if (this.#hookOf(bay) === "open" && (isTold || random.chance(0.1))) {
      if (random.chance(0.1)) return this.#later(500, 20_000, () => this.#act(bay, "return"))
      return this.#later(500, 5_000, () => {
        const stands = this.#rentalOf(shopperId)
        const isStillTold = stands?.state.startsWith("pickup.") === true && stands.bayId === bay.id
        if (!this.#act(bay, "take")) return
        if (isStillTold) judge.took(stands.id, bay)
        this.#later(30_000, random.chance(0.1) ? 4 * hourMs : 40 * 60_000, () => this.#bring(bay))
      })
    }
    if (time.nowMs < untilMs) return void time.after(700, () => this.#wait(shopperId, untilMs))
    // Nobody waits any more; whoever passes by later pushes an open bay shut.
    this.#later(60_000, 600_000, () => this.#act(bay, "return"))
  }

  #bring(bay: BayPlan): void {
    const { random } = this.#parts
    if (random.chance(0.08)) {
      this.#act(bay, "mislatch")
      return this.#later(3_000, 120_000, () => this.#act(bay, "return"))
    }
    if (!this.#act(bay, "return")) this.#later(60_000, 600_000, () => this.#act(bay, "return"))
  }

  #act(bay: BayPlan, verb: "take" | "return" | "mislatch"): boolean {
    const { branch, time, trace, world } = this.#parts
    const acted = world.act(bay.id, verb, time.nowMs)
    trace.add({ at: time.nowMs, what: "hand", verb, bay: bay.label, device: bay.device, ...acted })
    branch.field.touch(bay.board)
    return "done" in acted
  }

  #later(fromMs: number, untilMs: number, run: () => void): void {
    const { random, time } = this.#parts
    const unlessStill = (): void => {
      if (this.still) time.after(stillMs, unlessStill)
      else run()
    }
    time.after(fromMs + random.next() * (untilMs - fromMs), unlessStill)
  }

  #hookOf(bay: BayPlan) {
    const { time, world } = this.#parts
    return world.bay(bay.id, time.nowMs)?.hook
  }
}
