/**
 * What a journal remembers, record by record, and what all of it together says: `Memory`.
 *
 * A segment begins with its `segment` record and a checkpoint (every `twin`, every `command`), so the newest segment alone
 * is enough to start from. Behind it come facts with the stored twin they led to, marks about commands, and marks of
 * coil pulses, which are written before the coil is.
 */
import { Result, Schema } from "effect"

import { CommandKind, CommandReason, CommandStage, isFinal } from "#core/domain/Command.ts"
import { BayService } from "#core/domain/Bay.ts"
import { BayId, CommandId, JournalId } from "#core/domain/Ids.ts"
import { Millis } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import { Fact, Seq } from "#core/wire/Facts.ts"
import { Traceparent } from "#core/wire/Traceparent.ts"
import { Stored } from "#twins/Stored.ts"

/** A command this device has judged. Kept after its end, so that a repeat is known. */
export const CommandMemo = Schema.Struct({
  id: CommandId,
  kind: CommandKind,
  /** The bay it is for; null when it is for none. */
  bay: Schema.NullOr(BayId),
  /** How the bay is to be used from then on; only of `maintenance`. */
  service: Schema.optionalKey(BayService),
  expiresAt: Millis,
  stage: CommandStage,
  reason: Schema.optionalKey(CommandReason),
  /** Coil pulses begun for it. */
  pulses: Schema.Int,
  traceparent: Schema.optionalKey(Traceparent),
})
export type CommandMemo = typeof CommandMemo.Type

const SegmentRecord = Schema.Struct({
  k: Schema.Literal("segment"),
  v: Schema.Literal(1),
  journal: JournalId,
  /** Seq of the first fact in this segment. */
  first: Seq,
})
const TwinRecord = Schema.Struct({ k: Schema.Literal("twin"), id: Schema.String, stored: Schema.Json })
const CommandRecord = Schema.Struct({ k: Schema.Literal("command"), command: CommandMemo })
const FactRecord = Schema.Struct({
  k: Schema.Literal("fact"),
  fact: Fact,
  stored: Schema.optionalKey(Schema.Json),
  command: Schema.optionalKey(CommandMemo),
})
export const JournalRecord = Schema.Union([FactRecord, CommandRecord, TwinRecord, SegmentRecord])
export type JournalRecord = typeof JournalRecord.Type

/** Reads a record that passed its checksum; it can still be of a version this program does not know. */
export const readRecord = (json: unknown): Result.Result<JournalRecord, Schema.SchemaError> => decode(json)
const decode = Schema.decodeUnknownResult(JournalRecord)

/** A fact before it has a place in the journal. */
export type UnnumberedFact = Fact extends infer F ? (F extends Fact ? Omit<F, "seq"> : never) : never

/** What a host wants written down: a fact (with the twin or the command it changed), or a mark about a command. */
export type Entry =
  | { readonly fact: UnnumberedFact; readonly stored?: Stored; readonly command?: CommandMemo }
  | { readonly command: CommandMemo }

/** Everything the journal says about now. Twins are left as JSON: `twins/Migrate.ts` reads them. */
export interface Memory {
  readonly twins: Map<string, Schema.Json>
  readonly commands: Map<string, CommandMemo>
}

export const emptyMemory = (): Memory => ({ twins: new Map(), commands: new Map() })

/** Takes one more record into the memory, which it changes. */
export const remember = (memory: Memory, record: JournalRecord): void => {
  if (record.k === "twin") memory.twins.set(record.id, record.stored)
  if (record.k === "command") rememberCommand(memory.commands, record.command)
  if (record.k !== "fact") return
  if (record.fact.fact === "twin" && record.stored !== undefined) {
    memory.twins.set(record.fact.twin.id, record.stored)
  }
  if (record.command !== undefined) rememberCommand(memory.commands, record.command)
}

/** True for a command that nothing will be begun for any more. */
export const isSettled = ({ stage }: CommandMemo): boolean => isFinal(stage) || stage === "unknown"

/**
 * Keeps `Limits.commandsRemembered`. Of the settled ones the one that expired first goes first: that needs no clock, and
 * never takes one that can still come again while there is one that can not.
 */
export const rememberCommand = (commands: Map<string, CommandMemo>, command: CommandMemo): void => {
  commands.set(command.id, command)
  if (commands.size <= Limits.commandsRemembered) return
  let first: CommandMemo | undefined
  for (const memo of commands.values()) {
    if (isSettled(memo) && (first === undefined || memo.expiresAt < first.expiresAt)) first = memo
  }
  if (first !== undefined) commands.delete(first.id)
}

/** The memory as records, to begin a segment with. */
export const checkpointOf = (memory: Memory): ReadonlyArray<JournalRecord> => [
  ...[...memory.twins].map(([id, stored]) => ({ k: "twin" as const, id, stored })),
  ...[...memory.commands.values()].map((command) => ({ k: "command" as const, command })),
]
