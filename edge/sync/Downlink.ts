/**
 * What the cloud says to a device, taken apart: topic, size, JSON, schema. Total: what can not be read is counted and
 * dropped, and nothing stops. Commands are only told apart here; the command desk reads and answers them.
 */
import { Option, Schema } from "effect"

import { beyondBounds, messageBounds } from "#core/JsonBounds.ts"
import type { ConfigDesired } from "#core/wire/Config.ts"
import type { FactsAck } from "#core/wire/Facts.ts"
import { deviceMessages } from "#core/wire/Messages.ts"
import type { BootReply } from "#core/wire/Presence.ts"
import { kindOf, parseTopic } from "#core/wire/Topics.ts"

import type { IncomingCommand } from "../commands/Verdict.ts"
import type { MqttMessage } from "./MqttLink.ts"

export type Heard =
  | { readonly _tag: "BootReply"; readonly reply: BootReply }
  | { readonly _tag: "FactsAck"; readonly ack: FactsAck }
  | { readonly _tag: "Command"; readonly command: IncomingCommand }
  | { readonly _tag: "Config"; readonly desired: ConfigDesired; readonly retained: boolean }
  /** Somebody else's, or for a later version of this program. */
  | { readonly _tag: "Ignored" }
  | { readonly _tag: "Malformed"; readonly topic: string }

export const readDownlink = (deviceId: string, { topic, payload, retain }: MqttMessage): Heard => {
  const parsed = parseTopic(topic)
  if (parsed === undefined) return { _tag: "Ignored" }
  if (parsed.of === "cart") {
    if (parsed.leaf === "status") return { _tag: "Ignored" }
    return { _tag: "Command", command: { payload, retain, cart: { id: parsed.cartId, leaf: parsed.leaf } } }
  }
  if (parsed.deviceId !== deviceId) return { _tag: "Ignored" }
  if (parsed.leaf === "commands") return { _tag: "Command", command: { payload, retain } }
  const { retained, maxBytes } = kindOf(parsed)
  const refused =
    payload.length > maxBytes || (retain && !retained) || beyondBounds(payload, messageBounds) !== undefined
  const as = <A>(read: (text: unknown) => Option.Option<A>, make: (message: A) => Heard): Heard =>
    Option.match(refused ? Option.none() : read(new TextDecoder().decode(payload)), {
      onNone: () => ({ _tag: "Malformed", topic }),
      onSome: make,
    })
  switch (parsed.leaf) {
    case "boot/reply":
      return as(decodeReply, (reply) => ({ _tag: "BootReply", reply }))
    case "events/ack":
      return as(decodeAck, (ack) => ({ _tag: "FactsAck", ack }))
    case "config/desired":
      return as(decodeDesired, (desired) => ({ _tag: "Config", desired, retained: retain }))
    default:
      return { _tag: "Ignored" }
  }
}

const decodeReply = Schema.decodeUnknownOption(Schema.fromJsonString(deviceMessages["boot/reply"].schema))
const decodeAck = Schema.decodeUnknownOption(Schema.fromJsonString(deviceMessages["events/ack"].schema))
const decodeDesired = Schema.decodeUnknownOption(Schema.fromJsonString(deviceMessages["config/desired"].schema))
