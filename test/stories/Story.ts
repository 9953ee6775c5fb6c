/**
 * A small shop for stories about rentals: the real edge and cloud services, simulated boards and a store in memory on one
 * virtual clock. Nothing happens by chance: what breaks, who comes and when is the story's, line by line.
 */
import { Effect, Exit } from "effect"
import { type Random, randomOf } from "#core/Random.ts"
import { BranchId, type CommandId, ShopperId, UserId } from "#core/domain/Ids.ts"
import { encode } from "#core/cu16/Codec.ts"
import { everywhere } from "#core/access/Grants.fixture.ts"
import type { Shopper } from "#cloud/store/Shoppers.ts"
import { regionWord } from "#twins/Words.ts"
import type { HandVerb } from "#twins/world/Hand.ts"
import type { FaultName } from "#twins/world/FaultCatalogue.ts"
import { makeWorld, type World } from "#twins/world/World.ts"
import type { DeviceConfig } from "#edge/config/EdgeConfig.ts"
import { type CloudApi, CloudHost, soundCloud } from "../dst/CloudHost.ts"
import { EdgeHost } from "../dst/EdgeHost.ts"
import { Field } from "../dst/Field.ts"
import { Line } from "../dst/Line.ts"
import { type BayPlan, makePlan, type Plan, type PlanSize } from "../dst/Plan.ts"
import { SimBroker } from "../dst/SimBroker.ts"
import { SometimesBook } from "../dst/Sometimes.ts"
import { makeMemoryStore, type MemoryStore } from "../dst/store/MemoryStore.ts"
import { Trace } from "../dst/Trace.ts"
import { VirtualTime } from "../dst/VirtualTime.ts"

/** Ten in the morning of a Sunday, UTC. */
const startMs = Date.UTC(2026, 0, 4, 10)
export const second = 1_000
export const minute = 60 * second
export const hour = 60 * minute

export interface Branch {
  readonly edge: EdgeHost
  readonly line: Line
  readonly field: Field
  readonly bays: ReadonlyArray<BayPlan>
}

/** A person who may do everything, for what staff ask of a story. */
const person = {
  userId: UserId.make("00000007-0000-4000-8000-000000000001"),
  email: "staff@cartwise.example",
  name: "Staff",
  grants: [everywhere("branch_manager")],
}

export class Story {
  readonly time: VirtualTime
  readonly plan: Plan
  readonly world: World
  readonly store: MemoryStore
  readonly broker: SimBroker
  readonly cloud: CloudHost
  readonly branches: ReadonlyArray<Branch>
  readonly #trace = new Trace()
  readonly #sometimes = new SometimesBook()
  /** Told of everything that is durable in a journal. */
  onDurable: (text: string) => void = () => {}
  /** Told of every unlock frame that is whole on a wire. */
  onPulse: (device: string) => void = () => {}

  /** Everything starts, is read, and is known; then the story begins. */
  constructor(size: Partial<PlanSize> = {}) {
    const random = (label: string): Random => randomOf(11, label)
    this.time = new VirtualTime(random("ties"), startMs)
    this.plan = makePlan({ branches: 1, boards: 1, baysPerBoard: 4, spareBays: 1, ...size })
    this.world = makeWorld(this.plan.world(11))
    this.store = makeMemoryStore(this.plan.places, {
      nowMs: () => this.time.nowMs,
      statementMs: () => 0.5,
      commitBreaks: () => undefined,
    })
    for (const twin of this.plan.twins(startMs)) {
      this.store.tables.twins.set(`${twin.held.ref.kind}:${twin.held.ref.id}`, twin)
    }
    const manners = { lostShare: 0, repeatedShare: 0, reorderedShare: 0 }
    this.broker = new SimBroker(this.time, random("broker"), this.#trace, manners)
    this.cloud = new CloudHost({
      time: this.time,
      random: (label) => random(`cloud/${label}`),
      trace: this.#trace,
      broker: this.broker,
      line: this.#line(random("cloud/line")),
      store: this.store,
      plants: soundCloud,
      ear: { said: () => {}, heard: () => {} },
      sometimes: this.#sometimes,
    })
    this.branches = this.plan.devices.map((device) => this.branchOf(device))
    this.cloud.start()
    for (const { edge } of this.branches) edge.start()
    this.pass(20 * second)
  }

  #line(random: Random): Line {
    return new Line(this.time, random, { baseMs: 10, tailShare: 0, tailMs: 0 })
  }

  /** A device with its own computer, line and wires. */
  branchOf(device: DeviceConfig): Branch {
    const own = (label: string): Random => randomOf(11, `${device.id}/${label}`)
    const line = this.#line(own("line"))
    const field = new Field(device.id, this.world, this.time, own("field"), {
      pulsed: () => this.onPulse(device.id),
      answered: () => {},
    })
    const edge = new EdgeHost(device, {
      time: this.time,
      random: own,
      trace: this.#trace,
      broker: this.broker,
      line,
      field,
      syncMs: () => 2,
      plant: (ports) => ports,
      onDurable: (bytes) => this.onDurable(Buffer.from(bytes).toString()),
      onDeath: () => {},
      sometimes: this.#sometimes,
    })
    return { edge, line, field, bays: this.plan.bays.filter((bay) => bay.device === device.id) }
  }

  get nowMs(): number {
    return this.time.nowMs
  }

  /** Lets time pass. */
  pass(ms: number): void {
    this.time.runUntil(this.time.nowMs + ms, () => {})
  }

  branch(index = 0): Branch {
    const branch = this.branches[index]
    if (branch === undefined) throw new RangeError(`there is no branch ${index}`)
    return branch
  }

  /** A bay by its label, `A1` to `A4`; A4 has no cart of its own. */
  bay(label: string, branch = 0): BayPlan {
    const bay = this.branch(branch).bays.find((one) => one.label === label)
    if (bay === undefined) throw new RangeError(`there is no bay ${label}`)
    return bay
  }

  /** Asks the running cloud and gives what came of it, within a while. */
  ask<A, E>(what: (api: CloudApi) => Effect.Effect<A, E>): Exit.Exit<A, E> {
    const { api, life } = this.cloud
    if (api === undefined || life === undefined) throw new Error("the cloud does not run")
    const came: Array<Exit.Exit<A, E>> = []
    life.post(() => life.fork(what(api)).addObserver((exit) => void came.push(exit)))
    for (let waited = 0; came.length === 0 && waited < 5_000; waited += 20) this.pass(20)
    const [exit] = came
    if (exit === undefined) throw new Error("the cloud does not answer")
    return exit
  }

  shopper(n: number, branch = 0): Shopper {
    const { chain_id: chainId } = this.branch(branch).edge.device
    const id = ShopperId.make(`0000000b-0000-4000-8000-${String(n).padStart(12, "0")}`)
    return { id, chainId, phoneMasked: "", locale: "he" }
  }

  /** Somebody asks for a cart; the id of the rental, or why there is none. */
  rent(n: number, branch = 0): { readonly id: string } | { readonly refused: string } {
    const branchId = BranchId.make(this.branch(branch).edge.device.branch_id)
    const exit = this.ask((api) => Effect.result(api.lending.begin(this.shopper(n), branchId)))
    if (Exit.isFailure(exit)) throw new Error("the cloud failed", { cause: exit.cause })
    const { value } = exit
    return value._tag === "Success" ? { id: value.success } : { refused: JSON.stringify(value.failure) }
  }

  /** A rental whose cart is out: asked for, opened, taken. */
  out(n: number, branch = 0): { readonly id: string; readonly bay: BayPlan } {
    const asked = this.rent(n, branch)
    if ("refused" in asked) throw new Error(asked.refused)
    this.pass(3 * second)
    const bay = this.bayOf(asked.id)
    this.hand(bay, "take")
    this.pass(3 * second)
    return { id: asked.id, bay }
  }

  /** The row of a rental. */
  rental(id: string) {
    const row = this.store.tables.rentals.get(id)
    if (row === undefined) throw new RangeError(`there is no rental ${id}`)
    return row
  }

  state(id: string): string {
    return this.rental(id).state
  }

  bayOf(id: string): BayPlan {
    const { bayId } = this.rental(id)
    const bay = this.plan.bays.find((one) => one.id === bayId)
    if (bay === undefined) throw new RangeError(`rental ${id} has no bay`)
    return bay
  }

  /** A region of a twin as the cloud knows it. */
  word(kind: "bay" | "cart", id: string, region: string): string {
    return regionWord(this.store.tables.twins.get(`${kind}:${id}`)?.held.stored.value ?? null, region)
  }

  custody(bay: BayPlan): string {
    return this.word("cart", bay.cart, "custody")
  }

  /** The bay in which a cart belongs now. */
  homeOf(cartId: string): string | undefined {
    return this.store.tables.homes.get(cartId)?.bay.label
  }

  /** A hand at a bay; it must be able to. */
  hand(bay: BayPlan, verb: HandVerb): void {
    const acted = this.world.act(bay.id, verb, this.nowMs)
    if ("refused" in acted) throw new Error(acted.refused)
    this.#fieldOf(bay).touch(bay.board)
  }

  breakWith(bay: BayPlan, fault: FaultName): void {
    this.world.breakWith(bay.id, fault)
    this.#fieldOf(bay).touch(bay.board, true)
  }

  /** Somebody opens the lock without being asked to: a key, a wire. */
  force(bay: BayPlan): void {
    const frame = encode({ kind: "unlock", board: bay.board, lockIndex: bay.lockIndex })
    this.world.receive(bay.device, frame, this.nowMs)
    this.#fieldOf(bay).touch(bay.board)
  }

  #fieldOf(bay: BayPlan): Field {
    const branch = this.branches.find(({ edge }) => edge.device.id === bay.device)
    if (branch === undefined) throw new RangeError(`bay ${bay.label} is nowhere`)
    return branch.field
  }

  /** Staff open a bay; the command. */
  staffOpen(bay: BayPlan): CommandId {
    const of = { kind: "bay", id: bay.id } as const
    const asked = { order: { kind: "unlock" }, of, reason: "staff" } as const
    const exit = this.ask((api) => api.requests.ask(asked, person))
    if (Exit.isFailure(exit)) throw new Error("staff were refused", { cause: exit.cause })
    return exit.value
  }

  /** What the shopper of a rental was told, in order. */
  told(id: string): ReadonlyArray<string> {
    return [...this.store.tables.messages.values()].flatMap(({ about, rentalId }) => (rentalId === id ? [about] : []))
  }

  /** What became of returns at a bay, the oldest first. */
  returnsAt(bay: BayPlan) {
    return [...this.store.tables.returns.values()].filter((one) => one.bayId === bay.id)
  }

  /** Alarms that were raised at a bay; nobody has acknowledged any. */
  alarmsAt(bay: BayPlan): ReadonlyArray<string> {
    return [...this.store.tables.alarms.values()].flatMap(({ code, ref }) => (ref.id === bay.id ? [code] : []))
  }
}
