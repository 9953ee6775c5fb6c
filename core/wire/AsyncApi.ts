/**
 * The protocol as an AsyncAPI 3.0 document, made from the table of messages: a channel for every topic, an operation for
 * every kind of message, each with its schema, an example, and how MQTT carries it. Seen from the cloud: it *receives*
 * what devices say and *sends* what is said to them.
 */
import { JsonSchema, Schema } from "effect"
import { CommandEnvelope } from "./Commands.ts"
import { cartExamples, deviceExamples } from "./Examples.ts"
import { cartMessages, deviceMessages, type MessageKind } from "./Messages.ts"

type Json = Schema.Json
type JsonObject = Readonly<Record<string, Json>>

interface Channel {
  readonly id: string
  readonly address: string
  readonly kind: MessageKind
  readonly example: Json
}

const pascal = (text: string): string => text.replaceAll(/(?:^|\/)(\w)/g, (_, letter: string) => letter.toUpperCase())

const channelsOf = (
  of: "device" | "cart",
  kinds: Readonly<Record<string, MessageKind>>,
  examples: Readonly<Record<string, unknown>>,
): ReadonlyArray<Channel> =>
  Object.entries(kinds).map(([leaf, kind]) => ({
    id: `${of}${pascal(leaf)}`,
    address: `cartwise/{chain_slug}/{branch_code}/${of}s/{${of}_id}/${leaf}`,
    kind,
    example: examples[leaf] as Json,
  }))

const parameters: JsonObject = {
  chain_slug: { description: "The chain's short name, as its branches' topics begin with it." },
  branch_code: { description: "The branch's code within its chain." },
  device_id: { description: "The device's id, a lower-case UUID." },
  cart_id: { description: "The cart's id, a lower-case UUID." },
}

const parametersOf = ({ address }: Channel): JsonObject =>
  Object.fromEntries(Object.entries(parameters).filter(([name]) => address.includes(`{${name}}`)))

/** A message's payload as JSON Schema, draft 7, with everything in place. */
export const payloadSchema = ({ schema, closed }: Pick<MessageKind, "schema" | "closed">): JsonObject => {
  const onExcessProperty = closed === true ? "error" : "ignore"
  const document = JsonSchema.toDocumentDraft07(Schema.toJsonSchemaDocument(schema, { onExcessProperty }))
  const definitions = document.definitions as JsonObject
  return { ...(document.schema as JsonObject), ...(Object.keys(definitions).length === 0 ? {} : { definitions }) }
}

/** Two ways an MQTT client must know: they are AsyncAPI's own binding for an operation. */
const operationOf = (channel: Channel): JsonObject => ({
  action: channel.kind.from === "device" ? "receive" : "send",
  channel: { $ref: `#/channels/${channel.id}` },
  summary: channel.kind.says,
  bindings: { mqtt: { qos: channel.kind.qos, retain: channel.kind.retained, bindingVersion: "0.2.0" } },
  messages: [{ $ref: `#/channels/${channel.id}/messages/${channel.kind.name}` }],
})

const messageOf = ({ kind, example }: Channel): JsonObject => ({
  name: kind.name,
  contentType: "application/json",
  summary: kind.says,
  payload: payloadSchema(kind),
  examples: [{ payload: example }],
  "x-max-bytes": kind.maxBytes,
})

const byId = (channels: ReadonlyArray<Channel>, make: (channel: Channel) => JsonObject): JsonObject =>
  Object.fromEntries(channels.map((channel) => [channel.id, make(channel)]))

/** The document; `version` is the program's. What is signed in a command is the component `CommandEnvelope`. */
export const asyncApi = (version: string): JsonObject => {
  const channels = [
    ...channelsOf("device", deviceMessages, deviceExamples),
    ...channelsOf("cart", cartMessages, cartExamples),
  ]
  return {
    asyncapi: "3.0.0",
    info: {
      title: "CartWise Cloud over MQTT",
      version,
      description:
        "What devices and the cloud say to each other over MQTT 3.1.1. The rules are in docs/protocol/mqtt.md, " +
        "each with a number (CW-MQTT-nnn); this document has the shapes.",
    },
    defaultContentType: "application/json",
    channels: byId(channels, (channel) => ({
      address: channel.address,
      messages: { [channel.kind.name]: messageOf(channel) },
      parameters: parametersOf(channel),
    })),
    operations: byId(channels, operationOf),
    components: {
      schemas: { CommandEnvelope: payloadSchema({ schema: CommandEnvelope }) },
    },
  }
}
