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
import {
  type CartLeaf,
  cartLeavesFrom,
  cartMessages,
  deviceLeavesFrom,
  type DeviceLeaf,
  deviceMessages,
  type MessageKind,
} from "./Messages.ts"

/** A branch's place in the topic tree. */
export interface BranchAddress {
  readonly chainSlug: string
  readonly branchCode: string
}

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
export const cartCommandTopics = (branch: BranchAddress, cartId: string): ReadonlyArray<string> =>
  cartLeavesFrom("cloud").map((leaf) => `${base(branch)}/carts/${cartId}/${leaf}`)

/** What the cloud subscribes to: everything that devices say. */
export const cloudSubscriptions: ReadonlyArray<string> = [
  ...deviceLeavesFrom("device").map((leaf) => `cartwise/+/+/devices/+/${leaf}`),
  ...cartLeavesFrom("device").map((leaf) => `cartwise/+/+/carts/+/${leaf}`),
]

/** What a device subscribes to: everything said to it, and the commands for the carts placed with it. */
export const deviceSubscriptions = (
  branch: BranchAddress,
  deviceId: string,
  cartIds: ReadonlyArray<string>,
): ReadonlyArray<string> => [
  ...deviceLeavesFrom("cloud").map((leaf) => `${base(branch)}/devices/${deviceId}/${leaf}`),
  ...cartIds.flatMap((cartId) => cartCommandTopics(branch, cartId)),
]

const isDeviceId = Schema.is(DeviceId)
const isCartId = Schema.is(CartId)
const isDeviceLeaf = (leaf: string): leaf is DeviceLeaf => Object.hasOwn(deviceMessages, leaf)
const isCartLeaf = (leaf: string): leaf is CartLeaf => Object.hasOwn(cartMessages, leaf)

/** How what is said on a topic is carried. */
export const kindOf = (topic: Topic): MessageKind =>
  topic.of === "cart" ? cartMessages[topic.leaf] : deviceMessages[topic.leaf]

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
