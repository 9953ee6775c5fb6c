/**
 * Hosts the twins of one device: the device, its controllers, their bays, and the carts placed in them.
 *
 * Every event goes through one inbox and is worked off to the end before the next: `step`, the fact for the journal, the
 * deadlines, then what follows from it (a cart hears of its bay, bays hear that their board is gone). Intents that need
 * the world are handed to `onIntent`. All of it is synchronous and reads no clock but through `DeviceTime`.
 *
 * A twin whose step throws keeps its last state, and the others never notice: the event is counted and logged.
 */
import { Effect, Result } from "effect"

import type { BayService, LostReason } from "#core/domain/Bay.ts"
import type { BayId, ControllerId, TwinKind, TwinRef } from "#core/domain/Ids.ts"
import type { Announcement, TwinEvent } from "#core/domain/TwinEvent.ts"
import { Limits } from "#core/Limits.ts"
import { dockEventFor } from "#twins/cart/Dock.ts"
import type { Intent } from "#twins/Intent.ts"
import { readStored } from "#twins/Migrate.ts"
import { valueOfHost, writerOf, writerOfDeadline } from "#twins/Regions.ts"
import type { Stored } from "#twins/Stored.ts"
import { initialOf, type Stepped } from "#twins/Twin.ts"
import { regionWord } from "#twins/Words.ts"

import { commandIdOf, type CommandLedger } from "../commands/CommandLedger.ts"
import { type BoardPlace, type Placement, type Rearranged, underPlacement } from "../config/Placement.ts"
import type { Journal } from "../journal/Journal.ts"
import type { DeviceTime } from "../sync/DeviceTime.ts"
import type { Deadlines } from "./Deadlines.ts"

/** What became of a delivered event. */
export interface Delivered {
  readonly accepted: boolean
  readonly reason?: string
}

export interface HubParts {
  readonly placement: Placement
  readonly journal: Journal
  readonly ledger: CommandLedger
  readonly time: DeviceTime
  readonly deadlines: Deadlines
  /** Carries out what needs the world: `pulseLock` and `readBay` of a bay. Called while the inbox is being worked off. */
  readonly onIntent: (bayId: string, intent: Extract<Intent, { type: "pulseLock" | "readBay" }>) => void
  /** Tells people: a sentence and what it is about. */
  readonly onProblem: (sentence: string, about: TwinRef) => void
  readonly step: (stored: Stored, event: TwinEvent) => Stepped
}

export interface HostedTwin {
  readonly ref: TwinRef
  stored: Stored
}

export class Hub {
  readonly #parts: HubParts
  readonly #step: (stored: Stored, event: TwinEvent) => Stepped
  readonly #twins = new Map<string, HostedTwin>()
  readonly #inbox: Array<{ readonly twin: HostedTwin; readonly event: TwinEvent }> = []
  readonly #listeners = new Set<(twin: HostedTwin) => void>()
  /** Bays that are about to be configured anew: no unlock begins there. */
  #reserved: ReadonlySet<string> = new Set()
  #working = false
  #defects = 0

  constructor(parts: HubParts) {
    this.#parts = parts
    this.#step = parts.step
    const { device, boards, bays, bayOfCart } = parts.placement
    this.#restore({ kind: "device", id: device.id })
    for (const board of boards) this.#restore({ kind: "controller", id: board.controller })
    for (const id of bays.keys()) this.#restore({ kind: "bay", id })
    for (const id of bayOfCart.keys()) this.#restore({ kind: "cart", id })
  }

  /**
   * After a restart: nothing is known of any bay until it is read, a command that was in flight is never executed again.
   * One that had not begun is refused; of one that had, the next reads will tell. Gives the boards on which a hook may
   * still be moving from a pulse of the run before.
   */
  start(): ReadonlySet<BoardPlace> {
    const at = this.#parts.time.nowMs()
    const spokenFor = new Set<string>()
    const moving = new Set<BoardPlace>()
    for (const twin of this.#twins.values()) {
      if (twin.ref.kind !== "bay") continue
      const commandId = pendingCommandOf(twin.stored)
      if (commandId !== undefined) {
        spokenFor.add(commandId)
        const place = this.#parts.placement.bays.get(twin.ref.id)
        const memo = this.#parts.ledger.find(commandId)
        if (memo?.stage === "accepted") {
          this.deliver(twin.ref, { type: "bay.pulseRefused", commandId, reason: "restarted", at })
        } else {
          // One that the disk knows to be begun and the bay does not know to be over may have been written.
          const isBegun = memo !== undefined && memo.pulses > pulsesOf(twin.stored)
          if (isBegun) this.deliver(twin.ref, { type: "bay.pulseUncertain", commandId, at })
          if (place !== undefined) moving.add(place.board)
        }
      }
      this.#loseSight(twin.ref, "restart", at)
      this.#workOff()
    }
    // A bay that was dark already says nothing, and its cart may have been placed in it since.
    for (const bay of this.#twins.values()) if (bay.ref.kind === "bay") this.#tellCart(bay, at)
    this.#workOff()
    this.#parts.ledger.closeOrphans(spokenFor, (id) =>
      regionWord(this.stored({ kind: "bay", id })?.value ?? null, "service"),
    )
    return moving
  }

  /** From now on no unlock begins on these bays, and on no others that were reserved before. */
  reserve(bays: ReadonlyArray<BayId>): void {
    this.#reserved = new Set(bays)
  }

  /** True while an unlock of a bay is under way. */
  isUnlocking(bay: BayId): boolean {
    const stored = this.stored({ kind: "bay", id: bay })
    return stored !== undefined && pendingCommandOf(stored) !== undefined
  }

  /**
   * Configuration has moved carts or turned bits. A cart that left is no longer hosted here; of one that is placed anew
   * nothing is known but what its bay says; a board whose bits mean something else has not been read yet.
   */
  rearrange({ given, placed, reread }: Rearranged): void {
    const at = this.#parts.time.nowMs()
    for (const id of given) this.#twins.delete(keyOf({ kind: "cart", id }))
    for (const { bays } of reread) for (const { id } of bays) this.#loseSight({ kind: "bay", id }, "restart", at)
    for (const { id, cart } of placed) {
      const bay = this.#twins.get(keyOf({ kind: "bay", id }))
      if (cart === null || bay === undefined) continue
      const ref = { kind: "cart", id: cart } as const
      if (this.#twins.has(keyOf(ref))) this.offer(ref, { type: "dock.lost", at })
      else this.#twins.set(keyOf(ref), { ref, stored: initialOf("cart", at) })
      this.#tellCart(bay, at)
    }
    this.#workOff()
  }

  /** Says how people may use a bay; one that is used so already hears nothing. */
  setService(id: BayId, service: BayService, at: number): void {
    const now = regionWord(this.stored({ kind: "bay", id })?.value ?? null, "service")
    if (now !== service) this.offer({ kind: "bay", id }, { type: "bay.serviceSet", service, at })
  }

  /** Gives an event to a twin and works off everything that follows. Must not be called from `onIntent`. */
  deliver(ref: TwinRef, event: TwinEvent): Delivered {
    const twin = this.#twins.get(keyOf(ref))
    if (twin === undefined) return { accepted: false, reason: "target_unknown" }
    const delivered = this.#take(twin, event)
    this.#workOff()
    return delivered
  }

  /** Gives an event only if the twin would take it now: for what the host merely noticed. */
  offer(ref: TwinRef, event: TwinEvent): boolean {
    const twin = this.#twins.get(keyOf(ref))
    return twin !== undefined && this.#wouldTake(twin, event) === undefined && this.deliver(ref, event).accepted
  }

  /** Why a twin would refuse an event now; undefined if it would take it. */
  whyNot(ref: TwinRef, event: TwinEvent): string | undefined {
    const twin = this.#twins.get(keyOf(ref))
    if (event.type === "bay.unlock" && this.#reserved.has(ref.id)) return "busy"
    return twin === undefined ? "target_unknown" : this.#wouldTake(twin, event)
  }

  stored(ref: TwinRef): Stored | undefined {
    return this.#twins.get(keyOf(ref))?.stored
  }

  /** The state of a board's link, in the controller machine's word. */
  linkOf(controller: ControllerId): string {
    return regionWord(this.stored({ kind: "controller", id: controller })?.value ?? null, "link")
  }

  /** The state of a bay's latch, in the bay machine's word. */
  latchOf(bay: BayId): string {
    return regionWord(this.stored({ kind: "bay", id: bay })?.value ?? null, "latch")
  }

  /** True while a bay's sensors are not believed. */
  isSuspect(bay: BayId): boolean {
    return regionWord(this.stored({ kind: "bay", id: bay })?.value ?? null, "sensor") === "suspect"
  }

  twins(): ReadonlyArray<HostedTwin> {
    return [...this.#twins.values()]
  }

  /** Events whose step threw, since the program started. */
  get defects(): number {
    return this.#defects
  }

  /** Calls back after every accepted step. */
  subscribe(listener: (twin: HostedTwin) => void): void {
    this.#listeners.add(listener)
  }

  /** Waits until something holds, looking now and after every accepted step. */
  until(holds: () => boolean): Effect.Effect<void> {
    return Effect.callback<void>((resume) => {
      const look = () => {
        if (!holds()) return
        this.#listeners.delete(look)
        resume(Effect.void)
      }
      this.#listeners.add(look)
      look()
      return Effect.sync(() => void this.#listeners.delete(look))
    })
  }

  #workOff(): void {
    if (this.#working) return
    this.#working = true
    for (let next = this.#inbox.shift(); next !== undefined; next = this.#inbox.shift()) {
      this.#take(next.twin, next.event)
    }
    this.#working = false
  }

  #take(twin: HostedTwin, event: TwinEvent): Delivered {
    const stepped = Result.try(() => this.#stepOwn(twin, event))
    if (Result.isFailure(stepped)) {
      this.#defects += 1
      this.#parts.onProblem(`${event.type} could not be worked off: ${String(stepped.failure)}`, twin.ref)
      return { accepted: false, reason: "not_possible_now" }
    }
    const { accepted, reason, next, intents } = stepped.success
    twin.stored = next
    // In the journal before the twin that forgets the command: with a power cut between them it would stay open for ever.
    for (const intent of intents) if (intent.type === "reportStage") this.#parts.ledger.report(intent.params)
    this.#writeDown(twin, event, stepped.success)
    if (!accepted) return { accepted, ...(reason === undefined ? {} : { reason }) }
    this.#keepDeadlines(twin, ({ dueAt }) => dueAt - event.at)
    for (const intent of intents) this.#follow(twin, event, intent)
    if (twin.ref.kind === "bay") this.#tellCart(twin, event.at)
    for (const listener of this.#listeners) listener(twin)
    return { accepted }
  }

  /** Steps, and refuses as a defect an event of a region that the cloud writes. */
  #stepOwn(twin: HostedTwin, event: TwinEvent): Stepped {
    if (writerOf(twin.ref.kind, event) === "cloud") throw new Error(`the edge does not write what ${event.type} moves`)
    return this.#step(twin.stored, event)
  }

  #writeDown(twin: HostedTwin, event: TwinEvent, { accepted, reason, next, intents }: Stepped): void {
    const announced = intents.filter((intent) => intent.type === "announce").map(({ params }) => params)
    const announces: ReadonlyArray<Announcement> = announced.map(({ what }) => what)
    const causes = ["commandId" in event ? event.commandId : undefined, ...announced.map(({ commandId }) => commandId)]
    const commandId = commandIdOf(causes.find((cause) => cause !== undefined))
    const traceparent = commandId === undefined ? undefined : this.#parts.ledger.find(commandId)?.traceparent
    this.#parts.journal.record({
      fact: {
        fact: "twin",
        twin: twin.ref,
        event,
        accepted,
        ...(next.version === 1 ? {} : { version: next.version }),
        ...underPlacement(this.#parts.placement, twin.ref),
        ...(reason === undefined ? {} : { reason }),
        value: valueOfHost(twin.ref.kind, next.value, "edge"),
        announces,
        ...(commandId === undefined ? {} : { command_id: commandId }),
        ...(traceparent === undefined ? {} : { traceparent }),
      },
      ...(accepted ? { stored: next } : {}),
    })
  }

  #follow(twin: HostedTwin, event: TwinEvent, intent: Intent): void {
    switch (intent.type) {
      case "pulseLock":
      case "readBay":
        return this.#parts.onIntent(twin.ref.id, intent)
      case "reportStage":
        // Already written down.
        return
      case "loseBays":
        return this.#loseBays(twin.ref.id, intent.params.reason, event.at)
      case "announce":
        // Already part of the fact.
        return
      case "requestSnapshot":
      case "chooseCart":
      case "tellShopper":
        // The cloud's to follow: it writes the region that asks for it.
        return
    }
  }

  #loseBays(controllerId: string, reason: "controller_silent" | "bus_down" | "disabled", at: number): void {
    const board = this.#parts.placement.boards.find(({ controller }) => controller === controllerId)
    for (const { id } of board?.bays ?? []) this.#loseSight({ kind: "bay", id }, reason, at)
  }

  #loseSight(bay: TwinRef, reason: LostReason, at: number): void {
    const twin = this.#twins.get(keyOf(bay))
    if (twin !== undefined && regionWord(twin.stored.value, "latch") !== "dark") {
      this.#inbox.push({ twin, event: { type: "bay.lost", reason, at } })
    }
  }

  #tellCart(bay: HostedTwin, at: number): void {
    const cartId = this.#parts.placement.bays.get(bay.ref.id)?.cart ?? null
    const cart = cartId === null ? undefined : this.#twins.get(keyOf({ kind: "cart", id: cartId }))
    const event = dockEventFor(bay.stored.value, at)
    if (cart === undefined || event === undefined) return
    // Most steps of a bay change nothing for its cart.
    if (this.#wouldTake(cart, event) === undefined) this.#inbox.push({ twin: cart, event })
  }

  #wouldTake(twin: HostedTwin, event: TwinEvent): string | undefined {
    const stepped = Result.try(() => this.#stepOwn(twin, event))
    return Result.isFailure(stepped) ? "not_possible_now" : stepped.success.reason
  }

  #keepDeadlines(twin: HostedTwin, inMs: (deadline: Stored["deadlines"][number]) => number): void {
    const own = twin.stored.deadlines.filter(({ id }) => writerOfDeadline(twin.ref.kind, id) === "edge")
    this.#parts.deadlines.keep(twin.ref, own, inMs)
  }

  #restore(ref: TwinRef): void {
    const now = this.#parts.time.nowMs()
    const twin: HostedTwin = { ref, stored: this.#recover(ref) ?? initialOf(ref.kind, now) }
    this.#twins.set(keyOf(ref), twin)
    // The wall clock may have been set while the program was down, so a stored instant is only half trusted.
    this.#keepDeadlines(twin, ({ dueAt }) => Math.min(dueAt - now, Limits.pickupWindowMs))
  }

  #recover(ref: TwinRef): Stored | undefined {
    const json = this.#parts.journal.recovered.twins.get(ref.id)
    if (json === undefined) return undefined
    const read = readStored(json)
    if (Result.isSuccess(read) && read.success.machine === ref.kind) return read.success
    const problem = Result.isFailure(read) ? read.failure.problem : `it is a ${read.success.machine}`
    this.#parts.onProblem(`its stored state can not be used, it starts anew: ${problem}`, ref)
    return undefined
  }
}

const keyOf = (ref: { readonly kind: TwinKind; readonly id: string }): string => `${ref.kind} ${ref.id}`

/** How many pulses of its unlock a stored bay knows of. */
const pulsesOf = (bay: Stored): number => Number(bay.context["pulses"] ?? 0)

/** The unlock that a stored bay is waiting for. */
const pendingCommandOf = (bay: Stored) => commandIdOf(bay.context["command"])
