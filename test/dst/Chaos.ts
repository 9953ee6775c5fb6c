/** Strikes a simulated system with the faults its seed has turned on, until it is told to stop; then everything is mended. */
import { encode } from "#core/cu16/Codec.ts"
import type { Random } from "#core/Random.ts"
import { cartTopic, deviceTopic } from "#core/wire/Topics.ts"
import type { FaultName } from "#twins/world/FaultCatalogue.ts"
import type { World } from "#twins/world/World.ts"
import { Ambushes } from "./Ambushes.ts"
import type { CloudHost } from "./CloudHost.ts"
import type { EdgeHost } from "./EdgeHost.ts"
import type { Field } from "./Field.ts"
import type { Judge } from "./Judge.ts"
import { type Knob, strikes } from "./Knobs.ts"
import type { Direction, Line } from "./Line.ts"
import type { BayPlan } from "./Plan.ts"
import type { Packet, SimBroker } from "./SimBroker.ts"
import type { SometimesBook } from "./Sometimes.ts"
import type { MemoryStore } from "./store/MemoryStore.ts"
import type { Trace } from "./Trace.ts"
import type { VirtualTime } from "./VirtualTime.ts"

export interface Branch {
  readonly edge: EdgeHost
  readonly line: Line
  readonly field: Field
  readonly bays: ReadonlyArray<BayPlan>
}

export interface ChaosParts {
  readonly time: VirtualTime
  readonly random: (label: string) => Random
  readonly trace: Trace
  readonly world: World
  readonly broker: SimBroker
  readonly store: MemoryStore
  readonly cloud: CloudHost
  readonly cloudLine: Line
  readonly branches: ReadonlyArray<Branch>
  readonly judge: Judge
  readonly sometimes: SometimesBook
  /** Strikes of every knob in a day are so many times as many. */
  readonly intensity: number
}

const dayMs = 86_400_000
const secondMs = 1_000

/** A message worth sending again hours later. */
interface Remembered {
  readonly packet: Packet
  readonly branch: number
}

export class Chaos {
  readonly #parts: ChaosParts
  readonly #remembered: Array<Remembered> = []
  /** Undoes what is broken now. */
  readonly #mends = new Set<() => void>()
  /** Payloads that the cloud can not read: each it hears must be put aside. */
  readonly poison = new Set<string>()
  readonly #ambushes: Ambushes
  #on = true

  constructor(parts: ChaosParts, knobs: ReadonlySet<Knob>) {
    this.#parts = parts
    this.#ambushes = new Ambushes(parts)
    for (const knob of Object.keys(strikes) as ReadonlyArray<keyof typeof strikes>) {
      if (!knobs.has(knob)) continue
      const random = parts.random(`chaos/${knob}`)
      if (shared.has(knob)) this.#expect(knob, random, () => 0)
      else for (const index of parts.branches.keys()) this.#expect(knob, random, () => index)
    }
  }

  /** What the broker took: kept for later mischief. */
  remember(packet: Packet): void {
    const leaf = /\/devices\/([^/]+)\/(commands|boot\/reply|events\/ack|events|snapshot|boot|status|heartbeat)$/u.exec(
      packet.topic,
    )
    if (leaf === null) return
    const branch = this.#parts.branches.findIndex(({ edge }) => edge.device.id === leaf[1])
    if (branch < 0) return
    this.#remembered.push({ packet, branch })
    if (this.#remembered.length > 2_000) this.#remembered.splice(0, 1_000)
  }

  /** Ends every fault and brings everything back. */
  calm(): void {
    this.#on = false
    for (const mend of this.#mends) mend()
    this.#mends.clear()
    const { branches, broker, cloud, store } = this.#parts
    store.db.start()
    broker.start()
    cloud.start()
    for (const { edge } of branches) {
      edge.start()
      edge.disk?.fail(undefined)
    }
  }

  resume(): void {
    this.#on = true
  }

  #expect(knob: keyof typeof strikes, random: Random, which: () => number): void {
    const { intensity, sometimes, time, trace } = this.#parts
    const gapMs = (-Math.log(1 - random.next()) * dayMs) / (strikes[knob] * intensity)
    time.after(gapMs, () => {
      const branch = this.#parts.branches[which()]
      if (this.#on && branch !== undefined) {
        trace.add({ at: time.nowMs, what: "strike", knob, branch: branch.edge.device.branch_code })
        sometimes.hit(`knob: ${knob}`)
        this.#strike(knob, branch, random)
      }
      this.#expect(knob, random, which)
    })
  }

  /** Breaks something now and mends it later, or when all calms down. */
  #for(ms: number, mend: () => void): void {
    const once = () => {
      if (this.#mends.delete(once)) mend()
    }
    this.#mends.add(once)
    this.#parts.time.after(ms, once)
  }

  #strike(knob: keyof typeof strikes, branch: Branch, random: Random): void {
    const { cloud, cloudLine, store } = this.#parts
    const { edge, line } = branch
    const between = (fromMs: number, untilMs: number) => fromMs + random.next() * (untilMs - fromMs)
    switch (knob) {
      case "edgeCrash":
        if (random.chance(0.5)) edge.crash(random.chance(0.5))
        else if (edge.life !== undefined) edge.life.stepsToLive = random.int(1, 400)
        return this.#restartLater(edge, between(1, 120) * secondMs)
      case "edgeCrashMidCommand":
        return this.#crashAtNextCommand(edge, random)
      case "cloudCrash":
        if (random.chance(0.4)) cloud.crash(random.chance(0.7))
        else if (cloud.life !== undefined) cloud.life.stepsToLive = random.int(1, 600)
        return this.#for(between(2, 60) * secondMs, () => this.#revive(cloud))
      case "brokerCrash":
        this.#parts.broker.crash(random.chance(0.5))
        return this.#for(between(1, 40) * secondMs, () => this.#parts.broker.start())
      case "databaseCrash":
        store.db.crash()
        return this.#for(between(1, 60) * secondMs, () => store.db.start())
      case "edgePause":
        return edge.life?.pause(random.chance(0.5) ? between(100, 4_000) : between(1, 120) * secondMs)
      case "cloudPause":
        return cloud.life?.pause(random.chance(0.5) ? between(100, 4_000) : between(1, 60) * secondMs)
      case "partition":
        return this.#block(random.chance(0.3) ? cloudLine : line, ["up", "down"], between(1, 300) * secondMs)
      case "oneWay":
        return this.#block(
          random.chance(0.3) ? cloudLine : line,
          [random.chance(0.5) ? "up" : "down"],
          between(1, 120) * secondMs,
        )
      case "dayLong":
        return this.#block(line, ["up", "down"], dayMs * between(0.5, 1.2))
      case "connectionReset":
        return this.#parts.broker.kick(`edge-${edge.device.id}`)
      case "clockJump":
        edge.computer.wallAheadMs =
          random.pick([
            0,
            -1,
            1,
            -between(0, 60) * secondMs,
            between(0, 3600) * secondMs,
            -this.#parts.time.nowMs,
            129 * 365 * dayMs - this.#parts.time.nowMs,
          ]) ?? 0
        return
      case "diskFull":
        edge.disk?.fail("no space left on device")
        return this.#for(between(1, 120) * secondMs, () => edge.disk?.fail(undefined))
      case "serialNoise":
        return this.#breakBoard(branch, "lineNoise", between(2, 20) * secondMs, random)
      case "serialEcho":
        return this.#breakBoard(branch, "lineEcho", between(5, 60) * secondMs, random)
      case "serialLate":
        return this.#breakBoard(branch, "replyLate", between(2, 20) * secondMs, random)
      case "repliesLost":
        return this.#breakBoard(
          branch,
          random.chance(0.5) ? "repliesLost" : "repliesLostAfterPulse",
          between(2, 20) * secondMs,
          random,
        )
      case "replyCutShort":
        return this.#breakBoard(branch, "replyCutShort", between(2, 20) * secondMs, random)
      case "boardSilent":
        this.#parts.sometimes.hit("board silent")
        return this.#breakBoard(branch, "boardSilent", between(1, 60) * secondMs, random)
      case "unplug":
        edge.serial?.unplug()
        return this.#for(between(1, 30) * secondMs, () => edge.serial?.plug())
      case "jam":
        return this.#breakBay(branch, "lockJammed", between(1, 60) * 60 * secondMs, random)
      case "sensorCut":
        return this.#breakBay(branch, "sensorWireCut", between(10, 600) * secondMs, random)
      case "forcedOpen":
        return this.#force(branch, random)
      case "retainedGhost":
        return this.#retainGhost(branch, random)
      case "staleWill":
        return this.#again(branch, "status", random, (packet) => ({ ...packet, payload: asOffline(packet.payload) }))
      case "oldSnapshot":
        return this.#again(branch, "/snapshot", random, (packet) => packet)
      case "replay":
        return this.#again(branch, "", random, (packet) => packet)
      case "heldCommand":
      case "lateCommand":
      case "repeatedCommand":
      case "retainedCommand":
      case "strangerCommand":
        // Lies in wait for the next command of the device.
        this.#ambushes.lay({ branch, knob, random })
        return
      case "bounce": {
        const bay = random.pick(branch.bays)
        return bay === undefined ? undefined : branch.field.bounce(bay.board, bay.lockIndex)
      }
      case "poison":
        return this.#poison(branch, random)
    }
  }

  /** True if a message is taken out of the broker's hands, to come back otherwise. */
  takes(packet: Packet): boolean {
    return this.#on && this.#ambushes.takes(packet)
  }

  #restartLater(edge: EdgeHost, ms: number): void {
    const revive = () => {
      if (edge.running && edge.life?.stepsToLive !== Infinity) edge.crash(false)
      edge.start()
    }
    this.#for(ms, revive)
  }

  #revive(cloud: CloudHost): void {
    if (cloud.running && cloud.life?.stepsToLive !== Infinity) cloud.crash(true)
    cloud.start()
  }

  /** The next command that the device writes down finds its computer without power, so many steps later. */
  #crashAtNextCommand(edge: EdgeHost, random: Random): void {
    const { sometimes } = this.#parts
    const steps = random.int(1, 120)
    edge.onCommandDurable = () => {
      edge.onCommandDurable = () => {}
      if (!this.#on || edge.life === undefined) return
      sometimes.hit("edge killed with a command open")
      edge.life.stepsToLive = steps
      this.#restartLater(edge, (1 + random.next() * 60) * secondMs)
    }
  }

  #block(line: Line, directions: ReadonlyArray<Direction>, ms: number): void {
    for (const direction of directions) line.block(direction)
    this.#for(ms, () => {
      for (const direction of directions) line.open(direction)
    })
  }

  #breakBoard({ bays, field }: Branch, fault: FaultName, ms: number, random: Random): void {
    const { world } = this.#parts
    const bay = random.pick(bays)
    if (bay === undefined || "refused" in world.breakWith(bay.id, fault)) return
    field.touch(bay.board, true)
    this.#for(ms, () => this.#restore(bay, field))
  }

  #breakBay({ bays, field }: Branch, fault: FaultName, ms: number, random: Random): void {
    const { sometimes, world } = this.#parts
    const bay = random.pick(bays)
    if (bay === undefined || "refused" in world.breakWith(bay.id, fault)) return
    if (fault === "lockJammed") sometimes.hit("lock jammed")
    field.touch(bay.board)
    this.#for(ms, () => this.#restore(bay, field))
  }

  /** All faults of a bay and of its board end: a hand can not tell them apart either. */
  #restore(bay: BayPlan, field: Field): void {
    const { time, world } = this.#parts
    world.act(bay.id, "restore", time.nowMs)
    field.touch(bay.board, false)
  }

  /** Somebody opens a lock with a tool of his own. */
  #force({ bays, edge, field }: Branch, random: Random): void {
    const { judge, time, world } = this.#parts
    const bay = random.pick(bays)
    if (bay === undefined) return
    const frame = encode({ kind: "unlock", board: bay.board, lockIndex: bay.lockIndex })
    judge.foreignPulse(() => world.receive(edge.device.id, frame, time.nowMs))
    time.after(80, () => field.touch(bay.board))
    if (random.chance(0.5)) time.after(5_000, () => void world.act(bay.id, "take", time.nowMs))
    time.after(5_001, () => field.touch(bay.board))
    time.after(120_000, () => {
      world.act(bay.id, "return", time.nowMs)
      field.touch(bay.board)
    })
  }

  #last({ edge }: Branch, leaf: string, random: Random): Packet | undefined {
    const own = this.#remembered.filter(
      ({ branch, packet }) => this.#parts.branches[branch]?.edge === edge && packet.topic.endsWith(leaf),
    )
    return random.pick(own)?.packet
  }

  #retainGhost(branch: Branch, random: Random): void {
    const { broker } = this.#parts
    const ghost = this.#last(branch, "/commands", random)
    if (ghost === undefined) return
    const topic = random.chance(0.3) ? cartTopicOf(branch, random) : ghost.topic
    broker.publish({ topic, payload: ghost.payload, retain: true }, "mischief")
    if (random.chance(0.5)) broker.kick(`edge-${branch.edge.device.id}`)
    this.#for(60 * secondMs, () => broker.publish({ topic, payload: new Uint8Array(), retain: true }, "mischief"))
  }

  #again(branch: Branch, leaf: string, random: Random, change: (packet: Packet) => Packet): void {
    const { broker, time } = this.#parts
    const packet = this.#last(branch, leaf, random)
    if (packet === undefined) return
    const waitMs = random.chance(0.6) ? random.next() * 20_000 : random.next() * 6 * 3_600_000
    time.after(waitMs, () => {
      if (this.#on) broker.publish(change(packet), "mischief")
    })
  }

  #poison({ edge }: Branch, random: Random): void {
    const { broker } = this.#parts
    const { device } = edge
    const address = { chainSlug: device.chain_slug, branchCode: device.branch_code }
    const [leaf = "events", text = "{"] =
      random.pick([
        ["events", "{"],
        ["events", '{"v":1}'],
        ["boot", '{"v":1,"session":"x"}'],
        ["snapshot", "[]"],
        ["heartbeat", "null"],
        ["commands", "{}"],
        ["commands", '{"protected":"x","payload":"y","signature":"z"}'],
        ["boot/reply", '{"status":"accepted"}'],
        ["events/ack", '{"seq":-1}'],
      ] as const) ?? []
    const payload = bytesOf(text)
    if (forCloud.has(leaf)) this.poison.add(text)
    broker.publish({ topic: deviceTopic(address, device.id, leaf), payload, retain: false }, "mischief")
  }
}

/** Knobs that hit what all branches share: they strike once, not once a branch. */
const shared: ReadonlySet<Knob> = new Set(["cloudCrash", "brokerCrash", "databaseCrash", "cloudPause"])

/** Leaves that the cloud reads. */
const forCloud: ReadonlySet<string> = new Set(["events", "boot", "snapshot", "heartbeat"])

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

const cartTopicOf = ({ bays, edge: { device } }: Branch, random: Random): string => {
  const address = { chainSlug: device.chain_slug, branchCode: device.branch_code }
  return cartTopic(address, random.pick(bays)?.cart ?? "", "unlock")
}

/** A status of an old session, as its last will would say it. */
const asOffline = (payload: Uint8Array): Uint8Array =>
  bytesOf(new TextDecoder().decode(payload).replace('"status":"online"', '"status":"offline"'))
