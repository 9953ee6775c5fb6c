/**
 * Every MQTT topic, built and taken apart in one place (requirements.md §5, domain.md §9.1).
 *
 *   cartwise/{chain_slug}/{branch_code}/devices/{device_id}/{leaf…}
 *   cartwise/{chain_slug}/{branch_code}/carts/{cart_id}/{leaf}
 *
 * `parseTopic` is total: a topic that is not ours is `undefined`, never a guess from a substring.
 */
import { Schema } from "effect"
import { CartId, DeviceId } from "../domain/Ids.ts"

/** A branch's place in the topic tree. */
export interface BranchAddress {
  readonly chainSlug: string
  readonly branchCode: string
}

export const deviceLeaves = [
  "status",
  "telemetry",
  "commands",
  "commands/ack",
  "boot",
  "boot/reply",
  "heartbeat",
  "events",
  "events/ack",
  "snapshot",
  "config/desired",
  "config/reported",
] as const
/** What a device topic is about. */
export type DeviceLeaf = (typeof deviceLeaves)[number]

export const cartLeaves = ["status", "lock", "unlock"] as const
/** What a cart topic is about (the seed's compatibility topics). */
export type CartLeaf = (typeof cartLeaves)[number]

/** A topic taken apart. */
export type Topic =
  | (BranchAddress & { readonly of: "device"; readonly deviceId: DeviceId; readonly leaf: DeviceLeaf })
  | (BranchAddress & { readonly of: "cart"; readonly cartId: CartId; readonly leaf: CartLeaf })

const base = (branch: BranchAddress) => `cartwise/${branch.chainSlug}/${branch.branchCode}`

/** A device's topic: `register` answers with it, every leaf hangs under it. */
export const deviceTopic = (branch: BranchAddress, deviceId: string, leaf?: DeviceLeaf): string =>
  `${base(branch)}/devices/${deviceId}${leaf === undefined ? "" : `/${leaf}`}`

/** One of a cart's compatibility topics. */
export const cartTopic = (branch: BranchAddress, cartId: string, leaf: CartLeaf): string =>
  `${base(branch)}/carts/${cartId}/${leaf}`

/** Where the seed's commands for a cart go. */
export const cartCommandTopics = (branch: BranchAddress, cartId: string): ReadonlyArray<string> => [
  cartTopic(branch, cartId, "unlock"),
  cartTopic(branch, cartId, "lock"),
]

/** What the cloud subscribes to: everything that devices say. */
export const cloudSubscriptions = [
  "cartwise/+/+/devices/+/status",
  "cartwise/+/+/devices/+/telemetry",
  "cartwise/+/+/devices/+/commands/ack",
  "cartwise/+/+/devices/+/boot",
  "cartwise/+/+/devices/+/heartbeat",
  "cartwise/+/+/devices/+/events",
  "cartwise/+/+/devices/+/snapshot",
  "cartwise/+/+/devices/+/config/reported",
  "cartwise/+/+/carts/+/status",
] as const

/** What a device subscribes to: everything said to it, and the commands for the carts placed with it. */
export const deviceSubscriptions = (branch: BranchAddress, deviceId: string, cartIds: ReadonlyArray<string>) => [
  deviceTopic(branch, deviceId, "commands"),
  deviceTopic(branch, deviceId, "boot/reply"),
  deviceTopic(branch, deviceId, "events/ack"),
  deviceTopic(branch, deviceId, "config/desired"),
  ...cartIds.flatMap((cartId) => cartCommandTopics(branch, cartId)),
]

const isDeviceId = Schema.is(DeviceId)
const isCartId = Schema.is(CartId)
const isDeviceLeaf = (leaf: string): leaf is DeviceLeaf => (deviceLeaves as ReadonlyArray<string>).includes(leaf)
const isCartLeaf = (leaf: string): leaf is CartLeaf => (cartLeaves as ReadonlyArray<string>).includes(leaf)

/** Takes a topic apart; `undefined` if any part of it is not ours. */
export const parseTopic = (topic: string): Topic | undefined => {
  const [root, chainSlug, branchCode, of, id, ...rest] = topic.split("/")
  if (root !== "cartwise" || !chainSlug || !branchCode || !id) return undefined
  const leaf = rest.join("/")
  if (of === "devices" && isDeviceId(id) && isDeviceLeaf(leaf)) {
    return { of: "device", chainSlug, branchCode, deviceId: id, leaf }
  }
  if (of === "carts" && isCartId(id) && isCartLeaf(leaf)) {
    return { of: "cart", chainSlug, branchCode, cartId: id, leaf }
  }
  return undefined
}
