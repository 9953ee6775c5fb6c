/**
 * How a device says it is there: a boot handshake that binds a session to an epoch, a retained status with a last
 * will, and heartbeats. A will or a message of another session than the current one is ignored.
 */
import { Schema } from "effect"
import { DeviceHealth, DeviceStatus, Epoch, Session } from "../domain/Device.ts"
import { ControllerId, JournalId } from "../domain/Ids.ts"
import { Instant, Millis } from "../domain/Instant.ts"
import { Text } from "../domain/Text.ts"
import { Limits } from "../Limits.ts"
import { ConfigName } from "./Config.ts"
import { MachineVersion, Watermark } from "./Facts.ts"
import { CommandKeyId } from "./SignedCommand.ts"

/** `devices/{id}/status`, retained; the last will is one with `offline`. */
export const StatusMessage = Schema.Struct({
  v: Schema.Literal(1),
  session: Session,
  status: DeviceStatus,
  at: Instant,
  simulated: Schema.Boolean,
})
export type StatusMessage = typeof StatusMessage.Type

/** `devices/{id}/boot`: the first word of a session, repeated until it is answered. */
export const BootMessage = Schema.Struct({
  v: Schema.Literal(1),
  session: Session,
  reason: Schema.Literals(["start", "reconnect", "epoch_lost"]),
  firmware_version: Text,
  /** Version of each machine this program runs. */
  machines: Schema.Record(Schema.String, MachineVersion),
  journal: Schema.Struct({ id: JournalId, acknowledged: Watermark, written: Watermark }),
  /** The configuration in force, and the revision of the device's word about it; left out by one that takes none. */
  config: Schema.optionalKey(Schema.Struct({ ...ConfigName.fields, revision: Schema.Int })),
  /** The command keys it knows, by `kid`; left out by one that does not say. */
  command_keys: Schema.optionalKey(Schema.Array(CommandKeyId).check(Schema.isMaxLength(Limits.commandKeysPerEdge))),
  /** Milliseconds on the device's own steady clock, echoed in the reply to measure the round trip. */
  mono_ms: Schema.Finite,
  at: Instant,
  simulated: Schema.Boolean,
})
export type BootMessage = typeof BootMessage.Type

/** What every version of the protocol can read of a boot, whatever else is in it: enough to answer. */
export const BootHeader = Schema.Struct({
  v: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1_000_000 })),
  session: Session,
})
export type BootHeader = typeof BootHeader.Type

/** `devices/{id}/boot/reply`. Only an accepted device may take commands. */
export const BootReply = Schema.Union([
  Schema.Struct({
    v: Schema.Literal(1),
    status: Schema.Literal("accepted"),
    session: Session,
    epoch: Epoch,
    server_time: Instant,
    mono_ms: Schema.Finite,
    heartbeat_ms: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: Limits.heartbeatMs })),
    journal: Schema.Struct({ id: JournalId, acknowledged: Watermark }),
    /** What the cloud wants, null for nothing, and whether it lacks the device's own word. */
    config: Schema.optionalKey(Schema.Struct({ desired: Schema.NullOr(ConfigName), report: Schema.Boolean })),
  }),
  Schema.Struct({
    v: Schema.Literal(1),
    status: Schema.Literals(["pending", "rejected"]),
    session: Session,
    /** A stable code. */
    reason: Text,
    /** What exactly, for whoever mends it. */
    detail: Schema.optionalKey(Text),
    /** With `old_session`: the session that is the current one, so that the next can be greater. */
    current_session: Schema.optionalKey(Session),
    retry_ms: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: Limits.bootRetryMaxMs })),
  }),
])
export type BootReply = typeof BootReply.Type

/** `devices/{id}/heartbeat`: alive, and how fresh each board's readings are. */
export const HeartbeatMessage = Schema.Struct({
  v: Schema.Literal(1),
  session: Session,
  epoch: Epoch,
  at: Instant,
  health: DeviceHealth,
  journal: Schema.Struct({ id: JournalId, written: Watermark }),
  controllers: Schema.Array(Schema.Struct({ id: ControllerId, fresh_at: Schema.NullOr(Millis) })).check(
    Schema.isMaxLength(Limits.busesPerDevice * Limits.boardsPerBus),
  ),
})
export type HeartbeatMessage = typeof HeartbeatMessage.Type

/** `carts/{id}/status`, retained: the seed's view of a cart, a hint and never the truth. */
export const CartStatusMessage = Schema.Struct({
  v: Schema.Literal(1),
  session: Session,
  device_id: Text,
  bay: Text,
  dock: Schema.Literals(["unknown", "secured", "releasing", "released", "away"]),
  is_locked: Schema.NullOr(Schema.Boolean),
  at: Instant,
  simulated: Schema.Boolean,
})
export type CartStatusMessage = typeof CartStatusMessage.Type
