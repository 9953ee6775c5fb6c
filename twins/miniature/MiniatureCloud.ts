/**
 * The cloud of a miniature: it plays every fact on the same machines and compares, decides who may have a cart, follows the
 * rentals by what their bays say, and shows twins as the real one does (`toTwinView`). No database and no API: a list for
 * each. What it knows it has from facts alone; it never looks at the edge or the world.
 */
import type { Twin } from "#core/api/Twins.ts"
import type { TwinHistoryEvent } from "#core/api/TwinHistory.ts"
import type { CommandReason, CommandStage } from "#core/domain/Command.ts"
import { BayId, CartId, type CommandId, type TwinRef } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import type { LendingPolicy } from "#core/domain/Rental.ts"
import type { TwinEvent } from "#core/domain/TwinEvent.ts"
import { Limits } from "#core/Limits.ts"
import type { CommandFact, Fact, TwinFact } from "#core/wire/Facts.ts"
import { mirrored, withEdgeRegions } from "../Mirror.ts"
import { valueOfHost } from "../Regions.ts"
import { custodyEvents, isOpenRental } from "../rental/Custody.ts"
import { eventOfAnnouncement, eventOfStage } from "../rental/Evidence.ts"
import { eventOfSighting } from "../rental/Sighting.ts"
import type { Stored } from "../Stored.ts"
import { initialOf, step, whyNot } from "../Twin.ts"
import { toTwinView } from "../TwinView.ts"
import { regionWord } from "../Words.ts"
import { Dues } from "./Dues.ts"
import { type MiniCommand, MiniCommands, stageOf } from "./MiniCommands.ts"
import { bays, boards, branchId, chainId, deviceId, rentalIdOf } from "./MiniaturePlan.ts"

interface Kept {
  readonly ref: TwinRef
  stored: Stored
  changedAt: number
  /** Newest first. */
  history: ReadonlyArray<TwinHistoryEvent>
}

/** Sends an unlock to the edge. */
type Send = (command: MiniCommand) => void

const keyOf = ({ kind, id }: TwinRef): string => `${kind}/${id}`
const device = { kind: "device", id: deviceId } as const

const placeOf = new Map<string, (typeof bays)[number]>(
  bays.flatMap((bay) => [[bay.id, bay] as const, ...(bay.cart === null ? [] : [[bay.cart, bay] as const])]),
)

export class MiniatureCloud {
  readonly #send: Send
  readonly #twins = new Map<string, Kept>()
  readonly #dues = new Dues("cloud")
  readonly #commands = new MiniCommands()
  readonly #freshAt = new Map<string, number>()
  readonly #changed = new Set<string>()
  #lines = 0
  #rentals = 0
  #epoch = 0
  #divergences = 0

  constructor(send: Send, atMs: number) {
    this.#send = send
    this.#keep(device, initialOf("device", atMs), atMs)
    for (const { controller } of boards) {
      this.#keep({ kind: "controller", id: controller }, initialOf("controller", atMs), atMs)
    }
    for (const bay of bays) {
      this.#keep({ kind: "bay", id: bay.id }, initialOf("bay", atMs), atMs)
      if (bay.cart === null) continue
      const cart = { kind: "cart", id: bay.cart } as const
      this.#keep(cart, initialOf("cart", atMs), atMs)
      this.#apply(cart, { type: "cart.placed", bayId: bay.id, at: atMs }, "cloud")
    }
  }

  /** Facts and snapshots that the same machines would not have come to, so far. */
  get divergences(): number {
    return this.#divergences
  }

  stored(ref: TwinRef): Stored | undefined {
    return this.#twins.get(keyOf(ref))?.stored
  }

  history(ref: TwinRef): ReadonlyArray<TwinHistoryEvent> {
    return this.#twins.get(keyOf(ref))?.history ?? []
  }

  /** The newest unlock of a bay. */
  lastCommandOf(bayId: string): MiniCommand | undefined {
    return this.#commands.lastOf(bayId)
  }

  /** When a deadline of its own, or the end of a command's patience, comes next. */
  get nextMs(): number {
    return Math.min(this.#dues.nextMs, this.#commands.nextMs)
  }

  /** Does all that is due at an instant. */
  run(atMs: number): void {
    for (const [ref, event] of this.#dues.at(atMs)) this.#apply(ref, event, "cloud")
    for (const { id } of this.#commands.overdue(atMs)) this.#reach(id, "unknown", "no_answer", atMs)
  }

  // --- what the device says -------------------------------------------------------------------------------------

  /** A start of the edge's program has come through: it is let in. */
  boot(session: number, atMs: number): void {
    this.#epoch += 1
    this.#apply(device, { type: "device.bootAccepted", session, epoch: this.#epoch, at: atMs }, "cloud")
  }

  /** The broker delivers the last will. */
  lose(session: number, atMs: number): void {
    this.#apply(device, { type: "device.willReceived", session, at: atMs }, "broker")
  }

  /** A sign of life, with when each board last answered. */
  beat(freshAt: ReadonlyMap<string, number | null>): void {
    for (const [controller, at] of freshAt) if (at !== null) this.#freshAt.set(controller, at)
    for (const { ref } of this.#twins.values()) if (ref.kind !== "rental") this.#changed.add(keyOf(ref))
  }

  /** A fact of the journal, in its order. */
  hear(fact: Fact, atMs: number): void {
    if (fact.fact === "command") this.#hearStage(fact, atMs)
    else this.#mirror(fact, atMs)
  }

  /** Everything the edge holds: what differs takes the reported state, and is counted. */
  compare(twins: ReadonlyArray<{ readonly ref: TwinRef; readonly stored: Stored }>, atMs: number): void {
    let divergences = 0
    for (const { ref, stored: theirs } of twins) {
      const kept = this.#twins.get(keyOf(ref))
      if (kept === undefined || alike(kept.stored, theirs)) continue
      divergences += 1
      kept.stored =
        withEdgeRegions(kept.stored, valueOfHost(ref.kind, theirs.value, "edge") as TwinFact["value"]) ?? theirs
    }
    this.#divergences += divergences
    this.#apply(device, { type: "device.compared", divergences, at: atMs }, "cloud")
  }

  // --- what people ask for --------------------------------------------------------------------------------------

  /** Asks for an unlock, for a rental or by staff. Refused at once, by its reason, if the device is not there. */
  unlock(bayId: BayId, by: string, atMs: number): MiniCommand | { readonly refused: string } {
    const { allowed, reason } = this.view({ kind: "bay", id: bayId }, atMs)?.can["unlock"] ?? { allowed: false }
    if (!allowed) return { refused: reason ?? "not_possible_now" }
    const command = this.#commands.begin(bayId, by, atMs)
    this.#changed.add(`bay/${bayId}`)
    this.#send(command)
    return command
  }

  /** Begins a rental under a policy, of a certain cart or of the first that is free; gives its id. */
  rent(policy: LendingPolicy, cart: string | undefined, atMs: number): string {
    this.#rentals += 1
    const ref = { kind: "rental", id: rentalIdOf(this.#rentals) } as const
    this.#keep(ref, initialOf("rental", atMs), atMs)
    this.#apply(ref, { type: "rental.requested", policy, at: atMs }, "shopper", cart)
    this.#forgetRentals()
    return ref.id
  }

  /** A rental whose cart waits to be pulled and does not come: it ends. In any other state nothing happens. */
  giveUp(id: string, at: number): void {
    const reason = "the shopper says that it does not come out"
    this.#offer({ kind: "rental", id }, { type: "rental.found", where: "parked", reason, at }, "shopper")
  }

  /** Carts that could be lent now, with their bays, in the order of the row. */
  freeCarts(atMs: number): ReadonlyArray<{ readonly cart: string; readonly bay: string }> {
    return bays.flatMap(({ id, cart }) => {
      const stored = cart === null ? undefined : this.stored({ kind: "cart", id: cart })
      if (cart === null || stored === undefined) return []
      const isFree =
        regionWord(stored.value, "custody") === "available" && regionWord(stored.value, "dock") === "secured"
      return isFree && this.view({ kind: "bay", id }, atMs)?.can["unlock"]?.allowed === true ? [{ cart, bay: id }] : []
    })
  }

  // --- what it shows --------------------------------------------------------------------------------------------

  /** The twins that may look different since the last call, as of an instant. */
  changes(atMs: number): ReadonlyArray<Twin> {
    const refs = [...this.#changed].flatMap((key) => this.#twins.get(key)?.ref ?? [])
    this.#changed.clear()
    return refs.flatMap((ref) => this.view(ref, atMs) ?? [])
  }

  /** One twin, as the API would show it. */
  view(ref: TwinRef, atMs: number): Twin | undefined {
    const kept = this.#twins.get(keyOf(ref))
    if (kept === undefined) return undefined
    const place = placeOf.get(ref.id)
    const controller = ref.kind === "controller" ? ref.id : place?.board.controller
    const link = controller === undefined ? undefined : this.stored({ kind: "controller", id: controller })
    const freshAt = controller === undefined ? undefined : this.#freshAt.get(controller)
    return toTwinView(
      {
        ...kept.stored,
        kind: ref.kind,
        id: ref.id,
        label: place?.label ?? ref.kind,
        chain_id: chainId,
        branch_id: branchId,
        device_id: ref.kind === "rental" ? null : deviceId,
        changed_at: new Date(kept.changedAt),
        fresh_at: freshAt === undefined ? null : new Date(freshAt),
        simulated: true,
        connection: regionWord(this.stored(device)?.value ?? null, "connection"),
        link: link === undefined ? null : regionWord(link.value, "link"),
        bay_id: place?.id ?? null,
        bay: place === undefined ? null : (this.stored({ kind: "bay", id: place.id }) ?? null),
        has_cart: place !== undefined && place.cart !== null,
      },
      atMs,
    )
  }

  // --- within ---------------------------------------------------------------------------------------------------

  #keep(ref: TwinRef, stored: Stored, atMs: number): void {
    this.#twins.set(keyOf(ref), { ref, stored, changedAt: atMs, history: [] })
    this.#changed.add(keyOf(ref))
    this.#dues.keep(ref, stored)
  }

  #mirror(fact: TwinFact, atMs: number): void {
    const kept = this.#twins.get(keyOf(fact.twin))
    if (kept === undefined) return
    const { kind } = fact.twin
    const before = kept.stored
    kept.stored = mirrored(before, fact.event, fact.accepted)
    if (fact.accepted && !same(valueOfHost(kind, kept.stored.value, "edge"), fact.value)) {
      this.#divergences += 1
      kept.stored = withEdgeRegions(kept.stored, fact.value) ?? kept.stored
    }
    if (before !== kept.stored) kept.changedAt = fact.event.at
    this.#write(kept, fact.event, fact, "edge", atMs)
    if (kind === "device" || kind === "controller") this.#allChanged()
    if (kind === "bay") this.#followBay(fact, kept.stored)
  }

  #allChanged(): void {
    for (const key of this.#twins.keys()) this.#changed.add(key)
  }

  #hearStage({ command_id, stage, reason, at }: CommandFact, atMs: number): void {
    this.#reach(command_id, stage, reason ?? null, atMs)
    const known = this.#commands.find(command_id)
    const rental = known === undefined ? undefined : this.#rentalAt(known.bayId)
    const event = eventOfStage(stage, reason ?? null, command_id, at)
    if (rental !== undefined && event !== undefined && rental.stored.context["command"] === command_id) {
      this.#offer(rental.ref, event, "rentals")
    }
  }

  #reach(id: CommandId, stage: CommandStage, reason: CommandReason | null, at: number): void {
    const reached = this.#commands.reach(id, stage, reason, at)
    if (reached !== undefined) this.#changed.add(`bay/${reached.bayId}`)
  }

  /** The rental whose cart belongs in this bay: the newest. */
  #rentalAt(bayId: string): Kept | undefined {
    return [...this.#twins.values()].findLast(
      ({ ref, stored }) => ref.kind === "rental" && stored.context["bay"] === bayId,
    )
  }

  #followBay(fact: TwinFact, bay: Stored): void {
    const rental = this.#rentalAt(fact.twin.id)
    if (rental === undefined || !fact.accepted) return
    const { at } = fact.event
    const before = rental.stored
    for (const what of fact.announces) {
      const named = { at, commandId: fact.command_id ?? null, value: bay.value }
      const event = eventOfAnnouncement(what, rental.stored, named)
      if (event !== undefined) this.#offer(rental.ref, event, "rentals")
    }
    if (rental.stored !== before) return
    const command = this.#commands.find(String(rental.stored.context["command"]))
    const isContested = this.lastCommandOf(fact.twin.id) !== command
    const unlock = command && { stage: stageOf(command), expiresAt: command.expiresAt, isContested }
    const event = eventOfSighting({ event: { ...fact.event }, value: bay.value, at }, rental.stored, unlock, null)
    if (event !== undefined) this.#offer(rental.ref, event, "rentals")
  }

  #offer(ref: TwinRef, event: TwinEvent, actor: string): void {
    const stored = this.stored(ref)
    if (stored !== undefined && whyNot(stored, event) === undefined) this.#apply(ref, event, actor)
  }

  /** Steps a twin of which the cloud writes a region, and follows up what it wants. */
  #apply(ref: TwinRef, event: TwinEvent, actor: string, cart?: string): void {
    const kept = this.#twins.get(keyOf(ref))
    if (kept === undefined) return
    const stepped = step(kept.stored, event)
    kept.stored = stepped.next
    if (stepped.accepted) kept.changedAt = event.at
    const { accepted, reason } = stepped
    this.#write(kept, event, { accepted, reason, announces: [], command_id: undefined }, actor, event.at)
    if (ref.kind === "device") this.#allChanged()
    if (ref.kind !== "rental" || !accepted) return
    this.#keepCustody(kept, event.at)
    for (const intent of stepped.intents) {
      if (intent.type === "chooseCart") this.#assign(ref, cart, intent.params.excluded, event.at)
    }
  }

  #assign(rental: TwinRef, wanted: string | undefined, excluded: string | null, at: number): void {
    const free = this.freeCarts(at).filter(({ cart }) => cart !== excluded)
    const chosen = free.find(({ cart }) => cart === wanted) ?? free[0]
    if (chosen === undefined) return this.#apply(rental, { type: "rental.noCart", reason: "no_cart", at }, "rentals")
    const bayId = BayId.make(chosen.bay)
    const command = this.unlock(bayId, "rentals", at)
    if ("refused" in command)
      return this.#apply(rental, { type: "rental.noCart", reason: command.refused, at }, "rentals")
    const cart = CartId.make(chosen.cart)
    this.#apply({ kind: "cart", id: cart }, { type: "cart.reserved", rentalId: rental.id, at }, "rentals")
    this.#apply(rental, { type: "rental.reserved", cartId: cart, bayId, commandId: command.id, at }, "rentals")
  }

  #keepCustody({ ref, stored: rental }: Kept, at: number): void {
    const { cart } = rental.context
    if (typeof cart !== "string") return
    const held = this.stored({ kind: "cart", id: cart })
    for (const event of held === undefined ? [] : custodyEvents(ref.id, rental.value, held, at)) {
      this.#offer({ kind: "cart", id: cart }, event, "rentals")
    }
  }

  #forgetRentals(): void {
    const over = [...this.#twins.values()].filter(
      ({ ref, stored }) => ref.kind === "rental" && !isOpenRental(stored.value),
    )
    for (const { ref } of over.slice(0, -Limits.miniatureRentals)) {
      this.#twins.delete(keyOf(ref))
      this.#dues.forget(ref)
    }
  }

  #write(
    kept: Kept,
    event: TwinEvent,
    {
      accepted,
      reason,
      announces,
      command_id,
    }: {
      readonly accepted: boolean
      readonly reason?: string | undefined
      readonly announces: TwinFact["announces"]
      readonly command_id?: CommandId | undefined
    },
    actor: string,
    atMs: number,
  ): void {
    this.#lines += 1
    const line: TwinHistoryEvent = {
      id: this.#lines,
      revision: kept.stored.revision,
      event: { ...event } as TwinHistoryEvent["event"],
      accepted,
      reason: reason ?? null,
      value: kept.stored.value as TwinHistoryEvent["value"],
      announces,
      cause: event.type === "deadline.due" ? "deadline" : actor === "edge" ? "fact" : "cloud",
      actor,
      command_id: command_id ?? null,
      trace_id: null,
      journal: null,
      at: toInstant(event.at),
      received_at: toInstant(atMs),
    }
    kept.history = [line, ...kept.history].slice(0, Limits.miniatureLines)
    this.#changed.add(keyOf(kept.ref))
    this.#dues.keep(kept.ref, kept.stored)
  }
}

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)

/** Whether the edge's regions are the same on both sides. */
const alike = (ours: Stored, theirs: Stored): boolean =>
  same(valueOfHost(ours.machine, ours.value, "edge"), valueOfHost(theirs.machine, theirs.value, "edge"))
