/**
 * The records as the API speaks them: the seed's fields under the seed's names (requirements.md §3), more added,
 * none renamed. Times are `Instant`s.
 */
import { Schema } from "effect"
import { Hook, Presence } from "../domain/Bay.ts"
import { CartIdentity, CartStatus } from "../domain/Cart.ts"
import { ControllerStatus } from "../domain/Controller.ts"
import { DeviceStatus } from "../domain/Device.ts"
import {
  BayId,
  BoardAddress,
  BranchId,
  CartId,
  ChainId,
  ControllerId,
  DeviceId,
  LockIndex,
  ZoneId,
} from "../domain/Ids.ts"
import { Instant } from "../domain/Instant.ts"
import { Limits } from "../Limits.ts"

const stamps = { created_at: Instant, updated_at: Instant }
/** What every record has that people change: what `If-Match` names, and when it was taken out of use. */
const changes = { version: Schema.Int, archived_at: Schema.NullOr(Instant) }

export const Chain = Schema.Struct({
  id: ChainId,
  name: Schema.String,
  slug: Schema.String,
  description: Schema.NullOr(Schema.String),
  active: Schema.Boolean,
  simulated: Schema.Boolean,
  ...changes,
  ...stamps,
})
export type Chain = typeof Chain.Type

export const Branch = Schema.Struct({
  id: BranchId,
  chain_id: ChainId,
  name: Schema.String,
  branch_code: Schema.String,
  address: Schema.NullOr(Schema.String),
  city: Schema.NullOr(Schema.String),
  latitude: Schema.NullOr(Schema.Finite),
  longitude: Schema.NullOr(Schema.Finite),
  timezone: Schema.String,
  active: Schema.Boolean,
  /** Carts are lent here; shoppers are told to bring them back here. */
  is_lending: Schema.Boolean,
  is_returning: Schema.Boolean,
  /** Whether each cart has a bay of its own, or any comes back into any. */
  cart_identity: CartIdentity,
  simulated: Schema.Boolean,
  ...changes,
  ...stamps,
})
export type Branch = typeof Branch.Type

export const Zone = Schema.Struct({
  id: ZoneId,
  branch_id: BranchId,
  name: Schema.String,
  ...changes,
  ...stamps,
})
export type Zone = typeof Zone.Type

export const Device = Schema.Struct({
  id: DeviceId,
  branch_id: BranchId,
  device_name: Schema.String,
  mac_address: Schema.String,
  serial_number: Schema.String,
  status: DeviceStatus,
  /** The connection region of its twin: online, lost, offline, … */
  connection: Schema.String,
  /** The sync region of its twin: unsynced, comparing, inSync, diverged. */
  sync: Schema.String,
  /** The health region of its twin: the device's own word, so the last known one while it is not online. */
  health: Schema.String,
  /** True while it is not online: what it says of itself, and everything below it, is the last known. */
  stale: Schema.Boolean,
  last_heartbeat: Schema.NullOr(Instant),
  firmware_version: Schema.NullOr(Schema.String),
  ip_address: Schema.NullOr(Schema.String),
  simulated: Schema.Boolean,
  ...stamps,
})
export type Device = typeof Device.Type

export const Controller = Schema.Struct({
  id: ControllerId,
  device_id: DeviceId,
  controller_address: BoardAddress,
  port: Schema.String,
  baudrate: Schema.Int,
  status: ControllerStatus,
  /** True when its device is away or it was not read lately: the status is the last known one. */
  stale: Schema.Boolean,
  /** When it last answered; null if it never did. */
  fresh_at: Schema.NullOr(Instant),
  branch_id: BranchId,
  /** The link region of its twin: polling, slow, silent, garbled, busDown, … */
  link: Schema.String,
  simulated: Schema.Boolean,
  ...changes,
  ...stamps,
})
export type Controller = typeof Controller.Type

export const CartType = Schema.Literals(["regular", "child", "accessible", "large"])
export type CartType = typeof CartType.Type

export const Cart = Schema.Struct({
  id: CartId,
  branch_id: BranchId,
  controller_id: Schema.NullOr(ControllerId),
  cart_number: Schema.String,
  /** Number printed on the lock, 1..16, of the bay the cart is placed in. */
  locker_id: Schema.NullOr(Schema.Int),
  status: CartStatus,
  /** Null while nothing is known. */
  is_locked: Schema.NullOr(Schema.Boolean),
  assigned_to: Schema.NullOr(Schema.String),
  last_used: Schema.NullOr(Instant),
  maintenance_notes: Schema.NullOr(Schema.String),
  cart_type: CartType,
  bay_id: Schema.NullOr(BayId),
  bay_label: Schema.NullOr(Schema.String),
  device_id: Schema.NullOr(DeviceId),
  controller_address: Schema.NullOr(BoardAddress),
  lock_index: Schema.NullOr(LockIndex),
  dock: Schema.String,
  custody: Schema.String,
  /** True when its device or board is away: the values are the last known ones. */
  stale: Schema.Boolean,
  /** When its bay was last read; null if it never was since the cart was placed. */
  fresh_at: Schema.NullOr(Instant),
  /** Of its twin; `version` is of what people write of it. */
  revision: Schema.Int,
  simulated: Schema.Boolean,
  ...changes,
  ...stamps,
})
export type Cart = typeof Cart.Type

/** A bay: where it is, what is printed on it, which cart belongs in it, and what its sensors say. */
export const Bay = Schema.Struct({
  id: BayId,
  branch_id: BranchId,
  device_id: DeviceId,
  controller_id: ControllerId,
  controller_address: BoardAddress,
  lock_index: LockIndex,
  lock_number: Schema.Int,
  label: Schema.String,
  cart: Schema.NullOr(Schema.Struct({ id: CartId, cart_number: Schema.String })),
  zone_id: Schema.NullOr(ZoneId),
  is_accessible: Schema.Boolean,
  /** The row it stands in, and as which from the left, both from 1; null where its board has it. */
  row: Schema.NullOr(Schema.Int),
  place: Schema.NullOr(Schema.Int),
  /** The latch region of its twin: dark, secured, ajar.released, empty, … */
  latch: Schema.String,
  /** The service region: inService, returnOnly, maintenance, disabled. */
  service: Schema.String,
  /** What its two sensors said last; null while nothing is known. */
  hook: Schema.NullOr(Hook),
  presence: Schema.NullOr(Presence),
  /** True when its device or board is away: the values are the last known ones. */
  stale: Schema.Boolean,
  fresh_at: Schema.NullOr(Instant),
  simulated: Schema.Boolean,
  ...changes,
  ...stamps,
})
export type Bay = typeof Bay.Type

/** A page of a list; `next` is the cursor of the following page or null. */
export const Page = <S extends Schema.Constraint>(item: S) =>
  Schema.Struct({ items: Schema.Array(item), next: Schema.NullOr(Schema.String) })

/** Query of every list. */
export const pageQuery = {
  limit: Schema.optional(
    Schema.FiniteFromString.check(Schema.isInt(), Schema.isBetween({ minimum: 1, maximum: Limits.pageItemsMax })),
  ),
  cursor: Schema.optional(Schema.String.check(Schema.isMaxLength(200))),
}
