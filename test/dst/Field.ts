/**
 * The hardware of a branch as a simulation sees it: the boards of the world behind a serial link, with every frame watched
 * on the wire. The world is the only judge of what really happened. It also knows when a board can say something new, so
 * that nobody has to simulate polls that say the same again.
 */
import { Effect } from "effect"
import { decode, encode } from "#core/cu16/Codec.ts"
import type { Random } from "#core/Random.ts"
import { Limits } from "#core/Limits.ts"
import { makeSimulatedLink, type SimulatedLink } from "#edge/link/SimulatedLink.ts"
import type { SerialLink } from "#edge/link/SerialLink.ts"
import type { SimReply } from "#twins/world/Fault.ts"
import type { World } from "#twins/world/World.ts"
import { Result } from "effect"
import type { Life } from "./Computer.ts"
import type { VirtualTime } from "./VirtualTime.ts"

/** What was heard on the wire of a device. */
export interface Watcher {
  /** An unlock frame is whole on the wire. */
  readonly pulsed: (board: number, lockIndex: number) => void
  /** A board's answer to a status request has left it. */
  readonly answered: (board: number, hooks: number) => void
}

export class Field {
  readonly #device: string
  readonly #world: World
  readonly #time: VirtualTime
  readonly #random: Random
  readonly #watcher: Watcher
  /** Boards that may answer otherwise than they did. */
  readonly #news = new Set<number>()
  /** Boards that lose or bend their answers: each read may be another. */
  readonly #troubled = new Set<number>()
  readonly #touched = new Map<number, number>()
  /** A bit of a lock that is read wrong in the next answer of its board. */
  #glitch: { readonly board: number; readonly lockIndex: number } | undefined
  readonly #waiting = new Set<() => void>()

  constructor(device: string, world: World, time: VirtualTime, random: Random, watcher: Watcher) {
    this.#device = device
    this.#world = world
    this.#time = time
    this.#random = random
    this.#watcher = watcher
  }

  /** Something was done at a board: its next answer may differ, and while it is `troubled` each may. */
  touch(board: number, troubled?: boolean): void {
    this.#news.add(board)
    this.#touched.set(board, this.#time.nowMs)
    if (troubled === true) this.#troubled.add(board)
    if (troubled === false) this.#troubled.delete(board)
    this.#wake()
  }

  #wake(): void {
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const wake of waiting) wake()
  }

  /** When somebody last did something at a board, or a coil of it was fired. */
  touchedAtMs(board: number): number {
    return this.#touched.get(board) ?? -Infinity
  }

  /** A contact bounces: one answer says otherwise than it is. */
  bounce(board: number, lockIndex: number): void {
    this.#glitch = { board, lockIndex }
    this.#news.add(board)
    this.#wake()
  }

  /** A fresh way to the boards for one life of the edge's program. */
  link(life: Life): { readonly link: SerialLink; readonly simulated: SimulatedLink } {
    const simulated = makeSimulatedLink(`simulated bus ${this.#device}`, {
      receive: (bytes) => {
        if (!life.alive) return []
        const request = decode(bytes)
        const replies = this.#world.receive(this.#device, bytes, this.#time.nowMs).map((reply) => this.#bend(reply))
        if (Result.isSuccess(request)) this.#note(request.success)
        for (const { bytes: reply } of replies) {
          const answer = decode(reply)
          if (Result.isFailure(answer) || answer.success.kind !== "status") continue
          this.#news.delete(answer.success.board)
          this.#watcher.answered(answer.success.board, answer.success.hooks)
        }
        return replies
      },
    })
    return { link: { ...simulated, untilNews: this.#untilNews(life) }, simulated }
  }

  #bend(reply: SimReply): SimReply {
    const answer = decode(reply.bytes)
    const glitch = this.#glitch
    if (glitch === undefined || Result.isFailure(answer) || answer.success.kind !== "status") return reply
    if (answer.success.board !== glitch.board) return reply
    this.#glitch = undefined
    return { ...reply, bytes: encode({ ...answer.success, hooks: answer.success.hooks ^ (1 << glitch.lockIndex) }) }
  }

  #note(frame: Result.Result.Success<ReturnType<typeof decode>>): void {
    if (frame.kind === "unlock") {
      this.#watcher.pulsed(frame.board, frame.lockIndex)
      this.#news.add(frame.board)
      this.#touched.set(frame.board, this.#time.nowMs)
    }
  }

  #untilNews(life: Life): Effect.Effect<void> {
    return Effect.callback((resume) => {
      // The poll that will see it comes somewhere in the round that is under way.
      const wake = () => {
        life.after(this.#random.next() * Limits.pollEveryMs, () => resume(Effect.void))
      }
      if (this.#news.size + this.#troubled.size > 0) return wake()
      this.#waiting.add(wake)
      return Effect.sync(() => void this.#waiting.delete(wake))
    })
  }
}
