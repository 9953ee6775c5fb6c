/**
 * Reads the boards of one bus, round and round, and tells the hub what is believed. A poll is not an event: only changes
 * of belief and crossed thresholds are.
 *
 * Each board has its own next turn, so one that is silent is asked seldom and costs the others little, and one on which
 * something moves (after a pulse, after a read that differs) is asked at once. Directed reads take the same way. Where the
 * link itself knows when its boards can say something new (only a simulated one does), the polls until then are left out.
 */
import { Effect, Latch } from "effect"

import type { StatusRead } from "#core/cu16/StatusRead.ts"
import { Limits } from "#core/Limits.ts"
import { BoardWatch, type Conclusions, readingOf } from "#twins/sense/BoardWatch.ts"
import { type Observe, type Reading, same } from "#twins/sense/Debounce.ts"
import { linkEvents, type LinkVerdict } from "#twins/sense/LinkVerdict.ts"

import type { Rs485Bus } from "../bus/Rs485Bus.ts"
import type { BayPlace, BoardPlace } from "../config/Placement.ts"
import type { DeviceTime } from "../sync/DeviceTime.ts"
import type { Hub } from "./Hub.ts"

interface Turn {
  readonly watch: BoardWatch<BayPlace, BoardPlace>
  nextMs: number
  /** Bays on which something is about to move, each with the time until which it is waited for. */
  readonly awaited: Map<BayPlace, number>
  /** The read before was made at once because the one before it differed. */
  asked: boolean
}

export class Poller {
  readonly #bus: Rs485Bus
  readonly #hub: Hub
  readonly #time: DeviceTime
  readonly #everyMs: () => number
  readonly #turns: ReadonlyMap<BoardPlace, Turn>
  readonly #wake = Latch.makeUnsafe()
  #dozing = false

  constructor(
    bus: Rs485Bus,
    boards: ReadonlyArray<BoardPlace>,
    parts: {
      readonly hub: Hub
      readonly time: DeviceTime
      readonly observe: Observe
      readonly everyMs: () => number
    },
  ) {
    this.#bus = bus
    this.#hub = parts.hub
    this.#time = parts.time
    this.#everyMs = parts.everyMs
    this.#turns = new Map(
      boards.map((board) => {
        // What the twins remember from before a restart, the watch must know: only it can say that they are steady again.
        const suspects = new Set(board.bays.filter(({ id }) => this.#hub.isSuspect(id)))
        const watch = new BoardWatch(board, parts.observe, suspects, this.#time.monoMs())
        return [board, { watch, nextMs: 0, awaited: new Map(), asked: false }]
      }),
    )
  }

  /** Polls until interrupted. */
  get run(): Effect.Effect<never> {
    return Effect.forever(
      Effect.suspend((): Effect.Effect<unknown> => {
        this.#wake.closeUnsafe()
        const next = this.#next()
        if (next === undefined) return Effect.never
        const leftMs = next.nextMs - this.#time.monoMs()
        const { untilNews } = this.#bus
        if (leftMs > 0 && untilNews !== undefined && this.#isSettled()) return this.#doze(untilNews)
        if (leftMs > 0) return Effect.timeoutOption(this.#wake.await, Math.ceil(leftMs))
        return this.#poll(next)
      }),
    )
  }

  /** Reads a board now, out of turn, and draws the same conclusions as from a poll. */
  read(board: BoardPlace): Effect.Effect<StatusRead> {
    const turn = this.#turns.get(board)
    return turn === undefined ? Effect.succeed({ _tag: "QueueFull" }) : this.#poll(turn)
  }

  /** Reads a bay until two reads agree; undefined if that takes longer than `Limits.verifyTimeoutMs`. */
  verify(bay: BayPlace): Effect.Effect<Reading | undefined> {
    return Effect.gen({ self: this }, function* () {
      let before: Reading | undefined
      while (true) {
        const read = yield* this.read(bay.board)
        const reading = read._tag === "Answer" ? readingOf(bay, read) : undefined
        if (reading !== undefined && before !== undefined && same(reading, before)) return reading
        before = reading
        yield* Effect.sleep(Limits.fastPollMs)
      }
    }).pipe(
      Effect.timeoutOrElse({ duration: Limits.verifyTimeoutMs, orElse: () => Effect.succeed<undefined>(undefined) }),
    )
  }

  /** Something is about to move on a bay: asks its board often until it has, or for so long. */
  hurry(bay: BayPlace, forMs: number): void {
    const turn = this.#turns.get(bay.board)
    if (turn === undefined) return
    turn.awaited.set(bay, this.#time.monoMs() + forMs)
    turn.nextMs = 0
    this.#wake.openUnsafe()
  }

  /** Leaves a board alone for so long, because what it says now would be misunderstood. */
  rest(board: BoardPlace, forMs: number): void {
    const turn = this.#turns.get(board)
    if (turn !== undefined) turn.nextMs = this.#time.monoMs() + forMs
  }

  /** Believes nothing of a board any more: its bits mean something else now. */
  forget(board: BoardPlace): void {
    const turn = this.#turns.get(board)
    if (turn === undefined) return
    turn.watch.forget()
    turn.nextMs = 0
    this.#wake.openUnsafe()
  }

  /** When the newest good answer of a board came, in milliseconds UTC; null if never. */
  freshAt(board: BoardPlace): number | null {
    if (this.#dozing && this.#turns.has(board)) return this.#time.nowMs()
    const freshMs = this.#turns.get(board)?.watch.freshMs
    return freshMs === undefined ? null : this.#time.instantOf(freshMs)
  }

  /** True if every board answers, every bay is believed and known, and nothing is about to move. */
  #isSettled(): boolean {
    const nowMs = this.#time.monoMs()
    return [...this.#turns.values()].every(
      ({ watch, awaited }) =>
        watch.isSettled &&
        [...awaited.values()].every((untilMs) => untilMs <= nowMs) &&
        this.#hub.linkOf(watch.board.controller) === "polling" &&
        watch.board.bays.every(({ id }) => this.#hub.latchOf(id) !== "dark"),
    )
  }

  /** Waits for news as if every poll until then had said the same again. */
  #doze(untilNews: Effect.Effect<void>): Effect.Effect<void> {
    return Effect.suspend(() => {
      this.#dozing = true
      return Effect.raceFirst(untilNews, this.#wake.await)
    }).pipe(Effect.ensuring(Effect.sync(() => this.#rouse())))
  }

  #rouse(): void {
    if (!this.#dozing) return
    this.#dozing = false
    const nowMs = this.#time.monoMs()
    for (const { watch } of this.#turns.values()) watch.saidTheSame(nowMs)
    this.#wake.openUnsafe()
  }

  #next(): Turn | undefined {
    let next: Turn | undefined
    for (const turn of this.#turns.values()) if (next === undefined || turn.nextMs < next.nextMs) next = turn
    return next
  }

  #poll(turn: Turn): Effect.Effect<StatusRead> {
    return Effect.gen({ self: this }, function* () {
      this.#rouse()
      const startedMs = this.#time.monoMs()
      const read = yield* this.#bus.readStatus(turn.watch.board.address)
      const conclusions = turn.watch.take(read, this.#time.monoMs())
      this.#tell(turn.watch.board, conclusions)
      turn.nextMs = this.#plan(turn, startedMs, conclusions)
      return read
    })
  }

  #plan(turn: Turn, startedMs: number, { believed, verdict, undecided }: Conclusions<BayPlace>): number {
    const askAgain = undecided && !turn.asked
    turn.asked = askAgain
    for (const { bay, news } of believed) if (news) turn.awaited.delete(bay)
    for (const [bay, untilMs] of turn.awaited) if (untilMs <= startedMs) turn.awaited.delete(bay)
    if (askAgain) return startedMs
    if (turn.awaited.size > 0) return startedMs + Limits.fastPollMs
    if (verdict?.link === "silent" || verdict?.link === "garbled") return startedMs + Limits.silentPollEveryMs
    return startedMs + this.#everyMs()
  }

  #tell(board: BoardPlace, { verdict, believed, turned }: Conclusions<BayPlace>): void {
    if (this.#hub.linkOf(board.controller) === "disabled") return
    if (verdict !== undefined) this.#tellLink(board, verdict)
    const at = this.#time.nowMs()
    for (const { bay, reading, news } of believed) {
      const twin = { kind: "bay", id: bay.id } as const
      if (news) this.#hub.deliver(twin, { type: "bay.observed", ...reading, at })
      // One that has lost sight of itself while its board goes on answering sees again, though nothing has changed.
      else if (this.#hub.latchOf(bay.id) === "dark") this.#hub.offer(twin, { type: "bay.observed", ...reading, at })
    }
    for (const { bay, to } of turned) {
      this.#hub.offer({ kind: "bay", id: bay.id }, { type: `bay.${to}`, at })
    }
  }

  /** Says what has changed about a board's link, by a way the controller's machine knows. */
  #tellLink(board: BoardPlace, verdict: LinkVerdict): void {
    const controller = { kind: "controller", id: board.controller } as const
    const link = this.#hub.linkOf(board.controller)
    for (const event of linkEvents(link, verdict, this.#time.nowMs())) this.#hub.offer(controller, event)
  }
}
