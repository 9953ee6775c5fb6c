/** How stages move commands forward: pure, the same whatever keeps the rows. */
import { type CommandReason, type CommandStage, isFinal, mayFollow } from "#core/domain/Command.ts"
import type { TwinRef } from "#core/domain/Ids.ts"
import type { Trail } from "#core/wire/Trail.ts"

/** A stage some command reached. */
export interface StageReached {
  readonly commandId: string
  readonly stage: CommandStage
  readonly reason: CommandReason | null
  readonly pulses: number | null
  readonly at: number
  /** The device that says so; undefined when the cloud does. */
  readonly deviceId?: string
  /** What it did for the command since the stage before. */
  readonly trail?: Trail
  /**
   * When it counts, because the refusal of a copy must not end the original; always, if undefined. `untaken`: the device
   * has never said that it took the command. `awaited`: nobody has said anything of it yet.
   */
  readonly onlyIf?: "untaken" | "awaited"
}

/** A stage that is recorded nowhere here, and why: it must be put aside. */
export interface StageRefused {
  readonly commandId: string
  readonly stage: CommandStage
  readonly why: "command_unknown" | "command_taken" | "command_ended"
}

/** A stage that moved its command, and whom it concerns. */
export interface StageMoved {
  readonly target: TwinRef
  readonly cartId: string | null
  readonly deviceId: string
  readonly command_id: string
  readonly stage: CommandStage
  readonly reason: CommandReason | null
  readonly at: number
}

/**
 * What became of stages: those that moved a command, and those that were not recorded, because nobody knows the command,
 * it is another device's, a copy of it was refused, or it had another last word before.
 */
export interface Recorded {
  readonly moved: ReadonlyArray<StageMoved>
  readonly refused: ReadonlyArray<StageRefused>
}

export interface CommandRow {
  readonly id: string
  readonly target_kind: TwinRef["kind"]
  readonly target_id: string
  readonly cart_id: string | null
  readonly device_id: string
  readonly stage: CommandStage
  readonly reason: CommandReason | null
  readonly pulses: number
}

/** A command that is held, and whether its device has said that it took it. */
export interface HeldCommand extends CommandRow {
  readonly is_taken: boolean
}

/** Commands that are locked, by their ids. */
export type HeldCommands = ReadonlyMap<string, HeldCommand>

/** The commands that stages are about, each once. */
export const commandsOf = (stages: ReadonlyArray<Pick<StageReached, "commandId">>): ReadonlyArray<string> => [
  ...new Set(stages.map(({ commandId }) => commandId)),
]

/** Follows stages through held commands: what to record, what to write, what moved, and what must be put aside. */
export const followStages = (held: Map<string, HeldCommand>, stages: ReadonlyArray<StageReached>) => {
  const known: Array<StageReached> = []
  const moved: Array<StageMoved> = []
  const refused: Array<StageRefused> = []
  const changed = new Map<string, HeldCommand>()
  for (const reached of stages) {
    const command = held.get(reached.commandId)
    const why = whyNot(command, reached)
    if (command === undefined || why !== undefined) {
      refused.push({ commandId: reached.commandId, stage: reached.stage, why: why ?? "command_unknown" })
      continue
    }
    known.push(reached)
    const pulses = Math.max(command.pulses, reached.pulses ?? 0)
    const is_taken = command.is_taken || taking.has(reached.stage)
    const next = mayFollow(command.stage, reached.stage)
      ? { ...command, stage: reached.stage, reason: reached.reason, pulses, is_taken }
      : { ...command, pulses, is_taken }
    if (next.stage !== command.stage) {
      moved.push({
        ...concerned(command),
        command_id: command.id,
        stage: reached.stage,
        reason: reached.reason,
        at: reached.at,
      })
    }
    held.set(command.id, next)
    changed.set(command.id, next)
  }
  return { known, moved, refused, changed: [...changed.values()] }
}

/** Stages that only its device can say, and only of a command it has taken. */
export const taking: ReadonlySet<CommandStage> = new Set(["accepted", "executing", "executed"])

/** Why a stage is not recorded; undefined if it is. */
const whyNot = (command: HeldCommand | undefined, reached: StageReached): StageRefused["why"] | undefined => {
  if (command === undefined || (reached.deviceId !== undefined && reached.deviceId !== command.device_id)) {
    return "command_unknown"
  }
  if (reached.stage === command.stage) return undefined
  if (isFinal(command.stage) && isFinal(reached.stage)) return "command_ended"
  const isAwaited = command.stage === "created" || command.stage === "sent"
  const isOfCopy = reached.onlyIf === "untaken" ? command.is_taken : reached.onlyIf === "awaited" && !isAwaited
  return isOfCopy ? "command_taken" : undefined
}

const concerned = (command: CommandRow) => ({
  target: { kind: command.target_kind, id: command.target_id },
  cartId: command.cart_id,
  deviceId: command.device_id,
})
