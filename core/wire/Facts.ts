/**
 * Facts go up: what happened at the edge, in the order of its journal. A fact is journaled durably under
 * `(device, journal_id, seq)` before it is published, and published until the cloud acknowledges the watermark.
 *
 * A twin fact is one event that a machine took (or refused) and the value of the edge's regions after it. A command
 * fact is one stage of a command.
 */
import { Schema } from "effect"
import { CommandReason, CommandStage } from "../domain/Command.ts"
import { CommandId, JournalId, TwinRef } from "../domain/Ids.ts"
import { Millis } from "../domain/Instant.ts"
import { Epoch, Session } from "../domain/Device.ts"
import { PlacementRevision } from "../domain/PlacementRevision.ts"
import { Text } from "../domain/Text.ts"
import { Announcement, TwinEvent } from "../domain/TwinEvent.ts"
import { Limits } from "../Limits.ts"
import { Traceparent } from "./Traceparent.ts"
import { Trail } from "./Trail.ts"

/** A place in a journal; 1 is the first. Never reset while the journal lives. */
export const Seq = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }))
/** The highest contiguous seq that is safe; 0 is none yet. */
export const Watermark = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }))

/** Version of a machine, as `twins/Machines.ts` counts them. */
export const MachineVersion = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1_000_000 }))

/** A statechart's value: a state name, or regions by name, nested. */
export const StateValue = Schema.Json
export type StateValue = typeof StateValue.Type

const shared = {
  seq: Seq,
  command_id: Schema.optionalKey(CommandId),
  /** W3C trace context of what caused this. */
  traceparent: Schema.optionalKey(Traceparent),
}

export const TwinFact = Schema.Struct({
  fact: Schema.Literal("twin"),
  ...shared,
  twin: TwinRef,
  /** Version of the machine that `value` is a state of; left out: 1. */
  version: Schema.optionalKey(MachineVersion),
  /** For a cart: the placement under which the edge writes its dock; left out: 0. */
  placement: Schema.optionalKey(PlacementRevision),
  event: TwinEvent,
  accepted: Schema.Boolean,
  /** Why it was refused; only when not accepted. */
  reason: Schema.optionalKey(Text),
  /** The edge's regions after the event. */
  value: StateValue,
  announces: Schema.Array(Announcement),
})
export type TwinFact = typeof TwinFact.Type

export const CommandFact = Schema.Struct({
  fact: Schema.Literal("command"),
  ...shared,
  command_id: CommandId,
  stage: CommandStage,
  reason: Schema.optionalKey(CommandReason),
  /** Coil pulses written for this command so far. */
  pulses: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: Limits.pulsesPerCommand })),
  /** What was done for it since the stage before. */
  trail: Schema.optionalKey(Trail),
  at: Millis,
})
export type CommandFact = typeof CommandFact.Type

export const Fact = Schema.Union([TwinFact, CommandFact])
export type Fact = typeof Fact.Type

/** `devices/{id}/events`: facts in seq order without a hole. */
export const FactsMessage = Schema.Struct({
  v: Schema.Literal(1),
  session: Session,
  journal_id: JournalId,
  /** True while the journal is replayed after a boot: these happened while nobody listened. */
  replay: Schema.Boolean,
  facts: Schema.Array(Fact).check(Schema.isBetweenLength(1, Limits.factsPerMessage)),
})
export type FactsMessage = typeof FactsMessage.Type

/** `devices/{id}/events/ack`: everything up to `seq` is committed; sent only after the commit. */
export const FactsAck = Schema.Struct({
  v: Schema.Literal(1),
  journal_id: JournalId,
  seq: Watermark,
  /** The cloud misses facts between `seq` and what it got: send again from there. */
  gap: Schema.optionalKey(Schema.Boolean),
})
export type FactsAck = typeof FactsAck.Type

/** `devices/{id}/snapshot`: every machine of the device, as of a seq of its journal. */
export const SnapshotMessage = Schema.Struct({
  v: Schema.Literal(1),
  session: Session,
  epoch: Epoch,
  journal_id: JournalId,
  seq: Watermark,
  at: Millis,
  simulated: Schema.Boolean,
  twins: Schema.Array(
    Schema.Struct({
      twin: TwinRef,
      version: Schema.Int,
      /** As in a fact. */
      placement: Schema.optionalKey(PlacementRevision),
      value: StateValue,
      context: Schema.Json,
      /** When the newest good reading behind this state was taken; null if never. */
      fresh_at: Schema.NullOr(Millis),
    }),
  ).check(Schema.isMaxLength(Limits.twinsPerDevice)),
})
export type SnapshotMessage = typeof SnapshotMessage.Type
