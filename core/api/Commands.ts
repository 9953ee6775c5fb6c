/**
 * A command as the API shows it: every stage it reached and when.
 */
import { Schema } from "effect"
import { CommandKind, CommandReason, CommandStage } from "../domain/Command.ts"
import { CommandId, DeviceId, TwinRef } from "../domain/Ids.ts"
import { Instant } from "../domain/Instant.ts"

export const CommandView = Schema.Struct({
  command_id: CommandId,
  kind: CommandKind,
  target: TwinRef,
  device_id: DeviceId,
  stage: CommandStage,
  /** Why, for rejected, failed, expired and unknown. */
  reason: Schema.optionalKey(CommandReason),
  /** The stages in the order they were reached. */
  stages: Schema.Array(Schema.Struct({ stage: CommandStage, at: Instant, reason: Schema.optionalKey(CommandReason) })),
  pulses: Schema.Int,
  requested_by: Schema.String,
  requested_reason: Schema.String,
  created_at: Instant,
  expires_at: Instant,
})
export type CommandView = typeof CommandView.Type
