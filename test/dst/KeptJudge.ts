/** Judges what the cloud keeps, at every commit: rows only move the way they may, and never back. */
import type { CommandStage } from "#core/domain/Command.ts"
import { regionWord } from "#twins/Words.ts"
import type { StageReached } from "#cloud/store/CommandStages.ts"
import type { DeviceSession } from "#cloud/store/DeviceSessions.ts"
import { isFinal, type KnownCommands, rank } from "./KnownCommands.ts"
import type { SometimesBook } from "./Sometimes.ts"
import type { CommandTableRow } from "./store/MemoryCommands.ts"
import type { Change } from "./store/MemoryDatabase.ts"
import type { MemoryStore } from "./store/MemoryStore.ts"
import type { TwinRow } from "./store/MemoryTwins.ts"
import type { Trace } from "./Trace.ts"
import type { Verdicts } from "./Verdicts.ts"
import type { VirtualTime } from "./VirtualTime.ts"

export interface KeptParts {
  readonly time: VirtualTime
  readonly trace: Trace
  readonly store: MemoryStore
  readonly verdicts: Verdicts
  readonly commands: KnownCommands
  readonly sometimes: SometimesBook
  /** A device has just become lost in the account of the cloud. */
  readonly onLost: (device: string) => void
}

interface Seen {
  readonly revision: number
  readonly seq: number
  readonly placement: number
  readonly journal: string
  readonly connection: string
}

export class KeptJudge {
  readonly #parts: KeptParts
  readonly #watermarks = new Map<string, number>()
  readonly #twins = new Map<string, Seen>()
  readonly #sessions = new Map<string, DeviceSession>()
  /** Since when devices are lost and not yet offline. */
  readonly lostSince = new Map<string, number>()

  constructor(parts: KeptParts) {
    this.#parts = parts
    parts.store.db.onCommit = (changes) => this.#committed(changes)
  }

  /** How far a journal is kept. */
  watermarkOf(device: string, journal: string): number {
    return this.#watermarks.get(`${device}/${journal}`) ?? 0
  }

  #committed(changes: ReadonlyArray<Change>): void {
    const { sometimes, store } = this.#parts
    const { tables } = store
    for (const { table, key } of changes) {
      if (table === tables.commands) this.#command(key, tables.commands.get(key))
      else if (table === tables.stages) this.#stage(tables.stages.get(key))
      else if (table === tables.twins) this.#twin(key, tables.twins.get(key))
      else if (table === tables.sessions) this.#session(tables.sessions.get(key))
      else if (table === tables.journals) this.#journal(key, tables.journals.get(key)?.watermark)
      else if (table === tables.divergences) this.#divergence(tables.divergences.get(key)?.rule)
      else if (table === tables.alarms && tables.alarms.get(key)?.code === "FORCED_OPEN") {
        sometimes.hit("open that nobody commanded")
      }
    }
  }

  #command(id: string, row: CommandTableRow | undefined): void {
    const { commands, sometimes, time, trace, verdicts } = this.#parts
    if (row === undefined) return verdicts.fail("I5 acknowledged survives", `command ${id} was deleted`)
    const { command, epoch } = row
    const { kind, reason, stage } = command
    const before = commands.get(id)
    if (before === undefined) {
      commands.add({
        id,
        kind,
        target: command.target_id,
        device: command.device_id,
        epoch,
        expiresAt: command.expires_at.getTime(),
        stage,
        finals: new Set<CommandStage>(),
        memo: "created",
        begun: 0,
        frames: 0,
        firstLife: 0,
        seenSince: undefined,
        taken: false,
        left: false,
        onlyRetained: false,
      })
      return
    }
    if (before.stage === stage) return
    trace.add({ at: time.nowMs, what: "command", id, kind, stage, reason })
    if (rank[stage] <= rank[before.stage]) {
      verdicts.fail("I6 one outcome", `command ${id} went from ${before.stage} to ${stage}`)
    }
    if (stage === "sent" && !before.left) {
      verdicts.fail("I12 no silent loss", `command ${id} is said to be sent and never left`)
    }
    if (before.stage === "unknown" && isFinal(stage)) sometimes.hit("unknown, then resolved")
    if (stage === "confirmed" && kind === "unlock") sometimes.hit("unlock confirmed")
    before.stage = stage
    if (isFinal(stage)) commands.close(before)
  }

  #stage(reached: StageReached | undefined): void {
    const { commands, verdicts } = this.#parts
    const known = reached === undefined ? undefined : commands.get(reached.commandId)
    if (reached === undefined || known === undefined || !isFinal(reached.stage)) return
    known.finals.add(reached.stage)
    if (known.finals.size > 1) {
      verdicts.fail("I6 one outcome", `command ${known.id} ended as ${[...known.finals].join(" and as ")}`)
    }
  }

  #twin(key: string, row: TwinRow | undefined): void {
    if (row === undefined) return
    const { onLost, store, time, verdicts } = this.#parts
    const { edgeSeq: seq, placement, stored, deviceId, ref } = row.held
    const before = this.#twins.get(key)
    const journal = (deviceId === null ? undefined : store.tables.sessions.get(deviceId)?.journalId) ?? ""
    const connection = ref.kind === "device" ? regionWord(stored.value, "connection") : ""
    this.#twins.set(key, { revision: stored.revision, seq, placement, journal, connection })
    if (connection !== "lost") this.lostSince.delete(ref.id)
    else if (before?.connection !== "lost") {
      this.lostSince.set(ref.id, time.nowMs)
      onLost(ref.id)
    }
    if (before === undefined) return
    if (stored.revision < before.revision) {
      verdicts.fail("I7 monotone twin", `${key} went back to revision ${stored.revision}`)
    }
    if (placement < before.placement) {
      verdicts.fail("I7 monotone twin", `${key} went back to placement ${placement}`)
    }
    // A cart that is placed anew begins to count anew.
    if (seq < before.seq && journal === before.journal && placement === before.placement) {
      verdicts.fail("I7 monotone twin", `${key} went back to seq ${seq}`)
    }
  }

  #session(row: DeviceSession | undefined): void {
    if (row === undefined) return
    const { commands, verdicts } = this.#parts
    const before = this.#sessions.get(row.deviceId)
    this.#sessions.set(row.deviceId, row)
    commands.bindEpoch(row.epoch, row.session)
    if (before === undefined) return
    if (row.session < before.session || row.epoch < before.epoch) {
      verdicts.fail("I7 monotone twin", `a device went back to session ${row.session}, epoch ${row.epoch}`)
    }
    if (row.session > before.session && row.epoch === before.epoch) {
      verdicts.fail("I1 authorised open", `two sessions of a device have the one epoch ${row.epoch}`)
    }
  }

  #journal(key: string, watermark: number | undefined): void {
    const before = this.#watermarks.get(key) ?? 0
    if (watermark === undefined || watermark < before) {
      const { verdicts } = this.#parts
      return verdicts.fail("I7 monotone twin", `a watermark went back from ${before} to ${watermark ?? 0}`)
    }
    this.#watermarks.set(key, watermark)
  }

  #divergence(rule: string | undefined): void {
    const { sometimes, verdicts } = this.#parts
    sometimes.hit("divergence")
    if (rule === "facts_lost") {
      verdicts.fail("I5 acknowledged survives", "a device was acknowledged facts that are not kept")
    }
  }
}
