/**
 * How the parts of a device speak to the cloud: the connection of the moment, the epoch the cloud gave it, and the topics.
 * Without a connection nothing is said and nothing is kept for later: what must not be lost is in the journal.
 */
import type { SnapshotMessage } from "#core/wire/Facts.ts"
import { cartMessages, type DeviceMessage, deviceMessages, type LeafFrom } from "#core/wire/Messages.ts"
import type { CartStatusMessage } from "#core/wire/Presence.ts"
import { type BranchAddress, cartCommandTopics, cartTopic, deviceTopic } from "#core/wire/Topics.ts"

import type { DeviceConfig } from "../config/EdgeConfig.ts"
import type { MqttConnection } from "./MqttLink.ts"

export class Voice {
  readonly device: DeviceConfig
  readonly address: BranchAddress
  /** The number of this start of the program, or a later one if the cloud knew a greater. */
  session: SnapshotMessage["session"]
  connection: MqttConnection | undefined
  /** The cloud's number for this connection; only while there is one may commands be taken. */
  epoch: number | undefined

  constructor(device: DeviceConfig, session: number) {
    this.device = device
    this.address = { chainSlug: device.chain_slug, branchCode: device.branch_code }
    this.session = session
  }

  topic(leaf: LeafFrom<"device">): string {
    return deviceTopic(this.address, this.device.id, leaf)
  }

  /** Says it the way its kind of message is carried: QoS, and whether the broker keeps it. */
  say<Leaf extends LeafFrom<"device">>(leaf: Leaf, message: DeviceMessage<Leaf>): void {
    const { qos, retained } = deviceMessages[leaf]
    this.connection?.publish(this.topic(leaf), JSON.stringify(message), { qos, retain: retained })
  }

  /** Hears the topics of carts that came, and no more of those that left. */
  listenTo(came: ReadonlyArray<string>, left: ReadonlyArray<string>): void {
    const topics = (carts: ReadonlyArray<string>) => carts.flatMap((cart) => cartCommandTopics(this.address, cart))
    this.connection?.listen(topics(came), topics(left))
  }

  sayOfCart(cartId: string, message: CartStatusMessage): void {
    const { qos, retained } = cartMessages.status
    this.connection?.publish(cartTopic(this.address, cartId, "status"), JSON.stringify(message), {
      qos,
      retain: retained,
    })
  }
}
