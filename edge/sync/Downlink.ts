/**
 * What the cloud says to a device, taken apart: topic, size, JSON, schema. Total: what can not be read is counted and
 * dropped, and nothing stops. Commands are only told apart here; the command desk reads and answers them.
 */
import { Option, Schema } from "effect"

import { Limits } from "#core/Limits.ts"
import { ConfigDesired } from "#core/wire/Config.ts"
import { FactsAck } from "#core/wire/Facts.ts"
import { BootReply } from "#core/wire/Presence.ts"
import { parseTopic } from "#core/wire/Topics.ts"

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
  switch (parsed.leaf) {
    case "commands":
      return { _tag: "Command", command: { payload, retain } }
    case "boot/reply": {
      const reply = retain ? Option.none() : decode(decodeReply, payload)
      return Option.match(reply, { onNone: () => malformed(topic), onSome: (reply) => ({ _tag: "BootReply", reply }) })
    }
    case "events/ack": {
      const ack = retain ? Option.none() : decode(decodeAck, payload)
      return Option.match(ack, { onNone: () => malformed(topic), onSome: (ack) => ({ _tag: "FactsAck", ack }) })
    }
    case "config/desired":
      return Option.match(decode(decodeDesired, payload), {
        onNone: () => malformed(topic),
        onSome: (desired) => ({ _tag: "Config", desired, retained: retain }),
      })
    default:
      return { _tag: "Ignored" }
  }
}

const malformed = (topic: string): Heard => ({ _tag: "Malformed", topic })

const decodeReply = Schema.decodeUnknownOption(Schema.fromJsonString(BootReply))
const decodeDesired = Schema.decodeUnknownOption(Schema.fromJsonString(ConfigDesired))
const decodeAck = Schema.decodeUnknownOption(Schema.fromJsonString(FactsAck))

const decode = <A>(read: (text: unknown) => Option.Option<A>, payload: Uint8Array): Option.Option<A> =>
  payload.length > Limits.mqttPayloadBytes ? Option.none() : read(new TextDecoder().decode(payload))
