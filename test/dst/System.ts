/** The whole system, put together on one virtual clock: branches, broker, cloud, database, people, faults and judges. */
import { randomOf } from "#core/Random.ts"
import { makeWorld, type World } from "#twins/world/World.ts"
import { type Branch, Chaos } from "./Chaos.ts"
import { CloudHost } from "./CloudHost.ts"
import { EdgeHost } from "./EdgeHost.ts"
import { Eavesdropper } from "./Eavesdropper.ts"
import { Field } from "./Field.ts"
import { Judge } from "./Judge.ts"
import { KeptJudge } from "./KeptJudge.ts"
import { type Knob, shares } from "./Knobs.ts"
import { KnownCommands } from "./KnownCommands.ts"
import { Line } from "./Line.ts"
import { makePlan, type Plan } from "./Plan.ts"
import type { Plant } from "./Plant.ts"
import { RentalJudge } from "./RentalJudge.ts"
import { Renters } from "./Renters.ts"
import { judgeRest } from "./Rest.ts"
import { type Answer, Shoppers } from "./Shoppers.ts"
import { SimBroker } from "./SimBroker.ts"
import type { Scenario } from "./Simulation.ts"
import { SometimesBook } from "./Sometimes.ts"
import { makeMemoryStore, type MemoryStore } from "./store/MemoryStore.ts"
import { Trace } from "./Trace.ts"
import { Verdicts } from "./Verdicts.ts"
import { VirtualTime } from "./VirtualTime.ts"
import { watchOver } from "./Watch.ts"

/** How long a fact may take to the disk of a program that stood still, or that did not know the time yet. */
const settleMs = 150_000

export class System {
  readonly #knobs: ReadonlySet<Knob>
  readonly #random: (label: string) => ReturnType<typeof randomOf>
  readonly #plan: Plan
  readonly #world: World
  readonly #store: MemoryStore
  readonly #broker: SimBroker
  readonly #cloud: CloudHost
  readonly #branches: ReadonlyArray<Branch>
  readonly #branchOf: ReadonlyMap<string, Branch>
  readonly #chaos: Chaos
  readonly #shops: ReadonlyArray<Shoppers>
  readonly #renters: ReadonlyArray<Renters>
  readonly #rentals: RentalJudge
  readonly #kept: KeptJudge
  readonly #eavesdropper: Eavesdropper
  readonly #weather = { baseMs: 12, tailShare: 0, tailMs: 9_000 }
  readonly #answered = new Set<string>()
  readonly #syncedSince = new WeakMap<object, number>()
  #poisonHeard = 0
  #mischief = true
  readonly time: VirtualTime
  readonly trace: Trace
  readonly sometimes = new SometimesBook()
  readonly verdicts: Verdicts
  readonly commands = new KnownCommands()
  readonly judge: Judge

  constructor(
    scenario: Scenario,
    knobs: ReadonlyArray<Knob>,
    plant: Plant,
    startMs: number,
    onLine?: (line: string) => void,
  ) {
    this.#knobs = new Set(knobs)
    this.#random = (label) => randomOf(scenario.seed, label)
    this.trace = new Trace(onLine)
    this.time = new VirtualTime(this.#random("ties"), startMs)
    this.verdicts = new Verdicts(this.time, this.trace)
    this.#plan = makePlan(scenario)
    const world = makeWorld(this.#plan.world(scenario.seed))
    this.#world = this.#watched(world)
    this.trace.add({ at: startMs, what: "scenario", ...scenario, knobs, plant: plant.name })
    this.#store = this.#makeStore(startMs)
    this.#broker = new SimBroker(this.time, this.#random("broker"), this.trace, {
      lostShare: 0,
      repeatedShare: 0,
      reorderedShare: 0,
    })
    const shared = {
      time: this.time,
      trace: this.trace,
      verdicts: this.verdicts,
      commands: this.commands,
      sometimes: this.sometimes,
      store: this.#store,
    }
    this.#eavesdropper = new Eavesdropper({ ...shared, kept: () => this.#kept })
    this.#kept = new KeptJudge({ ...shared, onLost: (device) => this.#judgeLost(device) })
    this.judge = new Judge({
      ...shared,
      plan: this.#plan,
      world: this.#world,
      lifeOf: (device) => this.#edgeOf(device)?.starts ?? 0,
      sessionOf: (device) => this.#eavesdropper.sessionOf(device),
      spokenEpochOf: (device, agoMs) => this.#eavesdropper.spokenEpochOf(device, agoMs),
      clockErrorMs: (device) => this.#clockErrorMs(device),
      touchedAtMs: (device, board) => this.#branchOf.get(device)?.field.touchedAtMs(board) ?? Infinity,
    })
    const bays = new Map(this.#plan.bays.map((bay) => [bay.id, bay]))
    this.#rentals = new RentalJudge({
      ...shared,
      world,
      bays,
      touchedAtMs: ({ device, board }) => this.#branchOf.get(device)?.field.touchedAtMs(board) ?? Infinity,
    })
    const judgeKept = this.#store.db.onCommit
    this.#store.db.onCommit = (changes) => {
      judgeKept(changes)
      this.#rentals.committed(changes)
    }
    const cloudLine = new Line(this.time, this.#random("line/cloud"), this.#weather)
    this.#cloud = new CloudHost({
      time: this.time,
      random: (label) => this.#random(`cloud/${label}`),
      trace: this.trace,
      broker: this.#broker,
      line: cloudLine,
      store: this.#store,
      plants: plant.cloud,
      sometimes: this.sometimes,
      ear: {
        said: (topic, payload) => this.#eavesdropper.cloudSays(topic, payload),
        heard: (payload) => this.#cloudHeard(payload),
      },
    })
    this.#branches = this.#plan.devices.map((_, index) => this.#makeBranch(index, plant))
    this.#branchOf = new Map(this.#branches.map((branch) => [branch.edge.device.id, branch]))
    this.#chaos = new Chaos(
      {
        time: this.time,
        random: this.#random,
        trace: this.trace,
        world: this.#world,
        broker: this.#broker,
        store: this.#store,
        cloud: this.#cloud,
        cloudLine,
        branches: this.#branches,
        judge: this.judge,
        sometimes: this.sometimes,
        intensity: scenario.intensity,
      },
      this.#knobs,
    )
    this.#broker.onPublish = (packet, from) => {
      this.trace.add({ at: this.time.nowMs, what: "mqtt", topic: packet.topic, from, bytes: packet.payload.length })
      this.#eavesdropper.hear(packet, from)
      if (from !== "mischief") this.#chaos.remember(packet)
    }
    this.#broker.takes = (packet, from) => from !== "mischief" && this.#chaos.takes(packet)
    this.#shops = this.#branches.map((branch) => this.#makeShop(branch, scenario.perHour))
    this.#renters = this.#branches.map(
      (branch) =>
        new Renters({
          ...shared,
          random: this.#random(`${branch.edge.device.branch_code}/renters`),
          world: this.#world,
          cloud: this.#cloud,
          judge: this.#rentals,
          branch,
          bays,
          perHour: scenario.perHour / 2,
        }),
    )
    watchOver({
      ...shared,
      cloud: this.#cloud,
      kept: this.#kept,
      eavesdropper: this.#eavesdropper,
      devices: this.#plan.devices.map(({ id }) => id),
    })
    this.mischief()
    this.#cloud.start()
    for (const { edge } of this.#branches) edge.start()
  }

  /** Nothing breaks any more, nobody new comes, and from `stillAfterMs` on nobody moves anything. */
  calm(stillAfterMs: number): void {
    this.#mischief = false
    this.#chaos.calm()
    Object.assign(this.#broker.manners, { lostShare: 0, repeatedShare: 0, reorderedShare: 0 })
    this.#weather.tailShare = 0
    for (const shop of [...this.#shops, ...this.#renters]) {
      shop.open = false
      this.time.after(stillAfterMs, () => void (shop.still = true))
    }
    this.trace.add({ at: this.time.nowMs, what: "calm" })
  }

  /** From now on anything may break. */
  mischief(): void {
    this.#mischief = true
    this.#chaos.resume()
    Object.assign(this.#broker.manners, {
      lostShare: this.#share("lost"),
      repeatedShare: this.#share("repeated"),
      reorderedShare: this.#share("reordered"),
    })
    this.#weather.tailShare = this.#share("delayTail")
    for (const shop of [...this.#shops, ...this.#renters]) {
      shop.open = true
      shop.still = false
    }
    this.trace.add({ at: this.time.nowMs, what: "mischief" })
  }

  /** Judges what must be so after calm. */
  judgeRest(calmFromMs: number): void {
    judgeRest({
      time: this.time,
      plan: this.#plan,
      world: this.#world,
      store: this.#store,
      verdicts: this.verdicts,
      judge: this.judge,
      kept: this.#kept,
      commands: this.commands,
      answered: this.#answered,
      branches: this.#branches,
      cloud: this.#cloud,
      calmFromMs,
    })
    this.#rentals.atRest()
    const aside = this.#store.quarantined.filter(({ payload }) => this.#isPoison(payload)).length
    if (aside < this.#poisonHeard) {
      this.verdicts.fail("I12 no silent loss", `${this.#poisonHeard} poisoned messages came, ${aside} were put aside`)
    }
  }

  /** The world, whose judge of rentals sees every hand and every broken sensor. */
  #watched(world: World): World {
    return {
      ...world,
      act: (bay, verb, atMs) => {
        const acted = world.act(bay, verb, atMs)
        if ("done" in acted) this.#rentals.hand(bay, verb)
        return acted
      },
      breakWith: (bay, fault) => {
        if (fault === "sensorWireCut") this.#rentals.sensorBroke(bay)
        return world.breakWith(bay, fault)
      },
    }
  }

  #share(knob: keyof typeof shares): number {
    if (!this.#knobs.has(knob)) return 0
    this.sometimes.hit(`knob: ${knob}`)
    return shares[knob]
  }

  #makeStore(startMs: number): MemoryStore {
    const random = this.#random("database")
    const slow = this.#knobs.has("slowDatabase")
    if (slow) this.sometimes.hit("knob: slowDatabase")
    const store = makeMemoryStore(this.#plan.places, {
      nowMs: () => this.time.nowMs,
      statementMs: () => random.next() * (slow ? 40 : 1.5),
      commitBreaks: () => {
        if (!this.#mischief || !this.#knobs.has("commitBreaks") || !random.chance(shares.commitBreaks)) return undefined
        this.sometimes.hit("knob: commitBreaks")
        if (random.chance(0.5)) return "before"
        this.sometimes.hit("commit kept although the connection broke")
        return "after"
      },
    })
    for (const twin of this.#plan.twins(startMs)) {
      store.tables.twins.set(`${twin.held.ref.kind}:${twin.held.ref.id}`, twin)
    }
    return store
  }

  #makeBranch(index: number, plant: Plant): Branch {
    const device = this.#plan.devices[index]
    if (device === undefined) throw new RangeError(`there is no branch ${index}`)
    const own = (label: string) => this.#random(`${device.branch_code}/${label}`)
    const line = new Line(this.time, own("line"), this.#weather)
    const field = new Field(device.id, this.#world, this.time, own("field"), {
      pulsed: (board, lockIndex) => this.judge.pulsed(device.id, board, lockIndex),
      answered: (board, hooks) => this.judge.boardAnswered(device.id, board, hooks),
    })
    const diskRandom = own("disk")
    const slow = this.#knobs.has("slowDisk")
    if (slow) this.sometimes.hit("knob: slowDisk")
    const edge = new EdgeHost(device, {
      time: this.time,
      random: own,
      trace: this.trace,
      broker: this.#broker,
      line,
      field,
      syncMs: () => (slow ? diskRandom.next() * 400 : 1 + diskRandom.next() * 4),
      plant: plant.edge,
      onDurable: (bytes) => this.judge.durable(device.id, bytes),
      onDeath: () => this.judge.edgeDied(device.id),
      sometimes: this.sometimes,
    })
    const clocks = own("clocks")
    edge.computer.driftPpm = (clocks.next() - 0.5) * 160
    if (this.#knobs.has("clockOffset")) {
      this.sometimes.hit("knob: clockOffset")
      edge.computer.wallAheadMs = Math.round((clocks.next() - 0.5) * 2 * 3_600_000)
    }
    return { edge, line, field, bays: this.#plan.bays.filter((bay) => bay.device === device.id) }
  }

  #makeShop({ bays, edge }: Branch, perHour: number): Shoppers {
    return new Shoppers(
      {
        time: this.time,
        random: this.#random(`${edge.device.branch_code}/shoppers`),
        trace: this.trace,
        world: this.#world,
        cloud: this.#cloud,
        field: (device) => this.#branchOf.get(device)?.field,
        onAnswer: (_, answer) => this.#hearAnswer(answer),
      },
      bays,
      perHour,
    )
  }

  #hearAnswer(answer: Answer): void {
    if ("id" in answer) {
      this.#answered.add(answer.id)
      if (this.commands.get(answer.id) === undefined) {
        this.verdicts.fail("I5 acknowledged survives", `command ${answer.id} was answered and is not kept`)
      }
    } else if ("refused" in answer) {
      this.sometimes.hit("unlock refused by the cloud")
      if (answer.refused === "device_offline") this.sometimes.hit("unlock refused: device offline")
    }
  }

  #isPoison(payload: Uint8Array): boolean {
    return payload.length < 40 && this.#chaos.poison.has(new TextDecoder().decode(payload))
  }

  #cloudHeard(payload: Uint8Array): void {
    if (!this.#isPoison(payload)) return
    this.#poisonHeard += 1
    this.sometimes.hit("poison heard")
  }

  /** Only the last will of the session that speaks now may make a device lost, or the cloud's own doubt. */
  #judgeLost(device: string): void {
    const will = this.#eavesdropper.offlineOf(device)
    const session = this.#store.tables.sessions.get(device)?.session ?? 0
    if (will === undefined || will.session >= session || this.time.nowMs - will.at > 5_000) return
    if (this.time.nowMs - this.#cloud.doubtedMs < 15_000) return
    this.verdicts.fail("I9 honest staleness", "a last will of an earlier session made a device lost")
  }

  #edgeOf(device: string): EdgeHost | undefined {
    return this.#branchOf.get(device)?.edge
  }

  /** What its clock itself says it may be off, and the time a fact may take to the disk. */
  #clockErrorMs(device: string): number {
    const host = this.#edgeOf(device)
    const program = host?.program
    if (program === undefined || host?.life === undefined || host.life.pausedWithin(settleMs)) return Infinity
    const uncertaintyMs = program.time.sync.uncertaintyMs(program.time.monoMs())
    if (uncertaintyMs === undefined || program.journal.status().failure !== undefined) return Infinity
    const { nowMs } = this.time
    const since = this.#syncedSince.get(program)
    if (since === undefined) this.#syncedSince.set(program, nowMs)
    return nowMs - (since ?? nowMs) < settleMs ? Infinity : uncertaintyMs + 5_000
  }
}
