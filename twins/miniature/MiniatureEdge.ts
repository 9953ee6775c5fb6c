/**
 * The edge of a miniature: it polls the boards, believes what was read twice, steps the twins it writes, carries out their
 * intents and tells of everything as facts. The decisions are those of the real edge (`sense`, `step`, `dockEventFor`); only
 * the host around them is a small one, with a clock that is told to it and a journal that is a list.
 *
 * It survives a power cut as the real one does: twins come back from the journal, nothing is known of any bay until it is
 * read, and an unlock that was under way is never pulsed again.
 */
import { CommandId, type TwinRef } from "#core/domain/Ids.ts"
import type { CommandReason, CommandStage } from "#core/domain/Command.ts"
import type { TwinEvent } from "#core/domain/TwinEvent.ts"
import { Limits } from "#core/Limits.ts"
import type { CommandFact, Fact, TwinFact } from "#core/wire/Facts.ts"
import { dockEventFor } from "../cart/Dock.ts"
import type { Intent } from "../Intent.ts"
import { valueOfHost } from "../Regions.ts"
import { BoardWatch, readingOf } from "../sense/BoardWatch.ts"
import { observe, type Reading, same } from "../sense/Debounce.ts"
import { judgeHealth } from "../sense/Health.ts"
import { linkEvents } from "../sense/LinkVerdict.ts"
import type { Stored } from "../Stored.ts"
import { initialOf, step, whyNot } from "../Twin.ts"
import { regionWord } from "../Words.ts"
import { Dues } from "./Dues.ts"
import type { MiniatureBus } from "./MiniatureBus.ts"
import { bays, boards, deviceId, type MiniBay, type MiniBoard } from "./MiniaturePlan.ts"

interface Turn {
  readonly watch: BoardWatch<MiniBay, MiniBoard>
  nextMs: number
  hurriedUntilMs: number
  asked: boolean
}

/** Something the bus does at a time. */
interface Errand {
  readonly dueMs: number
  readonly run: (atMs: number) => void
}

type Unnumbered<F> = F extends unknown ? Omit<F, "seq"> : never

const keyOf = ({ kind, id }: TwinRef): string => `${kind}/${id}`
const bayRef = (bay: MiniBay): TwinRef => ({ kind: "bay", id: bay.id })

export class MiniatureEdge {
  readonly #bus: MiniatureBus
  readonly #tell: (fact: Fact) => void
  readonly #twins = new Map<string, { readonly ref: TwinRef; stored: Stored }>()
  readonly #dues = new Dues("edge")
  readonly #inbox: Array<readonly [TwinRef, TwinEvent]> = []
  readonly #restedAt = new Map<number, number>()
  #turns: ReadonlyArray<Turn> = []
  #errands: Array<Errand> = []
  #working = false
  #seq = 0
  #health = ""

  constructor(bus: MiniatureBus, tell: (fact: Fact) => void) {
    this.#bus = bus
    this.#tell = tell
  }

  /** Its program starts; what its journal knows of the twins it takes up again. */
  start(atMs: number): void {
    const refs: ReadonlyArray<TwinRef> = [
      { kind: "device", id: deviceId },
      ...boards.map(({ controller }) => ({ kind: "controller" as const, id: controller })),
      ...bays.map(bayRef),
      ...bays.flatMap(({ cart }) => (cart === null ? [] : [{ kind: "cart" as const, id: cart }])),
    ]
    for (const ref of refs) {
      if (this.#twins.has(keyOf(ref))) continue
      const stored = initialOf(ref.kind, atMs)
      this.#twins.set(keyOf(ref), { ref, stored })
      this.#dues.keep(ref, stored)
    }
    for (const bay of bays) this.#recover(bay, atMs)
    this.#workOff()
    this.#turns = boards.map((board) => {
      const suspects = new Set(board.bays.filter((bay) => this.#word(bayRef(bay), "sensor") === "suspect"))
      return { watch: new BoardWatch(board, observe, suspects, atMs), nextMs: atMs, hurriedUntilMs: 0, asked: false }
    })
  }

  /** The power is gone, and with it all that was not in the journal. */
  stop(): void {
    this.#turns = []
    this.#errands = []
  }

  /** When it has something to do next; never, without power. */
  get nextMs(): number {
    if (this.#turns.length === 0) return Number.POSITIVE_INFINITY
    return Math.min(
      ...this.#turns.map(({ nextMs }) => nextMs),
      ...this.#errands.map(({ dueMs }) => dueMs),
      this.#dues.nextMs,
    )
  }

  /** Does all that is due at an instant. */
  run(atMs: number): void {
    for (const [ref, event] of this.#dues.at(atMs)) this.#deliver(ref, event)
    const due = this.#errands.filter(({ dueMs }) => dueMs <= atMs)
    this.#errands = this.#errands.filter(({ dueMs }) => dueMs > atMs)
    for (const { run } of due) run(atMs)
    for (const turn of this.#turns) if (turn.nextMs <= atMs) this.#poll(turn, atMs)
  }

  /** An unlock has arrived. */
  unlock(bayId: string, commandId: CommandId, expiresAt: number, atMs: number): void {
    const bay = bays.find(({ id }) => id === bayId)
    const event = { type: "bay.unlock", commandId, expiresAt, at: atMs } as const
    if (bay === undefined) return this.#report(commandId, "rejected", "target_unknown", 0, atMs)
    if (atMs >= expiresAt) return this.#report(commandId, "expired", "expired", 0, atMs)
    const why = whyNot(this.stored(bayRef(bay)), event)
    // The reasons of a bay that refuses an unlock are reasons of a command.
    if (why !== undefined) return this.#report(commandId, "rejected", why as CommandReason, 0, atMs)
    this.#report(commandId, "accepted", undefined, 0, atMs)
    this.#deliver(bayRef(bay), event)
  }

  stored(ref: TwinRef): Stored {
    return this.#twins.get(keyOf(ref))?.stored ?? initialOf(ref.kind, 0)
  }

  /** Every twin it hosts, as it would put them into a snapshot. */
  get twins(): ReadonlyArray<{ readonly ref: TwinRef; readonly stored: Stored }> {
    return [...this.#twins.values()]
  }

  /** When each board last answered, by its controller's id; null for one that never has. */
  get freshAt(): ReadonlyMap<string, number | null> {
    return new Map(this.#turns.map(({ watch }) => [watch.board.controller, watch.freshMs ?? null]))
  }

  /** An unlock that was accepted and not yet pulsed is refused; what became of one that was, the next reads will tell. */
  #recover(bay: MiniBay, at: number): void {
    const { command, pulses } = this.stored(bayRef(bay)).context
    if (typeof command === "string" && pulses === 0) {
      const commandId = CommandId.make(command)
      this.#inbox.push([bayRef(bay), { type: "bay.pulseRefused", commandId, reason: "restarted", at }])
    }
    this.#loseSight(bay, "restart", at)
  }

  #word(ref: TwinRef, region: string): string {
    return regionWord(this.stored(ref).value, region)
  }

  #poll(turn: Turn, atMs: number): void {
    const { board } = turn.watch
    const { verdict, believed, turned, undecided } = turn.watch.take(this.#bus.read(board.address, atMs), atMs)
    const controller = { kind: "controller", id: board.controller } as const
    if (verdict !== undefined) {
      for (const event of linkEvents(this.#word(controller, "link"), verdict, atMs)) this.#offer(controller, event)
    }
    for (const { bay, reading, news } of believed) {
      const event = { type: "bay.observed", ...reading, at: atMs } as const
      if (news) this.#deliver(bayRef(bay), event)
      else if (this.#word(bayRef(bay), "latch") === "dark") this.#offer(bayRef(bay), event)
    }
    for (const { bay, to } of turned) this.#offer(bayRef(bay), { type: `bay.${to}`, at: atMs })
    this.#judgeHealth(atMs)
    const isAway = verdict?.link === "silent" || verdict?.link === "garbled"
    const isSoon = (undecided && !turn.asked) || turn.hurriedUntilMs > atMs
    turn.asked = undecided && !turn.asked
    turn.nextMs = atMs + (isAway ? Limits.silentPollEveryMs : isSoon ? Limits.fastPollMs : Limits.pollEveryMs)
  }

  #judgeHealth(atMs: number): void {
    const { health, causes } = judgeHealth({
      boards,
      linkOf: ({ controller }) => this.#word({ kind: "controller", id: controller }, "link"),
      journal: { failure: undefined, lost: 0 },
      takesCommands: true,
    })
    const now = [health, ...causes].join("\n")
    if (health === "unknown" || now === this.#health) return
    this.#health = now
    this.#deliver({ kind: "device", id: deviceId }, { type: "device.healthChanged", health, causes, at: atMs })
  }

  /** Gives an event only if the twin would take it now. */
  #offer(ref: TwinRef, event: TwinEvent): void {
    if (whyNot(this.stored(ref), event) === undefined) this.#deliver(ref, event)
  }

  #deliver(ref: TwinRef, event: TwinEvent): void {
    this.#inbox.push([ref, event])
    this.#workOff()
  }

  #workOff(): void {
    if (this.#working) return
    this.#working = true
    for (let next = this.#inbox.shift(); next !== undefined; next = this.#inbox.shift()) this.#take(...next)
    this.#working = false
  }

  #take(ref: TwinRef, event: TwinEvent): void {
    const twin = this.#twins.get(keyOf(ref))
    if (twin === undefined) return
    const { next, intents, accepted, reason } = step(twin.stored, event)
    twin.stored = next
    this.#dues.keep(ref, next)
    for (const intent of intents) {
      if (intent.type !== "reportStage") continue
      const { commandId, stage, reason: why, pulses } = intent.params
      this.#report(CommandId.make(commandId), stage, why, pulses, event.at)
    }
    const announced = intents.flatMap((intent) => (intent.type === "announce" ? [intent.params] : []))
    const cause = "commandId" in event ? event.commandId : announced.find(({ commandId }) => commandId)?.commandId
    this.#write({
      fact: "twin",
      twin: ref,
      event,
      accepted,
      ...(next.version === 1 ? {} : { version: next.version }),
      ...(reason === undefined ? {} : { reason }),
      value: valueOfHost(ref.kind, next.value, "edge") as TwinFact["value"],
      announces: announced.map(({ what }) => what),
      ...(cause === undefined ? {} : { command_id: CommandId.make(cause) }),
    })
    if (!accepted) return
    for (const intent of intents) this.#follow(ref, intent, event.at)
    if (ref.kind === "bay") this.#tellCart(ref, next, event.at)
  }

  #tellCart({ id }: TwinRef, { value }: Stored, atMs: number): void {
    const cart = bays.find((bay) => bay.id === id)?.cart ?? null
    const event = dockEventFor(value, atMs)
    if (cart === null || event === undefined) return
    const ref = { kind: "cart", id: cart } as const
    if (whyNot(this.stored(ref), event) === undefined) this.#inbox.push([ref, event])
  }

  #follow(ref: TwinRef, intent: Intent, atMs: number): void {
    const bay = bays.find(({ id }) => id === ref.id)
    switch (intent.type) {
      case "pulseLock":
        if (bay !== undefined) this.#errand(atMs, this.#pulse(bay, intent.params))
        return
      case "readBay":
        if (bay !== undefined) this.#errand(atMs, this.#verify(bay, atMs + Limits.verifyTimeoutMs, undefined))
        return
      case "loseBays":
        for (const lost of bays) {
          if (lost.board.controller === ref.id) this.#loseSight(lost, intent.params.reason, atMs)
        }
        return
      case "reportStage":
      case "announce":
        // Part of the facts already.
        return
      case "requestSnapshot":
      case "chooseCart":
      case "tellShopper":
        // The cloud's to follow.
        return
    }
  }

  #loseSight(bay: MiniBay, reason: "restart" | "controller_silent" | "bus_down" | "disabled", at: number): void {
    if (this.#word(bayRef(bay), "latch") !== "dark") this.#inbox.push([bayRef(bay), { type: "bay.lost", reason, at }])
  }

  #errand(dueMs: number, run: (atMs: number) => void): void {
    this.#errands.push({ dueMs, run })
  }

  /** One coil pulse: the board must answer in the same turn, and the command must still be good. */
  #pulse(bay: MiniBay, order: Extract<Intent, { type: "pulseLock" }>["params"]) {
    return (at: number): void => {
      const commandId = CommandId.make(order.commandId)
      const { address } = bay.board
      // One coil of a board at a time.
      const restedAt = this.#restedAt.get(address) ?? at
      if (at < restedAt) return this.#errand(restedAt, this.#pulse(bay, order))
      const refuse = (reason: "controller_silent" | "expired") =>
        this.#deliver(bayRef(bay), { type: "bay.pulseRefused", commandId, reason, at })
      if (!this.#answers(address, at)) return refuse("controller_silent")
      if (at >= order.notAfter) return refuse("expired")
      if (order.pulse === 1) this.#report(commandId, "executing", undefined, 0, at)
      this.#bus.unlock(address, bay.lockIndex, at)
      this.#restedAt.set(address, at + Limits.pulseGapMs)
      this.#deliver(bayRef(bay), { type: "bay.pulsed", commandId, at })
      for (const turn of this.#turns) {
        if (turn.watch.board !== bay.board) continue
        turn.hurriedUntilMs = at + Limits.confirmAfterPulseMs
        turn.nextMs = at + Limits.fastPollMs
      }
    }
  }

  #answers(address: number, atMs: number): boolean {
    for (let tries = 0; tries < Limits.proofReads; tries++) {
      if (this.#bus.read(address, atMs)._tag === "Answer") return true
    }
    return false
  }

  /** Reads a bay until two reads agree, or the time for it is over. */
  #verify(bay: MiniBay, untilMs: number, before: Reading | undefined) {
    return (at: number): void => {
      const read = this.#bus.read(bay.board.address, at)
      const reading = read._tag === "Answer" ? readingOf(bay, read) : undefined
      if (reading !== undefined && before !== undefined && same(reading, before)) {
        return this.#offer(bayRef(bay), { type: "bay.verified", ...reading, at })
      }
      if (at >= untilMs) return this.#offer(bayRef(bay), { type: "bay.unverified", at })
      this.#errand(at + Limits.fastPollMs, this.#verify(bay, untilMs, reading))
    }
  }

  #report(command_id: CommandId, stage: CommandStage, reason: CommandReason | undefined, pulses: number, at: number) {
    this.#write({ fact: "command", command_id, stage, ...(reason === undefined ? {} : { reason }), pulses, at })
  }

  #write(fact: Unnumbered<TwinFact | CommandFact>): void {
    this.#seq += 1
    this.#tell({ ...fact, seq: this.#seq })
  }
}
