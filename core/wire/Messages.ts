/**
 * Every kind of message in one table: who says it, how MQTT carries it, how large it may be and what is in it. The topics,
 * both ends' subscriptions and readers, the AsyncAPI document and the table in `docs/protocol/mqtt.md` come from here.
 */
import type { Schema } from "effect"
import { Limits } from "../Limits.ts"
import { BoardReport } from "./BoardReport.ts"
import { ConfigDesired, ConfigReported } from "./Config.ts"
import { CommandAck } from "./Commands.ts"
import { FactsAck, FactsMessage, SnapshotMessage } from "./Facts.ts"
import { BootMessage, BootReply, CartStatusMessage, HeartbeatMessage, StatusMessage } from "./Presence.ts"
import { SignedCommand } from "./SignedCommand.ts"
import { TelemetryMessage } from "./Telemetry.ts"

/** One kind of message. */
export interface MessageKind {
  /** Name of its schema. */
  readonly name: string
  readonly schema: Schema.Constraint
  readonly from: "device" | "cloud"
  readonly qos: 0 | 1
  /** Whether the broker keeps the last one for who comes later. One that may not be and is, is refused. */
  readonly retained: boolean
  /** Largest payload; a larger one is refused unread. */
  readonly maxBytes: number
  /** True if parts that the schema does not name are refused; elsewhere they are passed over. */
  readonly closed?: boolean
  /** What it says, in half a sentence. */
  readonly says: string
}

const small = Limits.smallMessageBytes
const large = Limits.mqttPayloadBytes

/** By what follows `devices/{id}/`. */
export const deviceMessages = {
  status: {
    name: "StatusMessage",
    schema: StatusMessage,
    from: "device",
    qos: 1,
    retained: true,
    maxBytes: small,
    says: "online, offline, error; the last will is `offline` with the session it belongs to",
  },
  boot: {
    name: "BootMessage",
    schema: BootMessage,
    from: "device",
    qos: 1,
    retained: false,
    maxBytes: small,
    says: "first word of a session: machines, firmware, journal; repeated until answered",
  },
  "boot/reply": {
    name: "BootReply",
    schema: BootReply,
    from: "cloud",
    qos: 1,
    retained: false,
    maxBytes: small,
    says: "accepted with an epoch and the server's time, pending, or rejected",
  },
  heartbeat: {
    name: "HeartbeatMessage",
    schema: HeartbeatMessage,
    from: "device",
    qos: 0,
    retained: false,
    maxBytes: small,
    says: "alive; how fresh each board's readings are",
  },
  telemetry: {
    name: "TelemetryMessage",
    schema: TelemetryMessage,
    from: "device",
    qos: 0,
    retained: false,
    maxBytes: small,
    says: "how the device, its buses and its journal are",
  },
  events: {
    name: "FactsMessage",
    schema: FactsMessage,
    from: "device",
    qos: 1,
    retained: false,
    maxBytes: large,
    says: "facts in journal order, several per message",
  },
  "events/ack": {
    name: "FactsAck",
    schema: FactsAck,
    from: "cloud",
    // A lost one costs one repetition, and the next one says more.
    qos: 0,
    retained: false,
    maxBytes: small,
    says: "everything up to this seq is committed",
  },
  snapshot: {
    name: "SnapshotMessage",
    schema: SnapshotMessage,
    from: "device",
    qos: 1,
    retained: false,
    maxBytes: large,
    says: "every machine of the device as of a seq",
  },
  commands: {
    name: "SignedCommand",
    schema: SignedCommand,
    from: "cloud",
    qos: 1,
    retained: false,
    maxBytes: Limits.commandBytes,
    closed: true,
    says: "do one thing once: a signed `CommandEnvelope`",
  },
  "commands/ack": {
    name: "CommandAck",
    schema: CommandAck,
    from: "device",
    qos: 1,
    retained: false,
    maxBytes: small,
    says: "an answer to what could not become a fact: not genuine, unreadable, or repeated",
  },
  probe: {
    name: "BoardReport",
    schema: BoardReport,
    from: "device",
    qos: 1,
    retained: false,
    maxBytes: large,
    says: "what was found at a board that was probed: how it answered, its raw inputs, the last frames on its bus",
  },
  "config/desired": {
    name: "ConfigDesired",
    schema: ConfigDesired,
    from: "cloud",
    qos: 1,
    retained: true,
    maxBytes: large,
    says: "what the device shall be configured to: version, hash, document",
  },
  "config/reported": {
    name: "ConfigReported",
    schema: ConfigReported,
    from: "device",
    qos: 1,
    retained: false,
    maxBytes: large,
    says: "what it is configured to, and what it refused and why",
  },
} as const satisfies Record<string, MessageKind>

const cartCommand = {
  ...deviceMessages.commands,
  says: "the seed's topic for the same, deduplicated by `command_id`",
} as const

/** By what follows `carts/{id}/`: the seed's compatibility topics. */
export const cartMessages = {
  status: {
    name: "CartStatusMessage",
    schema: CartStatusMessage,
    from: "device",
    qos: 1,
    retained: true,
    maxBytes: small,
    says: "the seed's view of a cart: a hint, never the truth",
  },
  unlock: cartCommand,
  lock: cartCommand,
} as const satisfies Record<string, MessageKind>

/** What a device topic is about. */
export type DeviceLeaf = keyof typeof deviceMessages
/** What a cart topic is about. */
export type CartLeaf = keyof typeof cartMessages

/** Leaves that one side speaks on. */
export type LeafFrom<From extends MessageKind["from"]> = {
  [Leaf in DeviceLeaf]: (typeof deviceMessages)[Leaf]["from"] extends From ? Leaf : never
}[DeviceLeaf]

/** What is said on a device topic. */
export type DeviceMessage<Leaf extends DeviceLeaf> = (typeof deviceMessages)[Leaf]["schema"]["Type"]

const isLeafFrom = (table: Readonly<Record<string, MessageKind>>, from: MessageKind["from"]) =>
  Object.entries(table).flatMap(([leaf, kind]) => (kind.from === from ? [leaf] : []))

/** The leaves of device topics that one side speaks on, in the table's order. */
export const deviceLeavesFrom = (from: MessageKind["from"]): ReadonlyArray<string> => isLeafFrom(deviceMessages, from)

/** The leaves of cart topics that one side speaks on, in the table's order. */
export const cartLeavesFrom = (from: MessageKind["from"]): ReadonlyArray<string> => isLeafFrom(cartMessages, from)
