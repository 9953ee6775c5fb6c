/**
 * A device is a Raspberry Pi that owns the buses of a branch. Its connection and sync regions belong to the cloud
 * (a device cannot report itself gone), its health to the edge.
 */
import { Schema } from "effect"
import { DeadlineDue } from "./Deadline.ts"
import { Millis } from "./Instant.ts"
import { Text } from "./Text.ts"

/** The seed's word for a device's state. */
export const DeviceStatus = Schema.Literals(["offline", "online", "error"])
export type DeviceStatus = typeof DeviceStatus.Type

export const DeviceHealth = Schema.Literals(["ok", "degraded", "faulted"])
export type DeviceHealth = typeof DeviceHealth.Type

/** An ever-growing number the edge persists: one per start of its program. */
export const Session = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }))
/** The cloud's number for one accepted boot; commands carry it, so none outlives the connection it was made for. */
export const Epoch = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }))

const at = { at: Millis }

export const DeviceEvent = Schema.Union([
  Schema.Struct({ type: Schema.Literal("device.bootAccepted"), session: Session, epoch: Epoch, ...at }),
  Schema.Struct({ type: Schema.Literal("device.bootPended"), session: Session, ...at }),
  Schema.Struct({ type: Schema.Literal("device.bootRejected"), session: Session, reason: Text, ...at }),
  /** The broker delivered the last will of this session. */
  Schema.Struct({ type: Schema.Literal("device.willReceived"), session: Session, ...at }),
  /** No sign of life for `Limits.offlineAfterMs`. */
  Schema.Struct({ type: Schema.Literal("device.silenced"), ...at }),
  /** A message of the current session arrived although the device was thought lost. */
  Schema.Struct({ type: Schema.Literal("device.seen"), session: Session, ...at }),
  Schema.Struct({
    type: Schema.Literal("device.compared"),
    divergences: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1_000_000 })),
    ...at,
  }),
  Schema.Struct({ type: Schema.Literal("device.decommissioned"), ...at }),
  Schema.Struct({
    type: Schema.Literal("device.healthChanged"),
    health: DeviceHealth,
    causes: Schema.Array(Text),
    ...at,
  }),
  DeadlineDue,
])
export type DeviceEvent = typeof DeviceEvent.Type
