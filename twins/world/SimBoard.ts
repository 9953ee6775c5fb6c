/**
 * One simulated CU16 board. It answers `0x30` and `0x32` (to itself and to `0xF0`) with the bits of its bays, obeys
 * `0x31` and `0x33` in silence, and is silent to everything else: the known firmware leaves those unanswered.
 *
 * One coil at a time: an unlock while a coil is on is ignored, and `0x33` fires the coils one after the other (cu16.md
 * §1.8; what a real board does with the second unlock is unknown, so nothing may rely on it). A status is answered
 * during a pulse, as in the field (§4.2). Frames for other boards never come here.
 */
import { encode } from "#core/cu16/Codec.ts"
import type { Cu16Answer } from "#core/cu16/Frame.ts"
import { Limits } from "#core/Limits.ts"
import { type Random, randomOf } from "#core/Random.ts"
import type { BoardBehaviour, HeardRequest, SimReply } from "./Fault.ts"
import { faultCatalogue, type FaultName } from "./FaultCatalogue.ts"
import { SimBay } from "./SimBay.ts"
import type { BoardPlan } from "./WorldPlan.ts"

/** How long the board thinks; no vendor says, and the fields' polling needs it well below 10 ms (cu16.md §6). */
const turnaroundFromMs = 1
const turnaroundUntilMs = 4

export class SimBoard {
  readonly address: number
  readonly bays: ReadonlyArray<SimBay>
  readonly #turnaround: Random
  readonly #faultRandom: (name: FaultName) => Random
  readonly #faults = new Map<FaultName, BoardBehaviour>()
  #coilFreeAtMs = Number.NEGATIVE_INFINITY

  /** `label` names the board among all of the world, for its streams of random numbers. */
  constructor(plan: BoardPlan, seed: number, label: string) {
    this.address = plan.address
    this.bays = plan.bays.map((bay) => new SimBay(bay, plan, randomOf(seed, `${label}/mechanics/${bay.lockIndex}`)))
    this.#turnaround = randomOf(seed, `${label}/turnaround`)
    this.#faultRandom = (name) => randomOf(seed, `${label}/fault/${name}`)
  }

  get faults(): ReadonlyArray<FaultName> {
    return [...this.#faults.keys()]
  }

  /** A request for this board or for all, when its last bit has arrived. */
  hear(heard: HeardRequest, atMs: number): ReadonlyArray<SimReply> {
    this.#countPulses(heard)
    const behaviours = [...this.#faults.values()]
    if (behaviours.some((behaviour) => behaviour.hears?.(heard) === false)) return []
    const replies = this.#obey(heard, atMs)
    return behaviours.reduce((carried, behaviour) => behaviour.carries?.(heard, carried) ?? carried, replies)
  }

  /** False if the board has this fault already. */
  breakWith(name: FaultName): boolean {
    const fault = faultCatalogue[name]
    if (fault.on !== "board" || this.#faults.has(name)) return false
    this.#faults.set(name, fault.begin(this.#faultRandom(name)))
    return true
  }

  /** Ends all faults of the board itself; gives those that ended. */
  mend(): ReadonlyArray<FaultName> {
    const ended = this.faults
    this.#faults.clear()
    return ended
  }

  #obey({ request }: HeardRequest, atMs: number): ReadonlyArray<SimReply> {
    switch (request.kind) {
      case "queryStatus":
        return this.#answer("status", atMs)
      case "queryAllStatus":
      case "queryBusStatusOf":
        return this.#answer("busStatus", atMs)
      case "unlock":
        this.#unlock(request.lockIndex, atMs)
        return []
      case "unlockAll":
        this.#unlockAll(atMs)
        return []
      default:
        return []
    }
  }

  #answer(kind: Extract<Cu16Answer, { readonly hooks: number }>["kind"], atMs: number): ReadonlyArray<SimReply> {
    let hooks = 0
    let presence = 0
    for (const bay of this.bays) {
      const bits = bay.bitsAt(atMs)
      hooks |= bits.hook << bay.plan.lockIndex
      presence |= bits.presence << bay.plan.lockIndex
    }
    const afterMs = this.#turnaround.int(turnaroundFromMs, turnaroundUntilMs)
    return [{ bytes: encode({ kind, board: this.address, hooks, presence }), afterMs }]
  }

  #unlock(lockIndex: number, atMs: number): void {
    if (atMs < this.#coilFreeAtMs) return
    this.#coilFreeAtMs = atMs + Limits.pulseMs
    this.bays.find((bay) => bay.plan.lockIndex === lockIndex)?.energise(atMs)
  }

  #unlockAll(atMs: number): void {
    if (atMs < this.#coilFreeAtMs) return
    this.#coilFreeAtMs = atMs
    for (const bay of this.bays) {
      bay.energise(this.#coilFreeAtMs)
      this.#coilFreeAtMs += Limits.pulseMs
    }
  }

  #countPulses({ request }: HeardRequest): void {
    for (const bay of this.bays) {
      const meant =
        request.kind === "unlockAll" || (request.kind === "unlock" && request.lockIndex === bay.plan.lockIndex)
      if (meant) bay.countPulse()
    }
  }
}
