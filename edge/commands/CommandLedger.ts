/**
 * What became of every command this device has judged: in memory for quick answers, in the journal for good.
 *
 * A stage only moves forward. Everything that may lead to a coil pulse is durable before the pulse is: `accept` and
 * `beginPulse` wait for the disk and fail if it does not take them. `beginPulse` also is the last guard of at-most-twice:
 * it refuses a pulse that was begun before, whatever a machine says.
 */
import { Deferred, Effect, Exit, Schema } from "effect"

import { type CommandKind, CommandReason, type CommandStage, isFinal, mayFollow } from "#core/domain/Command.ts"
import { type BayId, CommandId } from "#core/domain/Ids.ts"
import { Limits } from "#core/Limits.ts"

import { type CommandMemo, isSettled, rememberCommand } from "../journal/Entry.ts"
import { type Journal, JournalUnwritable } from "../journal/Journal.ts"
import type { DeviceTime } from "../sync/DeviceTime.ts"
import { CommandTrails } from "./CommandTrails.ts"

export interface StageReport {
  readonly commandId: string
  readonly stage: CommandStage
  readonly reason?: CommandReason
  readonly pulses?: number
}

export class CommandLedger {
  readonly #journal: Journal
  readonly #time: DeviceTime
  readonly #onEnd: (memo: CommandMemo) => void
  /** What is noted of each command on its way. */
  readonly trails: CommandTrails
  readonly #commands: Map<string, CommandMemo>
  /** Restarts that were asked for in the run before and have not been seen to happen. */
  #reboots: ReadonlyArray<string>
  /** Commands that the disk is still being given. */
  readonly #accepting = new Map<string, Deferred.Deferred<void, JournalUnwritable>>()

  /** `onEnd` is told of every command whose outcome is settled: for those who only watch. */
  constructor(journal: Journal, time: DeviceTime, onEnd: (memo: CommandMemo) => void = () => {}) {
    this.#onEnd = onEnd
    this.#journal = journal
    this.#time = time
    this.#commands = new Map(journal.recovered.commands)
    this.#reboots = this.open().flatMap(({ id, kind }) => (kind === "reboot" ? [id] : []))
    this.trails = new CommandTrails(time)
    const startedAt = time.monoMs()
    for (const { id, bay, stage } of this.open()) this.trails.begin(id, bay, "restarted", startedAt, stage)
  }

  find(commandId: string): CommandMemo | undefined {
    return this.#commands.get(commandId)
  }

  /** Commands that were begun and have no outcome yet. */
  open(): ReadonlyArray<CommandMemo> {
    return [...this.#commands.values()].filter((memo) => !isSettled(memo))
  }

  /**
   * True while one more command can be taken on without forgetting one that can still come again: one that is open, or
   * that the cloud's clock has not certainly left behind. No such one is ever forgotten, so there are only so many.
   */
  hasRoom(atMost: number = Limits.commandsRemembered): boolean {
    const nowMs = this.#time.sync.latest(this.#time.monoMs()) ?? -Infinity
    let live = 0
    for (const memo of this.#commands.values()) {
      if (!isSettled(memo) || nowMs < memo.expiresAt + Limits.commandForgetAfterMs) live += 1
    }
    return live < atMost
  }

  /**
   * Takes a command on: from this moment its id is known, and when it ends the disk knows it too. No pulse of it begins
   * before that, and none if the disk did not take it.
   */
  accept(memo: CommandMemo): Effect.Effect<void, JournalUnwritable> {
    return Effect.suspend(() => {
      this.#keep(memo)
      const accepted = Deferred.makeUnsafe<void, JournalUnwritable>()
      this.#accepting.set(memo.id, accepted)
      const startedAt = this.#time.monoMs()
      return this.#journal.commit({ fact: this.#factOf(memo), command: memo }).pipe(
        Effect.onExit((exit) =>
          Effect.sync(() => {
            if (Exit.isSuccess(exit)) this.trails.journaled(memo.id, startedAt, "accepted")
            else this.#keep({ ...memo, stage: "rejected", reason: "journal_unwritable" })
            this.#accepting.delete(memo.id)
            Deferred.doneUnsafe(accepted, exit)
          }),
        ),
      )
    })
  }

  /**
   * Refuses a command that was not taken on; it is remembered so that a repeat is known. False, and nothing is
   * remembered, when too many are already.
   */
  refuse(refused: CommandMemo): boolean {
    if (!this.hasRoom(Limits.commandsRememberedRefusing)) return false
    // Whatever it says of itself, it can not stay for longer than one that is in order.
    const expiresAt = Math.max(0, Math.min(refused.expiresAt, this.#time.nowMs() + Limits.commandLifetimeMaxMs))
    const memo = { ...refused, expiresAt }
    this.#keep(memo)
    this.#journal.record({ fact: this.#factOf(memo), command: memo })
    return true
  }

  /**
   * Writes down that a coil pulse is about to be written: durable when it ends. Fails when the disk does not take it or
   * when that pulse was begun before.
   */
  beginPulse(commandId: string, pulse: number): Effect.Effect<void, JournalUnwritable> {
    const accepting = this.#accepting.get(commandId)
    const begin = this.#begin(commandId, pulse)
    return accepting === undefined ? begin : Effect.andThen(Deferred.await(accepting), begin)
  }

  #begin(commandId: string, pulse: number): Effect.Effect<void, JournalUnwritable> {
    return Effect.suspend(() => {
      const memo = this.#commands.get(commandId)
      const inTurn = memo?.kind === "unlock" && memo.pulses < pulse && pulse <= Limits.pulsesPerCommand
      if (!inTurn || isSettled(memo)) {
        return Effect.fail(new JournalUnwritable({ message: `pulse ${pulse} of command ${commandId} is not in turn` }))
      }
      const first = mayFollow(memo.stage, "executing")
      const begun: CommandMemo = { ...memo, pulses: pulse, stage: first ? "executing" : memo.stage }
      this.#keep(begun)
      const command = begun
      const startedAt = this.#time.monoMs()
      return Effect.tap(
        this.#journal.commit(first ? { fact: { ...this.#factOf(begun), pulses: pulse - 1 }, command } : { command }),
        () => Effect.sync(() => this.trails.journaled(commandId, startedAt, `pulse ${pulse}`)),
      )
    })
  }

  /** Writes down a stage that was reached. One that does not follow from the last is ignored; false says so. */
  report({ commandId, stage, reason, pulses }: StageReport): boolean {
    const memo = this.#commands.get(commandId)
    if (memo === undefined || !mayFollow(memo.stage, stage)) return false
    const { reason: _, ...before } = memo
    const next: CommandMemo = { ...before, stage, ...(reason === undefined ? {} : { reason }) }
    this.#keep(next)
    this.#journal.record({ fact: { ...this.#factOf(next), pulses: pulses ?? next.pulses }, command: next })
    return true
  }

  /**
   * After a start: ends the commands that no bay will speak for; none is ever tried again. One that was not begun is
   * rejected, an unlock that may have been carried out is unknown. Of anything else it can be said: `serviceOf` gives how a
   * bay may be used now, and a restart ends with the boot that follows it (`confirmReboots`).
   */
  closeOrphans(spokenFor: ReadonlySet<string>, serviceOf: (bay: BayId) => string): void {
    for (const memo of this.open()) {
      if (spokenFor.has(memo.id) || memo.kind === "reboot") continue
      const begun = memo.stage === "executing" || memo.stage === "executed"
      const isDone = memo.bay !== null && memo.service !== undefined && serviceOf(memo.bay) === memo.service
      if (begun && isDone) this.report({ commandId: memo.id, stage: "confirmed" })
      else this.report({ commandId: memo.id, stage: whenCutOff(memo.kind, begun), reason: "restarted" })
    }
  }

  /** The cloud has accepted the boot of this start: whatever start it was asked for has happened. */
  confirmReboots(): void {
    for (const commandId of this.#reboots) this.report({ commandId, stage: "confirmed" })
    this.#reboots = []
  }

  #keep(memo: CommandMemo): void {
    const before = this.#commands.get(memo.id)?.stage
    rememberCommand(this.#commands, memo)
    if (memo.stage !== before && isSettled(memo)) this.#onEnd(memo)
  }

  #factOf(memo: CommandMemo) {
    const trail = this.trails.take(memo.id, memo.stage === "accepted" || memo.stage === "executing")
    if (isFinal(memo.stage)) this.trails.end(memo.id)
    return {
      fact: "command" as const,
      command_id: memo.id,
      stage: memo.stage,
      ...(memo.reason === undefined ? {} : { reason: memo.reason }),
      pulses: memo.pulses,
      at: this.#time.nowMs(),
      ...(memo.traceparent === undefined ? {} : { traceparent: memo.traceparent }),
      ...(trail.length === 0 ? {} : { trail }),
    }
  }
}

const whenCutOff = (kind: CommandKind, begun: boolean): CommandStage => {
  if (!begun) return "rejected"
  return kind === "unlock" ? "unknown" : "failed"
}

/** A machine's reason as a command's; `not_possible_now` for one that no command knows. */
export const reasonOf = (reason: string | undefined): CommandReason =>
  Schema.is(CommandReason)(reason) ? reason : "not_possible_now"

/** An id that may come from anywhere, if it is one. */
export const commandIdOf = (id: unknown): CommandId | undefined => (Schema.is(CommandId)(id) ? id : undefined)
