/**
 * Commands go down on `devices/{id}/commands` (and, the seed's way, on `carts/{id}/unlock|lock` with the same
 * envelope), signed (`SignedCommand`). Every safety property is in the payload, none in MQTT: id, audience, epoch, expiry.
 */
import { Schema } from "effect"
import { CommandOrder, CommandReason, CommandStage } from "../domain/Command.ts"
import { Epoch } from "../domain/Device.ts"
import { BranchId, ChainId, CommandId, DeviceId, TwinRef } from "../domain/Ids.ts"
import { Instant } from "../domain/Instant.ts"
import { Text } from "../domain/Text.ts"
import { Traceparent } from "./Traceparent.ts"

const shared = {
  v: Schema.Literal(1),
  command_id: CommandId,
  /** The chain. */
  tenant: ChainId,
  branch: BranchId,
  /** The audience: every other device refuses it. */
  device: DeviceId,
  /** The bay, cart or device that is meant. */
  target: TwinRef,
  epoch: Epoch,
  issued_at: Instant,
  /** At most `Limits.commandLifetimeMaxMs` after `issued_at`. No pulse is ever written after this. */
  expires_at: Instant,
  reason: Schema.optionalKey(Text),
  traceparent: Schema.optionalKey(Traceparent),
}
const [plain, reboot, maintenance] = CommandOrder.members

export const CommandEnvelope = Schema.Union([
  Schema.Struct({ ...shared, ...plain.fields }),
  Schema.Struct({ ...shared, ...reboot.fields }),
  Schema.Struct({ ...shared, ...maintenance.fields }),
])
export type CommandEnvelope = typeof CommandEnvelope.Type

/**
 * `devices/{id}/commands/ack`: an answer to what could not become a fact, because it had no readable id or came
 * twice. Everything else about a command is a journaled `CommandFact`.
 */
export const CommandAck = Schema.Struct({
  v: Schema.Literal(1),
  command_id: Schema.NullOr(Text),
  stage: CommandStage,
  reason: Schema.optionalKey(CommandReason),
  detail: Schema.optionalKey(Text),
  at: Instant,
})
export type CommandAck = typeof CommandAck.Type
