/** Looks at bays and commands through the API, again and again, as a person with a browser would. */
import type { CommandView } from "#core/api/Commands.ts"
import type { Twin } from "#core/api/Twins.ts"
import { isFinal } from "#core/domain/Command.ts"
import type { Random } from "#core/Random.ts"
import { oneBoard } from "../support/OneBoard.ts"
import { nowMs } from "./Clock.ts"
import type { Glimpse, Sighting, ToldEnd } from "./History.ts"

const lookEveryMs = 400
const answerWithinMs = 3_000
/** Commands that are looked at again, newest first. */
const commandsFollowed = 200

export class RestWitness {
  readonly sightings: Array<Sighting> = []
  readonly glimpses: Array<Glimpse> = []
  readonly ends: Array<ToldEnd> = []
  readonly instants = new Set<string>()
  readonly #url: string
  readonly #headers: () => Readonly<Record<string, string>>
  readonly #random: Random
  readonly #followed: Array<string> = []
  readonly #timer: NodeJS.Timeout

  constructor(url: string, token: () => string, random: Random) {
    this.#url = url
    this.#headers = () => ({ authorization: `Bearer ${token()}` })
    this.#random = random
    this.#timer = setInterval(() => void this.#look(), lookEveryMs)
  }

  /** Looks at this command from now on. */
  follow(commandId: string): void {
    this.#followed.unshift(commandId)
    this.#followed.length = Math.min(this.#followed.length, commandsFollowed)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  /** Every bay as it is shown now; fails if the API does not answer. */
  async bays(): Promise<ReadonlyArray<Twin>> {
    return await Promise.all(Array.from({ length: 16 }, async (_, lock) => await this.#bay(lock)))
  }

  /** What cannot be seen while the cloud is down is no evidence of anything. */
  async #look(): Promise<void> {
    const commandId = this.#random.pick(this.#followed)
    await Promise.allSettled([
      this.#bay(this.#random.int(0, 16)),
      ...(commandId === undefined ? [] : [this.#command(commandId)]),
    ])
  }

  async #bay(lock: number): Promise<Twin> {
    const askedAtMs = nowMs()
    const twin = await this.#ask<Twin>(`/api/twins/bay/${oneBoard.bay(lock)}`)
    const shownAtMs = nowMs()
    const { kind, id, revision, value, stale, fresh_at } = twin
    const state = JSON.stringify(value)
    this.sightings.push({ twin: `${kind}/${id}`, stream: undefined, revision, state, askedAtMs, shownAtMs })
    const freshAtMs = fresh_at === null ? undefined : Date.parse(fresh_at)
    // It was true at some moment between question and answer; the earlier is the fairer one.
    this.glimpses.push({ lock, atMs: askedAtMs, stale, freshAtMs })
    this.instants.add(twin.changed_at)
    return twin
  }

  async #command(id: string): Promise<void> {
    const view = await this.#ask<CommandView>(`/api/commands/${id}`)
    if (isFinal(view.stage)) this.ends.push({ commandId: id, stage: view.stage, atMs: nowMs() })
    for (const instant of [view.created_at, view.expires_at, ...view.stages.map(({ at }) => at)]) {
      this.instants.add(instant)
    }
  }

  async #ask<T>(path: string): Promise<T> {
    const answer = await fetch(`${this.#url}${path}`, {
      headers: this.#headers(),
      signal: AbortSignal.timeout(answerWithinMs),
    })
    if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`)
    return (await answer.json()) as T
  }
}
