/**
 * A device on a bench, for tests: the real program on simulated boards, a disk in memory, and a cloud that is a list. Time
 * is the test clock's; `advance` lets it pass in small steps. The power can be cut at any moment: what was not synced is
 * gone, the boards and their coils are not.
 */
import { Effect, Exit, Queue, Random, Schema, Scope } from "effect"
import { TestClock } from "effect/testing"

import { toInstant } from "#core/domain/Instant.ts"
import type { TwinEvent } from "#core/domain/TwinEvent.ts"
import { CommandAck } from "#core/wire/Commands.ts"
import { type CommandFact, type Fact, FactsMessage, SnapshotMessage, type TwinFact } from "#core/wire/Facts.ts"
import { BoardReport } from "#core/wire/BoardReport.ts"
import { ConfigReported } from "#core/wire/Config.ts"
import { BootMessage, type BootReply } from "#core/wire/Presence.ts"
import { TelemetryMessage } from "#core/wire/Telemetry.ts"
import type { Stored } from "#twins/Stored.ts"
import type { Stepped } from "#twins/Twin.ts"
import { makeWorld } from "#twins/world/World.ts"

import { verifyWith } from "./commands/CommandKeys.ts"
import { testSigner } from "./commands/CommandSigner.fixture.ts"
import { type DeviceConfig, EdgeConfig } from "./config/EdgeConfig.ts"
import { keepDevice } from "./DeviceLives.ts"
import type { DeviceProgram } from "./DeviceProgram.ts"
import type { Sign } from "./indicator/Indicator.ts"
import { makeMemoryDisk, type MemoryDisk } from "./journal/MemoryDisk.ts"
import { scanRecords } from "./journal/Record.ts"
import { makeSimulatedLink } from "./link/SimulatedLink.ts"
import { type MqttLink, MqttLost, type MqttMessage, type MqttOptions } from "./sync/MqttLink.ts"

export const uuidOf = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`

/** The bench's cloud. */
export const benchSigner = testSigner(1)

/** Two boards; bays 100.. on board 0 (locks 0..), 200.. on board 1, each with the cart of its number plus 1000. */
const config: EdgeConfig = Schema.decodeUnknownSync(EdgeConfig)({
  v: 1,
  broker: { host: "nowhere", port: 1 },
  data_dir: "unused",
  command_keys: [benchSigner.key],
  simulator: { control_port: 0, seed: 1, ttys: false },
  devices: [
    {
      id: uuidOf(1),
      chain_id: uuidOf(2),
      branch_id: uuidOf(3),
      chain_slug: "chain",
      branch_code: "BRANCH",
      simulated: true,
      buses: [
        {
          link: { kind: "simulated" },
          controllers: [0, 1].map((address) => ({
            id: uuidOf(10 + address),
            address,
            bays: [0, 1, 2].map((lock) => ({
              id: uuidOf(100 * (address + 1) + lock),
              lock_index: lock,
              label: `B${address}-${lock}`,
              cart_id: uuidOf(1000 + 100 * (address + 1) + lock),
            })),
          })),
        },
      ],
    },
  ],
})

const [onBench] = config.devices
if (onBench === undefined) throw new RangeError("the bench has no device")
/** The device on the bench, as its config file has it. */
export const benchDevice: DeviceConfig = onBench

const decode = <A>(schema: Schema.Codec<A, unknown>) => Schema.decodeUnknownSync(Schema.fromJsonString(schema))
const readers = {
  boot: decode(BootMessage),
  events: decode(FactsMessage),
  snapshot: decode(SnapshotMessage),
  "commands/ack": decode(CommandAck),
  "config/reported": decode(ConfigReported),
  probe: decode(BoardReport),
  telemetry: decode(TelemetryMessage),
} as const

/** One message as the broker got it; `leaf` is the whole topic if it is none of the device's own. */
export interface Said {
  readonly leaf: string
  readonly message: Readonly<Record<string, unknown>>
  readonly bytes: number
  readonly qos: number
  readonly retain: boolean
  readonly at: number
}

/** The far end of MQTT: takes boots, notes facts without holes, acknowledges. Can be unreachable, or mute. */
class FakeCloud {
  readonly facts: Array<Fact> = []
  readonly acks: Array<CommandAck> = []
  readonly boots: Array<BootMessage> = []
  readonly snapshots: Array<SnapshotMessage> = []
  readonly telemetry: Array<TelemetryMessage> = []
  readonly replayed: Array<number> = []
  /** What the device said of its configuration. */
  readonly reported: Array<ConfigReported> = []
  readonly boardReports: Array<BoardReport> = []
  /** What the boot's answer says of the configuration; undefined is a cloud that knows of none. */
  config: Extract<BootReply, { status: "accepted" }>["config"]
  /** Everything the device has published, and how. */
  readonly said: Array<Said> = []
  /** What it asked for each time it tried to connect. */
  readonly connects: Array<MqttOptions & { readonly at: number }> = []
  /** What is answered to a boot instead of "accepted"; undefined is no answer at all. */
  answer: ((boot: BootMessage) => object | undefined) | undefined
  /** Topics the device hears beside those it asked for when it connected, and no more. */
  readonly heard: Array<string> = []
  readonly unheard: Array<string> = []
  /** Retained payloads by topic. */
  readonly retained = new Map<string, string>()
  epoch = 0
  watermark = 0
  reachable = true
  /** Facts messages are lost on the way while this is true. */
  losesFacts = false
  #connection: { readonly queue: Queue.Queue<MqttMessage>; readonly lose: () => void } | undefined
  readonly #nowMs: () => number

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  readonly link: MqttLink = {
    connect: (options) =>
      Effect.gen({ self: this }, function* () {
        this.connects.push({ ...options, at: this.#nowMs() })
        if (!this.reachable) return yield* new MqttLost({ message: "The broker is not there." })
        const queue = yield* Queue.unbounded<MqttMessage>()
        const ended = yield* Queue.unbounded<MqttLost>()
        const connection = {
          queue,
          lose: () => void Queue.offerUnsafe(ended, new MqttLost({ message: "The connection ended." })),
        }
        this.#connection = connection
        return {
          isOpen: () => this.#connection === connection,
          messages: queue,
          dropped: () => 0,
          publish: (topic, payload, { qos, retain = false }) => {
            if (this.#connection !== connection) return
            const leaf = topic.startsWith(deviceTopic) ? topic.slice(deviceTopic.length + 1) : topic
            this.said.push({
              leaf,
              message: JSON.parse(payload),
              bytes: payload.length,
              qos,
              retain,
              at: this.#nowMs(),
            })
            if (retain) this.retained.set(topic, payload)
            this.#hear(topic, payload)
          },
          listen: (to, notTo) => {
            this.heard.push(...to)
            this.unheard.push(...notTo)
          },
          drained: Effect.void,
          closed: Queue.take(ended),
        }
      }),
  }

  /** Delivers a message to the device as the broker would. */
  deliver(leaf: string, payload: string | Uint8Array, retain = false): void {
    const bytes = typeof payload === "string" ? new TextEncoder().encode(payload) : payload
    const topic = leaf.startsWith("carts/") ? `cartwise/chain/BRANCH/${leaf}` : `${deviceTopic}/${leaf}`
    if (this.#connection !== undefined) Queue.offerUnsafe(this.#connection.queue, { topic, payload: bytes, retain })
  }

  disconnect(): void {
    this.#connection?.lose()
    this.#connection = undefined
  }

  #hear(topic: string, payload: string): void {
    switch (topic.slice(deviceTopic.length + 1)) {
      case "boot":
        return this.#takeBoot(readers.boot(payload))
      case "events":
        return this.losesFacts ? undefined : this.#takeFacts(readers.events(payload))
      case "snapshot":
        return void this.snapshots.push(readers.snapshot(payload))
      case "config/reported":
        return void this.reported.push(readers["config/reported"](payload))
      case "probe":
        return void this.boardReports.push(readers.probe(payload))
      case "commands/ack":
        return void this.acks.push(readers["commands/ack"](payload))
      case "telemetry":
        return void this.telemetry.push(readers.telemetry(payload))
    }
  }

  #takeBoot(boot: BootMessage): void {
    this.boots.push(boot)
    if (this.answer !== undefined) {
      const reply = this.answer(boot)
      return reply === undefined ? undefined : this.deliver("boot/reply", JSON.stringify(reply))
    }
    this.epoch += 1
    this.deliver(
      "boot/reply",
      JSON.stringify({
        v: 1,
        status: "accepted",
        session: boot.session,
        epoch: this.epoch,
        server_time: toInstant(this.#nowMs()),
        mono_ms: boot.mono_ms,
        heartbeat_ms: 30_000,
        journal: { id: boot.journal.id, acknowledged: this.watermark },
        ...(this.config === undefined ? {} : { config: this.config }),
      }),
    )
  }

  #takeFacts({ facts, journal_id, replay }: FactsMessage): void {
    const gap = (facts[0]?.seq ?? 0) > this.watermark + 1
    for (const fact of facts) {
      if (fact.seq !== this.watermark + 1) continue
      this.watermark = fact.seq
      this.facts.push(fact)
      if (replay) this.replayed.push(fact.seq)
    }
    this.deliver("events/ack", JSON.stringify({ v: 1, journal_id, seq: this.watermark, ...(gap ? { gap } : {}) }))
  }
}

const deviceTopic = `cartwise/chain/BRANCH/devices/${uuidOf(1)}`

export interface BenchOptions {
  /** Takes the place of `step`. */
  readonly step?: (stored: Stored, event: TwinEvent) => Stepped
  /** What the cloud answers to boots from the first on, as `FakeCloud.answer`. */
  readonly answer?: (boot: BootMessage) => object | undefined
  /** How far the cloud's clock is ahead of the device's, in milliseconds. */
  readonly cloudAheadMs?: number
}

/** Puts a device on the bench and turns it on. */
export const makeBench = Effect.fn("makeBench")(function* (options: BenchOptions = {}) {
  const clock = yield* Effect.clockWith(Effect.succeed)
  const device = benchDevice
  const world = makeWorld({
    seed: 1,
    buses: [
      {
        device: device.id,
        boards: (device.buses[0]?.controllers ?? []).map(({ address, bays }) => ({
          address,
          bays: bays.map((bay) => ({ id: bay.id, lockIndex: bay.lock_index, label: bay.label, cart: bay.cart_id })),
        })),
      },
    ],
  })
  /** The cloud's time. */
  const nowMs = () => clock.currentTimeMillisUnsafe() + (options.cloudAheadMs ?? 0)
  const cloud = new FakeCloud(nowMs)
  cloud.answer = options.answer
  let lives = 0
  const newId = Effect.sync(() => uuidOf(900_000 + ++lives))
  let disk: MemoryDisk = makeMemoryDisk()
  let scope: Scope.Closeable | undefined
  let program: (() => DeviceProgram) | undefined
  /** What people at the device were shown. */
  const signs: Array<Sign> = []
  let cut = () => {}

  const turnOn = Effect.gen(function* () {
    scope = yield* Scope.make()
    const power = { on: true }
    cut = () => void (power.on = false)
    const receive = (bytes: Uint8Array, atMs: number) => (power.on ? world.receive(device.id, bytes, atMs) : [])
    const links = [makeSimulatedLink("simulated bus", { receive })]
    program = yield* keepDevice(device, {
      disk,
      links,
      mqtt: cloud.link,
      verify: verifyWith(config.command_keys),
      newId,
      indicator: { show: (sign) => Effect.sync(() => void signs.push(sign)) },
      ...(options.step === undefined ? {} : { parts: { step: options.step } }),
    }).pipe(Effect.provideService(Scope.Scope, scope), Random.withSeed("bench"), Effect.orDie)
  })
  /** Ends what runs. A turn on the bus that has begun is finished, which takes its time. */
  const close = Effect.suspend(() => {
    if (scope === undefined) return Effect.void
    const closing = Effect.forkChild(Scope.close(scope, Exit.void), { startImmediately: true })
    return Effect.flatMap(closing, (fiber) =>
      Effect.whileLoop({
        while: () => fiber.pollUnsafe() === undefined,
        body: () => TestClock.adjust(stepMs),
        step: () => undefined,
      }),
    )
  })
  /** Ends the program without a word: only what is durable is left. */
  const cutPowerLeaving = Effect.fnUntraced(function* (files: ReadonlyMap<string, Uint8Array>) {
    const left = makeMemoryDisk(files)
    cloud.disconnect()
    disk.fail("the power is off")
    cut()
    yield* close
    disk = left
  })
  const advance = Effect.fnUntraced(function* (ms: number) {
    for (let passed = 0; passed < ms; passed += stepMs) yield* TestClock.adjust(Math.min(stepMs, ms - passed))
  })
  yield* turnOn
  yield* Effect.addFinalizer(() => close)

  return {
    world,
    cloud,
    advance,
    turnOn,
    /** Ends the program in order. */
    turnOff: close,
    cutPower: Effect.suspend(() => cutPowerLeaving(disk.durable())),
    /** The same, in the moment in which this record was the newest that the disk had taken. */
    cutPowerBehind: (isNewest: (record: unknown) => boolean) =>
      Effect.suspend(() =>
        cutPowerLeaving(new Map([...disk.durable()].map(([name, bytes]) => [name, upTo(bytes, isNewest)]))),
      ),
    disk: () => disk,
    program: () => program?.(),
    signs,
    /** A command in order, for the bay of lock 0 on board 0 unless told otherwise. */
    command: (over: Readonly<Record<string, unknown>> = {}) => ({
      v: 1,
      command_id: uuidOf(5_000 + ++lives),
      kind: "unlock",
      tenant: device.chain_id,
      branch: device.branch_id,
      device: device.id,
      target: { kind: "bay", id: uuidOf(100) },
      epoch: cloud.epoch,
      issued_at: toInstant(nowMs()),
      expires_at: toInstant(nowMs() + 10_000),
      ...over,
    }),
    /** Signs a command and sends it. */
    send: (command: object, retain = false) => cloud.deliver("commands", benchSigner.sign(command), retain),
    /** The stages the cloud has heard of for a command, with the reason of the last. */
    stages: (commandId: string) =>
      cloud.facts
        .filter((fact): fact is CommandFact => fact.fact === "command" && fact.command_id === commandId)
        .map(({ stage, reason }) => (reason === undefined ? stage : `${stage}(${reason})`)),
    /** The pulses that the newest word about a command tells of. */
    pulsesTold: (commandId: string) =>
      cloud.facts.filter((fact): fact is CommandFact => fact.fact === "command" && fact.command_id === commandId).at(-1)
        ?.pulses,
    twinFacts: (id: string) =>
      cloud.facts.filter((fact): fact is TwinFact => fact.fact === "twin" && fact.twin.id === id),
  }
})

/** The bytes of a segment up to this record; all of it if it is not there. */
const upTo = (bytes: Uint8Array, isNewest: (record: unknown) => boolean): Uint8Array => {
  const { ends, records } = scanRecords(bytes)
  return bytes.slice(0, ends[records.findIndex(isNewest)] ?? bytes.length)
}

/** Fine enough that nothing on a bus happens twice within it. */
const stepMs = 5
