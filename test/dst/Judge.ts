/**
 * Judges what devices do by what really happened: frames on the wire, bytes on the platter, messages at the broker. It
 * believes nothing that a program says of itself.
 */
import type { CommandStage } from "#core/domain/Command.ts"
import { scanRecords } from "#edge/journal/Record.ts"
import type { World } from "#twins/world/World.ts"
import { commandIdIn } from "./Eavesdropper.ts"
import { isFinal, type Known, type KnownCommands, rank } from "./KnownCommands.ts"
import type { BayPlan, Plan } from "./Plan.ts"
import type { SometimesBook } from "./Sometimes.ts"
import type { Trace } from "./Trace.ts"
import type { Verdicts } from "./Verdicts.ts"
import type { VirtualTime } from "./VirtualTime.ts"

interface RawFact {
  readonly fact: string
  readonly seq: number
  readonly at?: number
  readonly event?: { readonly at: number; readonly type: string; readonly hook?: string; readonly presence?: string }
  readonly twin?: { readonly id: string }
  readonly stage?: CommandStage
  readonly reason?: string
  readonly command_id?: string
}

interface RawRecord {
  readonly k?: string
  readonly journal?: string
  readonly command?: { readonly id: string; readonly pulses: number; readonly stage: CommandStage }
  readonly fact?: RawFact
}

/** What stands durably in one life of a journal. */
export interface Written {
  readonly device: string
  readonly journal: string
  seq: number
  /** Places of twin facts that were not looked for in the history yet. */
  readonly twinFacts: Set<number>
}

export interface JudgeParts {
  readonly time: VirtualTime
  readonly trace: Trace
  readonly plan: Plan
  readonly world: World
  readonly verdicts: Verdicts
  readonly commands: KnownCommands
  readonly sometimes: SometimesBook
  /** The number of the life of a device's program. */
  readonly lifeOf: (device: string) => number
  /** The session that a device's program speaks under. */
  readonly sessionOf: (device: string) => number | undefined
  /** The epoch that a device had shown to know so many milliseconds ago. */
  readonly spokenEpochOf: (device: string, agoMs: number) => number
  /** How far the device's word on the time may be off, in milliseconds; infinite if it may say anything. */
  readonly clockErrorMs: (device: string) => number
  /** When somebody last did something at a board, or a coil of it was fired. */
  readonly touchedAtMs: (device: string, board: number) => number
}

export class Judge {
  readonly #parts: JudgeParts
  readonly #bays: ReadonlyMap<string, BayPlan>
  readonly #bayById: ReadonlyMap<string, BayPlan>
  readonly #journals = new Map<string, Written>()
  readonly #current = new Map<string, Written>()
  /** Pulses of somebody with a tool of his own: not the system's. */
  #foreign = 0
  pulses = 0

  constructor(parts: JudgeParts) {
    this.#parts = parts
    this.#bays = new Map(parts.plan.bays.map((bay) => [placeOf(bay.device, bay.board, bay.lockIndex), bay]))
    this.#bayById = new Map(parts.plan.bays.map((bay) => [bay.id, bay]))
  }

  /** Unlock frames that are not the system's. */
  foreignPulse(run: () => void): void {
    this.#foreign += 1
    run()
    this.#foreign -= 1
  }

  // --- the wire -----------------------------------------------------------------------------------------------

  pulsed(device: string, board: number, lockIndex: number): void {
    if (this.#foreign > 0) return
    const { commands, lifeOf, sometimes, time, trace, verdicts } = this.#parts
    const bay = this.#bays.get(placeOf(device, board, lockIndex))
    trace.add({ at: time.nowMs, what: "pulse", device, bay: bay?.label })
    this.pulses += 1
    if (bay === undefined) return verdicts.fail("I1 authorised open", `a pulse for lock ${lockIndex}, where no bay is`)
    const own = commands.ofBay(bay.id)
    const command = own.findLast(({ begun, frames }) => begun > frames)
    if (command === undefined) {
      const again = own.findLast(({ frames }) => frames > 0)
      return again !== undefined && time.nowMs - again.expiresAt < 60_000
        ? verdicts.fail("I2 at most once", `a pulse for bay ${bay.label} beyond those that were written down`)
        : verdicts.fail("I14 audit", `a pulse for bay ${bay.label} of which no journal knew before`)
    }
    this.#judgePulse(command, bay, lifeOf(device))
    command.frames += 1
    command.seenSince = undefined
    if (command.frames === 2) sometimes.hit("second pulse")
  }

  #judgePulse(command: Known, bay: BayPlan, life: number): void {
    const { commands, sessionOf, time, verdicts } = this.#parts
    const { device, epoch, expiresAt, frames, id, kind } = command
    if (kind !== "unlock" || command.target !== bay.id || device !== bay.device) {
      verdicts.fail("I1 authorised open", `bay ${bay.label} was pulsed for command ${id}, which is for another`)
    }
    if (commands.sessionOfEpoch(epoch) !== sessionOf(device)) {
      verdicts.fail("I1 authorised open", `bay ${bay.label} was pulsed for a command of an earlier session`)
    }
    if (time.nowMs > expiresAt) {
      verdicts.fail("I3 no late open", `bay ${bay.label} was pulsed ${time.nowMs - expiresAt} ms after the expiry`)
    }
    if (frames >= 2) verdicts.fail("I2 at most once", `bay ${bay.label} was pulsed a third time for one command`)
    if (frames === 0) command.firstLife = life
    else if (command.firstLife !== life) {
      verdicts.fail("I2 at most once", `bay ${bay.label} was pulsed again after a restart`)
    } else if (command.seenSince !== "closed") {
      verdicts.fail("I2 at most once", `bay ${bay.label} was pulsed again without a read that says closed`)
    }
  }

  /** A board's answer has left it. */
  boardAnswered(device: string, board: number, hooks: number): void {
    for (const command of this.#parts.commands.pulsed()) {
      const bay = this.#bayById.get(command.target)
      if (bay?.device !== device || bay.board !== board) continue
      command.seenSince = ((hooks >> bay.lockIndex) & 1) === 1 ? "closed" : "open"
    }
  }

  /** A command that nobody was given but as a retained message. */
  cameRetained(payload: Uint8Array): void {
    const known = this.#parts.commands.get(commandIdIn(payload) ?? "")
    if (known !== undefined) known.onlyRetained = true
  }

  /** The program of a device is gone. */
  edgeDied(device: string): void {
    const { commands, sometimes } = this.#parts
    const between = [...commands.open()].some((known) => known.device === device && known.begun > known.frames)
    if (between) sometimes.hit("edge killed between journal and pulse")
  }

  // --- the platter --------------------------------------------------------------------------------------------

  /** Bytes of a device's journal have become durable. */
  durable(device: string, bytes: Uint8Array): void {
    for (const raw of scanRecords(bytes).records) {
      const record = raw as RawRecord
      if (record.k === "segment" && record.journal !== undefined) this.#begin(device, record.journal)
      if (record.command !== undefined) this.#judgeMemo(record.command)
      if (record.fact !== undefined) this.#judgeFact(device, record.fact)
    }
  }

  /** Every life of every journal, with how far it is durable. */
  written(): Iterable<Written> {
    return this.#journals.values()
  }

  #begin(device: string, journal: string): void {
    const written = this.#journals.get(journal) ?? { device, journal, seq: 0, twinFacts: new Set<number>() }
    this.#journals.set(journal, written)
    this.#current.set(device, written)
  }

  #judgeMemo({ id, pulses, stage }: NonNullable<RawRecord["command"]>): void {
    const { commands, verdicts } = this.#parts
    const known = commands.get(id)
    if (known === undefined) return
    known.begun = Math.max(known.begun, pulses)
    known.taken ||= stage !== "rejected" && stage !== "expired"
    if (rank[stage] < rank[known.memo]) {
      verdicts.fail("I6 one outcome", `a device wrote down command ${id} as ${stage} after ${known.memo}`)
    }
    known.memo = stage
  }

  #judgeFact(device: string, fact: RawFact): void {
    const { clockErrorMs, commands, time, trace, verdicts } = this.#parts
    const { event, reason, seq, stage, twin } = fact
    const written = this.#current.get(device)
    if (written !== undefined) {
      written.seq = Math.max(written.seq, seq)
      if (fact.fact === "twin") written.twinFacts.add(seq)
    }
    trace.add({ at: time.nowMs, what: "fact", device, seq, twin: twin?.id, event, stage, reason, id: fact.command_id })
    this.#notice(fact)
    const at = fact.at ?? event?.at ?? 0
    if (Math.abs(at - time.nowMs) > clockErrorMs(device)) {
      verdicts.fail("I16 time", `a fact (${event?.type ?? stage}) says it happened ${at - time.nowMs} ms from now`)
    }
    const known = fact.command_id === undefined ? undefined : commands.get(fact.command_id)
    if (stage === "accepted" && known !== undefined) this.#judgeAccepted(known, device, at)
    if (stage === "confirmed" && known?.kind === "unlock") this.#judgeConfirmed(known)
    if (event?.type === "bay.observed" && twin !== undefined) this.#judgeReading(twin.id, event)
  }

  #judgeAccepted(command: Known, device: string, at: number): void {
    const { spokenEpochOf, verdicts } = this.#parts
    const spoken = spokenEpochOf(device, this.#toDiskMs(device))
    if (command.epoch < spoken) {
      verdicts.fail("I1 authorised open", `a command of epoch ${command.epoch} was taken in epoch ${spoken}`)
    }
    if (command.device !== device) verdicts.fail("I1 authorised open", `command ${command.id} is for another device`)
    if (command.onlyRetained) verdicts.fail("I1 authorised open", `command ${command.id} came retained and was taken`)
    if (at > command.expiresAt + 1_000) {
      verdicts.fail("I3 no late open", `command ${command.id} was taken ${at - command.expiresAt} ms after its expiry`)
    }
  }

  /** What was taken a moment ago may only now be durable. */
  #toDiskMs(device: string): number {
    return Number.isFinite(this.#parts.clockErrorMs(device)) ? 2_000 : 150_000
  }

  #judgeConfirmed({ id, target }: Known): void {
    const { time, verdicts, world } = this.#parts
    const bay = world.bay(target, time.nowMs)
    if (bay?.hook === "closed" && bay.faults.includes("lockJammed")) {
      verdicts.fail("I6 one outcome", `command ${id} is confirmed and the lock is jammed shut`)
    }
  }

  /** A belief must have been so a moment ago, unless somebody is just moving something or the sensor is broken. */
  #judgeReading(id: string, { hook, presence }: NonNullable<RawFact["event"]>): void {
    const { clockErrorMs, time, touchedAtMs, verdicts, world } = this.#parts
    const bay = this.#bayById.get(id)
    const really = world.bay(id, time.nowMs)
    if (bay === undefined || really === undefined || really.faults.includes("sensorWireCut")) return
    if (!Number.isFinite(clockErrorMs(bay.device)) || time.nowMs - touchedAtMs(bay.device, bay.board) < 15_000) return
    if (hook !== really.hook || presence !== really.presence) {
      verdicts.fail("I8 convergence", `bay ${bay.label} is believed ${hook} and ${presence}, which it never was`)
    }
  }

  #notice({ reason, stage }: RawFact): void {
    const { sometimes } = this.#parts
    if (stage === "expired") sometimes.hit("expired at the edge")
    if (reason === "wrong_epoch") sometimes.hit("old epoch refused")
    if (reason === "retained") sometimes.hit("retained refused")
    if (reason === "journal_unwritable") sometimes.hit("unwritable journal refused")
    if (stage !== undefined && isFinal(stage)) sometimes.hit("command ended by its device")
  }
}

const placeOf = (device: string, board: number, lock: number): string => `${device}/${board}/${lock}`
