/**
 * People at the branch: they press unlock at a steady rate, some of them twice, pull the cart out if the hook lets them,
 * and push it back in. Who does what and when comes from one seed; what the system answers changes nothing of it.
 */
import { Effect } from "effect"
import { type Random, randomOf } from "#core/Random.ts"
import { oneBoard } from "../support/OneBoard.ts"
import type { ChaosStack } from "./ChaosStack.ts"
import { nowMs } from "./Clock.ts"
import type { Press, Take } from "./History.ts"

/** People leave this one alone: it is for a fault that must know who did what there. */
export const quietLock = oneBoard.carts - 1
/** Between one errand and the next, at random between half and one and a half times this. */
const errandEveryMs = 450
const pressedTwiceChance = 0.2
/** Longest wait for an answer: who has none by then goes away. */
const patienceMs = 15_000

interface Answer {
  readonly command_id?: string
  readonly reason?: string
}

export class Crowd {
  readonly presses: Array<Press> = []
  readonly takes: Array<Take> = []
  readonly #stack: ChaosStack
  readonly #random: Random
  readonly #onCommand: (commandId: string) => void
  readonly #underWay = new Set<Promise<void>>()
  #timer: NodeJS.Timeout | undefined
  /** Counts the times the branch was closed: who came before that goes home. */
  #day = 0

  constructor(stack: ChaosStack, seed: number, onCommand: (commandId: string) => void) {
    this.#stack = stack
    this.#random = randomOf(seed, "crowd")
    this.#onCommand = onCommand
  }

  open(): void {
    const wait = errandEveryMs * (0.5 + this.#random.next())
    this.#timer = setTimeout(() => {
      this.#begin(this.#errand())
      this.open()
    }, wait)
  }

  /** Nobody comes any more, and every cart that is out is pushed back. Ends when all hands are off. */
  async close(): Promise<void> {
    clearTimeout(this.#timer)
    this.#day += 1
    for (let lock = 0; lock < oneBoard.carts; lock++) await this.#stack.board.verb("return", lock)
  }

  /** Presses once, for a fault that needs somebody to; ends with the answer. */
  async press(lock: number, key?: string): Promise<Press> {
    const unanswered: Press = {
      lock,
      key,
      askedAtMs: nowMs(),
      status: undefined,
      commandId: undefined,
      reason: undefined,
    }
    // Noted before it is answered: the command may be there before its answer is.
    const place = this.presses.push(unanswered) - 1
    const answered = await this.#ask(lock, key).catch(() => undefined)
    const { command_id: commandId, reason } = answered?.body ?? {}
    const press: Press = { ...unanswered, status: answered?.status, commandId, reason }
    this.presses[place] = press
    if (press.commandId !== undefined) this.#onCommand(press.commandId)
    return press
  }

  /** Ends when no request waits for its answer. */
  async silent(): Promise<void> {
    await Promise.allSettled(this.#underWay)
  }

  #begin(errand: Promise<void>): void {
    this.#underWay.add(errand)
    void errand.finally(() => this.#underWay.delete(errand))
  }

  async #errand(): Promise<void> {
    const day = this.#day
    const random = this.#random
    const lock = random.int(0, quietLock)
    const again = random.chance(pressedTwiceChance) ? random.int(0, 200) : undefined
    const [takenAfterMs, backAfterMs] = [random.int(150, 1_500), random.int(200, 1_500)]
    // Half of those who press again have an app that knows that it is the same wish.
    const key = random.chance(0.5) ? `errand-${random.next()}` : undefined
    const pressed = [this.press(lock, key)]
    if (again !== undefined) pressed.push(Effect.runPromise(Effect.sleep(again)).then(() => this.press(lock, key)))
    await Effect.runPromise(Effect.sleep(takenAfterMs))
    if (day === this.#day) {
      this.takes.push({ lock, atMs: nowMs() })
      await this.#stack.board.verb("take", lock)
    }
    await Effect.runPromise(Effect.sleep(backAfterMs))
    if (day === this.#day) await this.#stack.board.verb("return", lock)
    await Promise.all(pressed)
  }

  async #ask(lock: number, key: string | undefined): Promise<{ readonly status: number; readonly body: Answer }> {
    const { url, rest } = this.#stack
    const response = await fetch(`${url}/api/carts/${oneBoard.cart(lock)}/unlock`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${rest.token}`,
        "content-type": "application/json",
        ...(key === undefined ? {} : { "idempotency-key": key }),
      },
      body: JSON.stringify({ reason: "somebody at the branch" }),
      signal: AbortSignal.timeout(patienceMs),
    })
    const text = await response.text()
    const isJson = response.headers.get("content-type")?.includes("json") === true
    return { status: response.status, body: isJson ? (JSON.parse(text) as Answer) : {} }
  }
}
