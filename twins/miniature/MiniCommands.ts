/** The unlocks of a miniature: how far each has come, and which of them no word has come of. */
import { type CommandReason, type CommandStage, isFinal, mayFollow } from "#core/domain/Command.ts"
import type { BayId, CommandId } from "#core/domain/Ids.ts"
import { Limits } from "#core/Limits.ts"
import { commandIdOf } from "./MiniaturePlan.ts"

/** One unlock, as far as it is known. */
export interface MiniCommand {
  readonly id: CommandId
  readonly bayId: BayId
  readonly by: string
  readonly expiresAt: number
  /** Every stage with when it was reached here, newest last. */
  readonly stages: ReadonlyArray<{
    readonly stage: CommandStage
    readonly reason: CommandReason | null
    readonly at: number
  }>
}

/** The stage an unlock has reached. */
export const stageOf = ({ stages }: MiniCommand): CommandStage => stages.at(-1)?.stage ?? "created"

export class MiniCommands {
  /** The newest of each bay, and those before it that are not over. */
  readonly #all = new Map<string, MiniCommand>()
  readonly #unanswered = new Map<string, MiniCommand>()
  #count = 0

  find(id: string): MiniCommand | undefined {
    return this.#all.get(id)
  }

  /** The newest unlock of a bay. */
  lastOf(bayId: string): MiniCommand | undefined {
    return [...this.#all.values()].findLast((command) => command.bayId === bayId)
  }

  /** Writes one down that is sent at once. */
  begin(bayId: BayId, by: string, atMs: number): MiniCommand {
    this.#count += 1
    const created = { stage: "created", reason: null, at: atMs } as const
    const command: MiniCommand = {
      id: commandIdOf(this.#count),
      bayId,
      by,
      expiresAt: atMs + Limits.commandLifetimeMs,
      stages: [created, { ...created, stage: "sent" }],
    }
    for (const past of this.#all.values()) {
      if (past.bayId === bayId && isFinal(stageOf(past))) this.#all.delete(past.id)
    }
    this.#all.set(command.id, command)
    this.#unanswered.set(command.id, command)
    return command
  }

  /** A stage is reached; gives the command if that is news. */
  reach(id: string, stage: CommandStage, reason: CommandReason | null, at: number): MiniCommand | undefined {
    const known = this.#all.get(id)
    if (known === undefined || !mayFollow(stageOf(known), stage)) return undefined
    const reached = { ...known, stages: [...known.stages, { stage, reason, at }] }
    this.#all.set(id, reached)
    if (!mayFollow(stage, "unknown")) this.#unanswered.delete(id)
    return reached
  }

  /** When the patience with the next of them ends. */
  get nextMs(): number {
    let nextMs = Number.POSITIVE_INFINITY
    for (const { expiresAt } of this.#unanswered.values()) nextMs = Math.min(nextMs, expiresAt + Limits.outcomeGraceMs)
    return nextMs
  }

  /** Those of which there should have been a word by now. */
  overdue(atMs: number): ReadonlyArray<MiniCommand> {
    return [...this.#unanswered.values()].filter(({ expiresAt }) => expiresAt + Limits.outcomeGraceMs <= atMs)
  }
}
