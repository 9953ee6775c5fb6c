/**
 * One MQTT message as what it says: the topic taken apart, the device looked up, the payload decoded by the schema of
 * its leaf (`core/wire/Messages.ts`). Total: what cannot be read comes back as a reason, never as an exception.
 *
 * Facts are read one by one when the message as a whole does not fit its schema, so that one unreadable fact does not
 * hold up the readable ones around it for ever.
 */
import { Result, Schema } from "effect"
import { beyondBounds, messageBounds } from "#core/JsonBounds.ts"
import { Limits } from "#core/Limits.ts"
import { Fact, FactsMessage, Seq } from "#core/wire/Facts.ts"
import { cartMessages, type DeviceMessage, deviceMessages, type LeafFrom } from "#core/wire/Messages.ts"
import { BootHeader, type BootMessage } from "#core/wire/Presence.ts"
import { type PlainTelemetry, readPlainTelemetry } from "#core/wire/PlainTelemetry.ts"
import { isNewer, protocolVersion } from "#core/wire/ProtocolVersion.ts"
import { type BranchAddress, kindOf, parseTopic } from "#core/wire/Topics.ts"
import type { DeviceAddress } from "../registry/Directory.ts"
import type { QuarantineReason } from "../store/Quarantine.ts"
import type { Received } from "./MqttClient.ts"

/** A place in the journal whose fact cannot be read or taken: put aside for this reason, and passed over. */
export interface UnreadableFact {
  readonly fact: "unreadable"
  readonly seq: number
  readonly reason: QuarantineReason
  readonly raw: unknown
}

export type InboundFact = Fact | UnreadableFact

export interface InboundFacts {
  readonly says: "facts"
  readonly device: DeviceAddress
  readonly session: number
  readonly journalId: string
  readonly facts: ReadonlyArray<InboundFact>
}

type OtherLeaf = Exclude<LeafFrom<"device">, "events">

/** What a device says besides facts: one message, by the leaf of its topic. */
export type Said<Leaf extends OtherLeaf = OtherLeaf> = {
  [One in Leaf]: { readonly says: One; readonly device: DeviceAddress; readonly message: DeviceMessage<One> }
}[Leaf]

export type Inbound =
  | InboundFacts
  | Said
  /** A boot of a protocol that is newer than ours: all that can be done is to say so. */
  | { readonly says: "newcomer"; readonly device: DeviceAddress; readonly message: BootHeader }
  | { readonly says: "stranger"; readonly at: BranchAddress; readonly deviceId: string; readonly message: BootMessage }
  /** Telemetry of a program that knows no sessions. */
  | { readonly says: "report"; readonly device: DeviceAddress; readonly report: PlainTelemetry }
  /** Understood, and of no consequence here. */
  | { readonly says: "nothing" }

export interface Unreadable {
  readonly reason: QuarantineReason
  readonly detail: string
}

const decoders = {
  boot: Schema.decodeUnknownResult(deviceMessages.boot.schema),
  status: Schema.decodeUnknownResult(deviceMessages.status.schema),
  heartbeat: Schema.decodeUnknownResult(deviceMessages.heartbeat.schema),
  telemetry: Schema.decodeUnknownResult(deviceMessages.telemetry.schema),
  snapshot: Schema.decodeUnknownResult(deviceMessages.snapshot.schema),
  "commands/ack": Schema.decodeUnknownResult(deviceMessages["commands/ack"].schema),
  "config/reported": Schema.decodeUnknownResult(deviceMessages["config/reported"].schema),
  probe: Schema.decodeUnknownResult(deviceMessages.probe.schema),
  header: Schema.decodeUnknownResult(BootHeader),
  facts: Schema.decodeUnknownResult(deviceMessages.events.schema),
  cartStatus: Schema.decodeUnknownResult(cartMessages.status.schema),
  envelope: Schema.decodeUnknownResult(
    Schema.Struct({
      ...FactsMessage.fields,
      facts: Schema.Array(Schema.Unknown).check(Schema.isBetweenLength(1, Limits.factsPerMessage)),
    }),
  ),
  fact: Schema.decodeUnknownResult(Fact),
  seq: Schema.decodeUnknownResult(Schema.Struct({ seq: Seq })),
}

const text = new TextDecoder("utf-8", { fatal: true })
const parse = (payload: Uint8Array) => Result.try((): unknown => JSON.parse(text.decode(payload)))

const unreadable = (reason: QuarantineReason, detail: unknown) =>
  Result.fail<Unreadable>({ reason, detail: String(detail).slice(0, 1_000) })

/** Reads facts one by one; places without a readable number count on from the one before. */
const factsOneByOne = (raw: ReadonlyArray<unknown>): ReadonlyArray<InboundFact> | undefined => {
  const facts: Array<InboundFact> = []
  let next: number | undefined
  for (const item of raw) {
    const fact = decoders.fact(item)
    const place = decoders.seq(item)
    const seq = Result.isSuccess(place) ? place.success.seq : next
    if (seq === undefined) return undefined
    facts.push(
      Result.isSuccess(fact) ? fact.success : { fact: "unreadable", seq, reason: "unreadable_fact", raw: item },
    )
    next = seq + 1
  }
  return facts
}

const readFacts = (device: DeviceAddress, json: unknown): Result.Result<Inbound, Unreadable> => {
  const whole = decoders.facts(json)
  if (Result.isSuccess(whole)) {
    const { session, journal_id: journalId, facts } = whole.success
    return Result.succeed({ says: "facts", device, session, journalId, facts })
  }
  const envelope = decoders.envelope(json)
  const facts = Result.isSuccess(envelope) ? factsOneByOne(envelope.success.facts) : undefined
  if (Result.isFailure(envelope) || facts === undefined) return unreadable("wrong_schema", whole.failure)
  const { session, journal_id: journalId } = envelope.success
  return Result.succeed({ says: "facts", device, session, journalId, facts })
}

const readAs = <A>(
  decoded: Result.Result<A, unknown>,
  make: (message: A) => Inbound,
): Result.Result<Inbound, Unreadable> =>
  Result.isSuccess(decoded) ? Result.succeed(make(decoded.success)) : unreadable("wrong_schema", decoded.failure)

/** Reads what a device said on one of its own topics. */
const readLeaf = (leaf: string, device: DeviceAddress, json: unknown): Result.Result<Inbound, Unreadable> => {
  switch (leaf) {
    case "events":
      return readFacts(device, json)
    case "boot":
      return readAs(decoders.boot(json), (message) => ({ says: "boot", device, message }))
    case "status":
      return readAs(decoders.status(json), (message) => ({ says: "status", device, message }))
    case "heartbeat":
      return readAs(decoders.heartbeat(json), (message) => ({ says: "heartbeat", device, message }))
    case "telemetry": {
      const report = readPlainTelemetry(json)
      if (report !== undefined) return Result.succeed({ says: "report", device, report })
      return readAs(decoders.telemetry(json), (message) => ({ says: "telemetry", device, message }))
    }
    case "snapshot":
      return readAs(decoders.snapshot(json), (message) => ({ says: "snapshot", device, message }))
    case "commands/ack":
      return readAs(decoders["commands/ack"](json), (message) => ({ says: "commands/ack", device, message }))
    case "probe":
      return readAs(decoders.probe(json), (message) => ({ says: "probe", device, message }))
    case "config/reported":
      return readAs(decoders["config/reported"](json), (message) => ({ says: "config/reported", device, message }))
    default:
      return Result.succeed({ says: "nothing" })
  }
}

/** Takes a message; gives what it says or why it cannot be read. `find` looks a device up. */
export const readInbound = (
  received: Received,
  find: (deviceId: string) => DeviceAddress | undefined,
): Result.Result<Inbound, Unreadable> => {
  const topic = parseTopic(received.topic)
  if (topic === undefined) return unreadable("not_our_topic", received.topic)
  const { byteLength } = received.payload
  const { retained, maxBytes } = kindOf(topic)
  if (byteLength > maxBytes) return unreadable("too_large", `${byteLength} bytes, at most ${maxBytes}`)
  if (received.retained && !retained) return unreadable("retained", "the broker kept what nobody may ask it to keep")
  // How a broker is told to keep nothing any more.
  if (byteLength === 0 && retained) return Result.succeed({ says: "nothing" })
  const beyond = beyondBounds(received.payload, messageBounds)
  if (beyond !== undefined) return unreadable("too_complex", `${beyond}: at most ${messageBounds[beyond]}`)
  const json = parse(received.payload)
  if (Result.isFailure(json)) return unreadable("not_json", json.failure)
  // Whose cart it is no topic can tell: what is said there is looked at and never believed.
  if (topic.of === "cart") return readAs(decoders.cartStatus(json.success), () => ({ says: "nothing" }))
  const device = find(topic.deviceId)
  if (device === undefined) {
    const boot = topic.leaf === "boot" ? decoders.boot(json.success) : undefined
    return boot !== undefined && Result.isSuccess(boot)
      ? Result.succeed({ says: "stranger", at: topic, deviceId: topic.deviceId, message: boot.success })
      : unreadable("unknown_device", topic.deviceId)
  }
  if (device.chainSlug !== topic.chainSlug || device.branchCode !== topic.branchCode) {
    return unreadable("wrong_branch", `${topic.deviceId} belongs to ${device.chainSlug}/${device.branchCode}`)
  }
  const read = readLeaf(topic.leaf, device, json.success)
  return Result.isFailure(read) && isNewer(json.success) ? readNewer(topic.leaf, device, json.success) : read
}

/** What a message of a newer protocol says, as far as every version can read it. */
const readNewer = (leaf: string, device: DeviceAddress, json: unknown): Result.Result<Inbound, Unreadable> => {
  const header = leaf === "boot" ? decoders.header(json) : undefined
  return header !== undefined && Result.isSuccess(header)
    ? Result.succeed({ says: "newcomer", device, message: header.success })
    : unreadable("protocol_version", `a newer protocol than ${protocolVersion}`)
}
