/** The computer of a branch with the real edge program on it: its disk and its boards outlive every crash of it. */
import { Context, Effect } from "effect"
import type { Random } from "#core/Random.ts"
import { verifyWith } from "#edge/commands/CommandKeys.ts"
import type { DeviceConfig } from "#edge/config/EdgeConfig.ts"
import { type DevicePorts, type DeviceProgram, startDevice } from "#edge/DeviceProgram.ts"
import type { SimulatedLink } from "#edge/link/SimulatedLink.ts"
import { Computer, type Life } from "./Computer.ts"
import type { Field } from "./Field.ts"
import type { Line } from "./Line.ts"
import { signer } from "./Plan.ts"
import type { Connection, SimBroker } from "./SimBroker.ts"
import { makeSimDisk, type SimDisk } from "./SimDisk.ts"
import { simMqttLink } from "./SimMqttLink.ts"
import type { SometimesBook } from "./Sometimes.ts"
import type { Trace } from "./Trace.ts"
import { seededId } from "./SeededId.ts"
import type { VirtualTime } from "./VirtualTime.ts"

export interface EdgeParts {
  readonly time: VirtualTime
  readonly random: (label: string) => Random
  readonly trace: Trace
  readonly broker: SimBroker
  readonly line: Line
  readonly field: Field
  /** How long the disk takes to make something durable, in milliseconds. */
  readonly syncMs: () => number
  /** Faults planted for a test: gets the sound ports, gives those to use. */
  readonly plant: (ports: DevicePorts, life: Life) => DevicePorts
  readonly onDurable: (bytes: Uint8Array) => void
  readonly onDeath: () => void
  readonly sometimes: SometimesBook
}

export class EdgeHost {
  readonly device: DeviceConfig
  readonly computer: Computer
  readonly #parts: EdgeParts
  readonly #random: Random
  readonly #newId: Effect.Effect<string>
  #files: ReadonlyMap<string, Uint8Array> = new Map()
  #connections: Array<Connection> = []
  disk: SimDisk | undefined
  life: Life | undefined
  program: DeviceProgram | undefined
  serial: SimulatedLink | undefined
  starts = 0
  /** Told when a command was made durable: a good moment for bad luck. */
  onCommandDurable: () => void = () => {}

  constructor(device: DeviceConfig, parts: EdgeParts) {
    this.device = device
    this.#parts = parts
    this.#random = parts.random("edge")
    this.#newId = seededId(parts.random("ids"))
    this.computer = new Computer(device.branch_code, parts.time, parts.random("program"))
  }

  get running(): boolean {
    return this.life?.alive === true
  }

  start(): void {
    if (this.running) return
    const { field, line, broker, syncMs, onDurable, plant, time, trace } = this.#parts
    this.starts += 1
    trace.add({ at: time.nowMs, what: "edge.started", branch: this.device.branch_code })
    const disk = makeSimDisk(this.#files, syncMs)
    disk.onDurable = (name, bytes, fresh) => {
      if (!name.endsWith(".log")) return
      onDurable(bytes)
      if (!fresh && Buffer.from(bytes).includes('"command":')) this.onCommandDurable()
    }
    this.disk = disk
    this.#connections = []
    this.life = this.computer.start(
      (life) => {
        const { link, simulated } = field.link(life)
        this.serial = simulated
        const mqtt = simMqttLink(life, broker, line, (connection) => void this.#connections.push(connection))
        const ports = plant({ disk, links: [link], mqtt, verify, newId: this.#newId }, life)
        return Effect.scoped(
          Effect.flatMap(startDevice(this.device, ports), (program) => {
            this.program = program
            return Effect.never
          }),
        )
      },
      () => {
        // Its data can not be opened: whoever watches over it starts it again.
        this.crash(true)
        time.after(5_000, () => this.start())
      },
      Context.empty(),
    )
    this.life.onDeath = () => this.#died(this.#random.chance(0.5))
  }

  /** The power goes, or the process is killed: `noticed` if its computer still closes the sockets. */
  crash(noticed: boolean): void {
    if (!this.running) return
    const { life } = this
    if (life !== undefined) life.onDeath = () => this.#died(noticed)
    life?.kill()
  }

  #died(noticed: boolean): void {
    const { onDeath, sometimes, time, trace } = this.#parts
    onDeath()
    trace.add({ at: time.nowMs, what: "edge.died", branch: this.device.branch_code, noticed })
    // A killed process leaves all it wrote; a power cut leaves any part of what was not synced.
    if (this.disk !== undefined) {
      this.#files = this.disk.cut(noticed ? undefined : this.#random)
      if (
        [...this.#files].some(([name, bytes]) => name.endsWith(".log") && bytes.length > 0 && bytes.at(-1) !== newline)
      ) {
        sometimes.hit("torn tail")
      }
      if (this.#files.size > 0) sometimes.hit("journal recovered")
    }
    for (const connection of this.#connections) connection.die(noticed)
    this.program = undefined
    this.life = undefined
  }
}

const newline = 0x0a
const verify = verifyWith([signer.key])
