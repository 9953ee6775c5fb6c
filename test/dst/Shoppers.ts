/**
 * People in a simulated shop: they come by the hour of the day, ask the cloud for a cart as the API does, look at the bay
 * with their own eyes, and take, keep, return or drop carts as people do. They believe only what they see.
 */
import { Effect, Exit } from "effect"
import { everywhere } from "#core/access/Grants.fixture.ts"
import { UserId } from "#core/domain/Ids.ts"
import type { Random } from "#core/Random.ts"
import type { World } from "#twins/world/World.ts"
import type { CloudHost } from "./CloudHost.ts"
import type { Field } from "./Field.ts"
import type { BayPlan } from "./Plan.ts"
import type { Trace } from "./Trace.ts"
import type { VirtualTime } from "./VirtualTime.ts"

/** What became of a request, as the one who asked knows it. */
export type Answer = { readonly id: string } | { readonly refused: string } | { readonly noWord: true }

export interface ShopParts {
  readonly time: VirtualTime
  readonly random: Random
  readonly trace: Trace
  readonly world: World
  readonly cloud: CloudHost
  readonly field: (device: string) => Field | undefined
  readonly onAnswer: (bay: BayPlan, answer: Answer) => void
}

const hourMs = 3_600_000
/** How long people wait before they see whether they may go on. */
const stillMs = 30_000
const person = {
  userId: UserId.make("00000009-0000-4000-8000-000000000001"),
  email: "shopper@cartwise.example",
  name: "Shopper",
  grants: [everywhere("attendant")],
}

/** How busy a shop is at each hour, as a share of its busiest. */
const profile = [
  0.05, 0, 0, 0, 0, 0.05, 0.2, 0.5, 0.7, 0.8, 0.9, 1, 1, 0.9, 0.8, 0.9, 1, 1, 0.9, 0.7, 0.5, 0.3, 0.2, 0.1,
]

export class Shoppers {
  readonly #parts: ShopParts
  readonly #bays: ReadonlyArray<BayPlan>
  readonly #perHour: number
  open = true
  /** Nobody touches anything: what is under way waits. */
  still = false

  /** `perHour` visits of each branch in its busiest hour. */
  constructor(parts: ShopParts, bays: ReadonlyArray<BayPlan>, perHour: number) {
    this.#parts = parts
    this.#bays = bays
    this.#perHour = perHour
    this.#expect()
  }

  #expect(): void {
    const { random, time } = this.#parts
    const gapMs = (-Math.log(1 - random.next()) * hourMs) / this.#perHour
    time.after(gapMs, () => {
      const hour = Math.floor(time.nowMs / hourMs) % 24
      if (this.open && random.chance(profile[hour] ?? 1)) this.#visit()
      this.#expect()
    })
  }

  #visit(): void {
    const { random, time } = this.#parts
    const bay = random.pick(this.#bays)
    if (bay === undefined) return
    this.#ask(bay, () => {
      // Looks at the bay for a while, and goes when nothing opens.
      const patienceMs = 2_000 + random.next() * 18_000
      this.#watch(bay, time.nowMs + patienceMs)
    })
    // Some ask twice.
    if (random.chance(0.05)) time.after(random.next() * 3_000, () => this.#ask(bay, () => {}))
  }

  #ask(bay: BayPlan, then: () => void): void {
    const { cloud, onAnswer, time, trace } = this.#parts
    const { api, life } = cloud
    if (api === undefined || life === undefined) return
    let told = false
    const tell = (answer: Answer) => {
      if (told) return
      told = true
      trace.add({ at: time.nowMs, what: "api.answer", bay: bay.label, device: bay.device, ...answer })
      onAnswer(bay, answer)
    }
    life.post(() => {
      const fiber = life.fork(
        Effect.exit(
          api.requests.ask(
            { order: { kind: "unlock" }, of: { kind: "cart", id: bay.cart }, reason: "shopping" },
            person,
          ),
        ),
      )
      fiber.addObserver((exit) => {
        if (!Exit.isSuccess(exit)) return tell({ noWord: true })
        const outcome = exit.value
        if (Exit.isSuccess(outcome)) return tell({ id: outcome.value })
        const failure = outcome.cause.reasons.find((reason) => reason._tag === "Fail")?.error
        tell(failure?._tag === "CommandRefused" ? { refused: failure.reason } : { noWord: true })
      })
    })
    then()
  }

  #watch(bay: BayPlan, untilMs: number): void {
    const { random, time } = this.#parts
    const look = () => {
      if (this.#hookOf(bay) === "open") {
        if (random.chance(0.08)) return this.#later(1_000, 60_000, () => this.#act(bay, "return"))
        return this.#later(500, 5_000, () => this.#take(bay))
      }
      if (time.nowMs < untilMs) time.after(700, look)
    }
    time.after(700, look)
  }

  #take(bay: BayPlan): void {
    const { random } = this.#parts
    if (!this.#act(bay, "take")) return
    this.#later(30_000, random.chance(0.1) ? 4 * hourMs : 40 * 60_000, () => this.#bring(bay))
  }

  #bring(bay: BayPlan): void {
    const { random } = this.#parts
    if (!random.chance(0.08)) {
      if (!this.#act(bay, "return")) this.#later(60_000, 600_000, () => this.#act(bay, "return"))
      return
    }
    this.#act(bay, "mislatch")
    this.#later(3_000, 120_000, () => this.#act(bay, "return"))
  }

  #act(bay: BayPlan, verb: "take" | "return" | "mislatch"): boolean {
    const { field, time, trace, world } = this.#parts
    const acted = world.act(bay.id, verb, time.nowMs)
    trace.add({ at: time.nowMs, what: "hand", verb, bay: bay.label, device: bay.device, ...acted })
    field(bay.device)?.touch(bay.board)
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
