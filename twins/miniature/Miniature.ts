/**
 * A whole small branch in one object: the simulated world, an edge, a cloud and people, with a line between edge and cloud
 * that can be cut and a power supply that can fail. It has no clock: it is told how late it is, and does everything up to
 * then in order. The same seed and the same deeds at the same times give the same day.
 */
import type { BranchNow, MyRental } from "#core/api/ShopperRecords.ts"
import { toInstant } from "#core/domain/Instant.ts"
import type { LendingPolicy } from "#core/domain/Rental.ts"
import { Limits } from "#core/Limits.ts"
import type { Fact } from "#core/wire/Facts.ts"
import { isOpenRental } from "../rental/Custody.ts"
import { regionWord } from "../Words.ts"
import type { FaultName } from "../world/FaultCatalogue.ts"
import type { Acted, HandVerb } from "../world/Hand.ts"
import { nextOfPeople, noPeople, type PeopleState, type PersonAction, tellPeople } from "../world/People.ts"
import { makeWorld, type World } from "../world/World.ts"
import { MiniatureBus } from "./MiniatureBus.ts"
import type { MiniCommand } from "./MiniCommands.ts"
import { MiniatureCloud } from "./MiniatureCloud.ts"
import { MiniatureEdge } from "./MiniatureEdge.ts"
import {
  bays,
  boards,
  branchId,
  branchTimezone,
  cartNumberOf,
  dayBeginsAt,
  deviceId,
  worldPlan,
} from "./MiniaturePlan.ts"

const minuteMs = 60_000
/** Short, so that a reminder and a late cart can be waited for. */
const policy: LendingPolicy = {
  lendMs: 20 * minuteMs,
  soonMs: 5 * minuteMs,
  graceMs: 2 * minuteMs,
  lostMs: 60 * minuteMs,
}

/** People keep to the first board, so that at the others nobody disturbs whoever looks at one bay. */
const isForPeople: ReadonlySet<string> = new Set(boards[0]?.bays.map(({ id }) => id))

interface Due {
  readonly atMs: number
  readonly run: (atMs: number) => void
}

export class Miniature {
  readonly seed: number
  readonly world: World
  readonly bus: MiniatureBus
  readonly edge: MiniatureEdge
  readonly cloud: MiniatureCloud
  #nowMs = dayBeginsAt
  #agenda: Array<Due> = []
  #people: PeopleState
  #hasPeople = true
  #session = 0
  #isPowered = false
  #isLineUp = true
  /** The cloud has let the edge in, and the line has held since. */
  #isOnline = false
  /** What the cloud has not heard yet, oldest first. */
  #journal: Array<Fact> = []
  /** The rental of each visit, and those of them that wait for their cart. */
  readonly #rentalOf = new Map<number, string>()
  readonly #waiting = new Set<number>()

  constructor(seed: number) {
    this.seed = seed
    this.world = makeWorld(worldPlan(seed))
    this.bus = new MiniatureBus(this.world, deviceId)
    this.edge = new MiniatureEdge(this.bus, (fact) => this.#record(fact))
    this.cloud = new MiniatureCloud((command) => this.#sendDown(command), this.#nowMs)
    this.#people = noPeople(seed, this.#nowMs)
    this.power(true)
    this.#beat(this.#nowMs)
  }

  get nowMs(): number {
    return this.#nowMs
  }

  get isPowered(): boolean {
    return this.#isPowered
  }

  get isLineUp(): boolean {
    return this.#isLineUp
  }

  get hasPeople(): boolean {
    return this.#hasPeople
  }

  /** Facts that the edge keeps until the line is there again. */
  get waitingFacts(): number {
    return this.#journal.length
  }

  /** Lets everything happen up to an instant, in whole milliseconds; time never goes back. */
  advanceTo(untilMs: number): void {
    for (let next = this.#next(); next <= untilMs; next = this.#next()) {
      this.#nowMs = Math.max(this.#nowMs, next)
      const due = this.#agenda.filter(({ atMs }) => atMs <= this.#nowMs)
      this.#agenda = this.#agenda.filter(({ atMs }) => atMs > this.#nowMs)
      for (const { run } of due) run(this.#nowMs)
      if (this.#isPowered) this.edge.run(this.#nowMs)
      this.cloud.run(this.#nowMs)
    }
    this.#nowMs = Math.max(this.#nowMs, untilMs)
  }

  /** A hand at a bay. */
  hand(bayId: string, verb: HandVerb): Acted {
    return this.world.act(bayId, verb, this.#nowMs)
  }

  /** Puts a fault on a bay or its board. */
  breakWith(bayId: string, fault: FaultName): Acted {
    return this.world.breakWith(bayId, fault)
  }

  /** Gives the device power, or takes it. */
  power(isOn: boolean): void {
    if (isOn === this.#isPowered) return
    this.#isPowered = isOn
    if (!isOn) {
      this.edge.stop()
      return this.#vanish()
    }
    this.#session += 1
    this.edge.start(this.#nowMs)
    if (this.#isLineUp) this.#connect()
  }

  /** Mends the line to the cloud, or cuts it. */
  line(isUp: boolean): void {
    if (isUp === this.#isLineUp) return
    this.#isLineUp = isUp
    if (!isUp) return this.#vanish()
    if (this.#isPowered) this.#connect()
  }

  /** Lets people come, or lets nobody else come. */
  people(come: boolean): void {
    if (come && !this.#hasPeople) this.#people = { ...this.#people, nextArrivalAtMs: this.#nowMs }
    this.#hasPeople = come
  }

  /** Staff ask for an unlock. */
  unlock(bayId: string): MiniCommand | { readonly refused: string } {
    const bay = bays.find(({ id }) => id === bayId)
    return bay === undefined ? { refused: "target_unknown" } : this.cloud.unlock(bay.id, "you", this.#nowMs)
  }

  /** A shopper asks for a cart; gives the rental's id. */
  rent(): string {
    return this.cloud.rent(policy, undefined, this.#nowMs)
  }

  /** The shopper says that the cart does not come out: that rental ends, and another cart is chosen. Gives its id. */
  another(rental: string): string {
    this.cloud.giveUp(rental, this.#nowMs)
    return this.rent()
  }

  /** The branch as a shopper's phone shows it. */
  branchNow(): BranchNow {
    const latches = bays.map(({ id, label }) => {
      const latch = regionWord(this.cloud.stored({ kind: "bay", id })?.value ?? null, "latch")
      return { label, latch }
    })
    return {
      id: branchId,
      name: "CartWise",
      chain_name: "CartWise",
      timezone: branchTimezone,
      simulated: true,
      free_carts: this.cloud.freeCarts(this.#nowMs).length,
      free_bays: latches.filter(({ latch }) => latch === "empty").length,
      not_latched: latches.filter(({ latch }) => latch === "ajar.unlatched").map(({ label }) => label),
      now: toInstant(this.#nowMs),
    }
  }

  /** A rental as its shopper's phone shows it. */
  rental(id: string): MyRental | undefined {
    const stored = this.cloud.stored({ kind: "rental", id })
    if (stored === undefined) return undefined
    const { cart, bay, pickedUpAt, dueAt, endedAt } = stored.context
    const place = bays.find((one) => one.id === bay)
    const twin = place === undefined ? undefined : this.cloud.view({ kind: "bay", id: place.id }, this.#nowMs)
    const instant = (at: unknown): string | null => (typeof at === "number" ? toInstant(at) : null)
    return {
      id,
      state: regionWord(stored.value, "life"),
      open: isOpenRental(stored.value),
      branch_id: branchId,
      cart_number: typeof cart === "string" ? cartNumberOf(cart) : null,
      bay_label: place?.label ?? null,
      picked_up_at: instant(pickedUpAt),
      due_at: instant(dueAt),
      ended_at: instant(endedAt),
      created_at: toInstant(dayBeginsAt),
      bay:
        place === undefined || twin === undefined
          ? null
          : {
              label: place.label,
              row: place.board.bays.map(({ label }) => label),
              where: `Board ${place.board.address}`,
              latch: regionWord(twin.value as never, "latch"),
              read_at: twin.fresh_at,
              stale: twin.stale,
            },
    }
  }

  #next(): number {
    return Math.min(this.edge.nextMs, this.cloud.nextMs, ...this.#agenda.map(({ atMs }) => atMs))
  }

  #later(ms: number, run: (atMs: number) => void): void {
    this.#agenda.push({ atMs: this.#nowMs + ms, run })
  }

  #record(fact: Fact): void {
    this.#journal.push(fact)
    if (this.#journal.length > Limits.miniatureFacts) this.#journal.shift()
    if (this.#isOnline && this.#journal.length === 1) this.#later(Limits.miniatureLineMs, (at) => this.#sendUp(at))
  }

  /** What is in the journal arrives, unless the line was cut meanwhile. */
  #sendUp(atMs: number): void {
    if (!this.#isOnline) return
    const facts = this.#journal
    this.#journal = []
    for (const fact of facts) this.cloud.hear(fact, atMs)
  }

  #sendDown({ id, bayId, expiresAt }: MiniCommand): void {
    this.#later(Limits.miniatureLineMs, (at) => {
      if (this.#isOnline) this.edge.unlock(bayId, id, expiresAt, at)
    })
  }

  /** Connecting: the boot, then the journal, then everything there is, to be compared. */
  #connect(): void {
    const session = this.#session
    this.#later(Limits.miniatureLineMs, (at) => {
      if (!this.#isPowered || !this.#isLineUp || session !== this.#session) return
      this.#isOnline = true
      this.cloud.boot(session, at)
      this.#sendUp(at)
      this.cloud.compare(this.edge.twins, at)
      this.cloud.beat(this.edge.freshAt)
    })
  }

  /** Nothing is heard of the edge any more; the broker notices after a while, unless it is back by then. */
  #vanish(): void {
    const session = this.#session
    this.#isOnline = false
    this.#later(Limits.miniatureNoticeMs, (at) => {
      if (!this.#isOnline) this.cloud.lose(session, at)
    })
  }

  #beat(atMs: number): void {
    if (this.#isOnline) this.cloud.beat(this.edge.freshAt)
    this.#lookAround(atMs)
    this.#later(Limits.miniatureBeatMs, (at) => this.#beat(at))
  }

  #lookAround(atMs: number): void {
    for (const visit of this.#waiting) {
      const rental = this.rental(this.#rentalOf.get(visit) ?? "")
      const went = rental?.state.startsWith("pickup.") ? "well" : rental?.open === true ? undefined : "wrong"
      if (went === undefined) continue
      this.#waiting.delete(visit)
      this.#people = tellPeople(this.#people, { visit, went }, atMs)
    }
    const free = this.#hasPeople ? this.cloud.freeCarts(atMs).filter(({ bay }) => isForPeople.has(bay)) : []
    const { state, actions } = nextOfPeople(this.#people, free, atMs)
    this.#people = state
    for (const action of actions) this.#carryOut(action, atMs)
  }

  #carryOut(action: PersonAction, atMs: number): void {
    const { visit } = action
    if (action.do === "unlock") {
      this.#rentalOf.set(visit, this.cloud.rent(policy, action.cart, atMs))
      this.#waiting.add(visit)
      return
    }
    // Not where the first cart stood, if that one did not open.
    const { bay } = this.cloud.stored({ kind: "rental", id: this.#rentalOf.get(visit) ?? "" })?.context ?? {}
    const went = "done" in this.hand(typeof bay === "string" ? bay : action.bay, action.do) ? "well" : "wrong"
    this.#people = tellPeople(this.#people, { visit, went }, atMs)
    this.#forgetVisits()
  }

  #forgetVisits(): void {
    const going = new Set(this.#people.visits.map(({ number }) => number))
    for (const visit of this.#rentalOf.keys()) if (!going.has(visit)) this.#rentalOf.delete(visit)
  }
}
