/**
 * Shoppers at the branch, each with a token as from an own phone: they ask for a cart, pull it when they are told where it
 * stands, push it back, and come again. Who does what and when comes from the seed.
 */
import { Effect } from "effect"
import { tokenKind } from "#cloud/http/TokenKind.ts"
import type { MyRental } from "#core/api/ShopperRecords.ts"
import { type Random, randomOf } from "#core/Random.ts"
import { oneBoard } from "../support/OneBoard.ts"
import { queryOnce } from "../support/Sql.ts"
import type { ChaosStack } from "./ChaosStack.ts"
import { nowMs } from "./Clock.ts"
import type { Renting, Take } from "./History.ts"
import { pass } from "./Scene.ts"

/** Of the cloud of a chaos run, so that shoppers can be given tokens without a phone each. */
export const chaosSecret = "a secret of the chaos run, 32 characters and more"

/** How many shop at one branch. */
export const shoppers = 3
const errandEveryMs = 2_500
const patienceMs = 15_000
/** How long a shopper waits to be told to pull, looking again and again. */
const lookEveryMs = 250
const looks = 24
const tokenSeconds = 6 * 3_600

const shopperIdOf = (n: number) => `00000073-0000-4000-8000-${String(n).padStart(12, "0")}`

/** The shoppers as the cloud knows them once their numbers were proved. */
const addShoppers = (databaseUrl: string) =>
  queryOnce(
    databaseUrl,
    `insert into shoppers (id, chain_id, phone_name, phone_sealed, phone_masked, locale, created_at, updated_at)
     select ('00000073-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, '${oneBoard.chain}', 'chaos-' || n, 'sealed',
            '050-•••-0000', 'he', now(), now()
     from generate_series(0, ${shoppers - 1}) n`,
  )

export class Renters {
  readonly rentings: Array<Renting> = []
  readonly takes: Array<Take> = []
  readonly #stack: ChaosStack
  readonly #tokens: ReadonlyArray<string>
  readonly #random: Random
  readonly #underWay: Array<Promise<void>> = []
  /** Counts the times the branch was closed: who came before that goes home. */
  #day = 0

  private constructor(stack: ChaosStack, tokens: ReadonlyArray<string>, seed: number) {
    this.#stack = stack
    this.#tokens = tokens
    this.#random = randomOf(seed, "renters")
  }

  static async of(stack: ChaosStack, seed: number): Promise<Renters> {
    await addShoppers(stack.databaseUrl)
    const { sign } = tokenKind(chaosSecret, { typ: "cw-shopper+jwt", audience: "cartwise-shopper" })
    const signed = Array.from({ length: shoppers }, (_, n) => Effect.runPromise(sign(shopperIdOf(n), tokenSeconds)))
    return new Renters(stack, await Promise.all(signed), seed)
  }

  open(): void {
    const day = this.#day
    // Who is still at the branch when a run that failed is torn down fails with it, and nobody waits for that.
    const shopping = this.#tokens.map((token, n) => this.#shop(day, token, n))
    for (const one of shopping) one.catch(() => undefined)
    this.#underWay.push(...shopping)
  }

  /** Nobody comes any more; the carts are pushed back by `Crowd.close`. */
  close(): void {
    this.#day += 1
  }

  /** Ends when nobody waits for an answer. */
  async silent(): Promise<void> {
    await Promise.allSettled(this.#underWay)
  }

  async #shop(day: number, token: string, shopper: number): Promise<void> {
    while (day === this.#day) {
      await pass(errandEveryMs * (0.5 + this.#random.next()))
      if (day === this.#day) await this.#errand(day, token, shopper)
    }
  }

  async #errand(day: number, token: string, shopper: number): Promise<void> {
    const [outMs, backMs] = [this.#random.int(100, 800), this.#random.int(300, 2_000)]
    const asked = await this.#rent(token, shopper)
    if (asked.rentalId === undefined) return
    for (let look = 0; look < looks && day === this.#day; look++) {
      const rental = await this.#ask(token, "GET").catch(() => undefined)
      const lock = lockOfLabel(rental?.body.rental?.bay_label)
      if (lock !== undefined && rental?.body.rental?.state.startsWith("pickup.") === true) {
        await pass(outMs)
        if (day === this.#day) await this.#take(lock)
        await pass(backMs)
        if (day === this.#day) await this.#stack.board.verb("return", lock)
        return
      }
      await pass(lookEveryMs)
    }
  }

  async #take(lock: number): Promise<void> {
    this.takes.push({ lock, atMs: nowMs() })
    await this.#stack.board.verb("take", lock)
  }

  async #rent(token: string, shopper: number): Promise<Renting> {
    const unanswered: Renting = { shopper, askedAtMs: nowMs(), status: undefined, rentalId: undefined }
    const place = this.rentings.push(unanswered) - 1
    const answer = await this.#ask(token, "POST").catch(() => undefined)
    const rentalId = answer?.status === 202 ? answer.body.rental?.id : undefined
    return (this.rentings[place] = { ...unanswered, status: answer?.status, rentalId })
  }

  async #ask(token: string, method: "GET" | "POST") {
    const response = await fetch(`${this.#stack.url}/api/me/rental`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(method === "POST" ? { body: JSON.stringify({ branch_id: oneBoard.branch }) } : {}),
      signal: AbortSignal.timeout(patienceMs),
    })
    const isJson = response.headers.get("content-type")?.includes("json") === true
    const body = isJson ? ((await response.json()) as { readonly rental?: MyRental | null }) : {}
    return { status: response.status, body }
  }
}

/** Bays are labelled `A1` onwards. */
const lockOfLabel = (label: string | null | undefined): number | undefined =>
  label === null || label === undefined ? undefined : Number(label.slice(1)) - 1
