/**
 * Judges an incoming command as it lies there: bytes in, either an envelope that may be carried out or why not. Pure:
 * what is known about the device, its clock and the cloud's keys comes in.
 *
 * Order matters. Nothing that a message says of itself is believed before its signature: what is not genuine, can not be
 * read, or is for somebody else, can not be answered by a fact of this device and gets an `ack`. Everything after that is
 * a `refusal` under the command's own id.
 */
import { Option, Result, Schema } from "effect"

import { CommandKind, type CommandOrder, type CommandReason, type CommandStage } from "#core/domain/Command.ts"
import { CommandId, DeviceId } from "#core/domain/Ids.ts"
import { fromInstant, Millis } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import { CommandEnvelope } from "#core/wire/Commands.ts"
import { readSignedCommand } from "#core/wire/SignedCommand.ts"

import type { BayPlace, BoardPlace, Placement } from "../config/Placement.ts"
import type { Authenticity, VerifyCommand } from "./CommandKeys.ts"

/** A message on a command topic, as MQTT delivered it. */
export interface IncomingCommand {
  readonly payload: Uint8Array
  readonly retain: boolean
  /** Set when it came on a cart's compatibility topic. */
  readonly cart?: { readonly id: string; readonly leaf: "lock" | "unlock" }
}

export interface Circumstances {
  readonly placement: Placement
  readonly verify: VerifyCommand
  /** Of the current boot; undefined while there is none. */
  readonly epoch: number | undefined
  /** Milliseconds until the cloud's clock can have passed an instant; undefined while the clock is unsynced. */
  readonly remainingMs: (instantMs: number) => number | undefined
}

/** What a command is about, as far as it could be read. */
export interface Subject {
  readonly id: CommandId
  readonly order: CommandOrder
  /** The bay that is meant; undefined for the device as a whole. */
  readonly bay: BayPlace | undefined
  /** The board that is meant; undefined for anything else. */
  readonly board: BoardPlace | undefined
  readonly expiresAt: number
  readonly traceparent: string | undefined
}

export type Verdict =
  | { readonly _tag: "Fit"; readonly subject: Subject }
  | {
      readonly _tag: "Refusal"
      readonly subject: Subject
      readonly stage: CommandStage
      readonly reason: CommandReason
    }
  /** No fact of this device can answer it. */
  | {
      readonly _tag: "Unanswerable"
      readonly id: string | null
      readonly reason: CommandReason
      readonly detail: string
    }

export const judge = (incoming: IncomingCommand, around: Circumstances): Verdict => {
  const signed = readSignedCommand(incoming.payload)
  if (Result.isFailure(signed)) return unanswerable(null, signed.failure.reason, signed.failure.detail)
  const authenticity = around.verify(signed.success)
  if (authenticity !== "genuine") return unanswerable(null, "not_authorised", whyNotGenuine[authenticity])
  const json = decodeJson(signed.success.envelope)
  if (Option.isNone(json)) return unanswerable(null, "schema_invalid", "not JSON")
  const envelope = decodeEnvelope(json.value)
  if (Option.isNone(envelope)) return judgeUnreadable(json.value, around)
  return judgeEnvelope(envelope.value, incoming, around)
}

const whyNotGenuine: Readonly<Record<Exclude<Authenticity, "genuine">, string>> = {
  forged: "the signature does not fit",
  unknown_key: "signed by a key that this edge does not know",
}

const judgeEnvelope = (envelope: CommandEnvelope, incoming: IncomingCommand, around: Circumstances): Verdict => {
  const { device } = around.placement
  if (envelope.device !== device.id || envelope.branch !== device.branch_id || envelope.tenant !== device.chain_id) {
    return unanswerable(envelope.command_id, "wrong_device", "it is for another device, branch or chain")
  }
  const issuedAt = fromInstant(envelope.issued_at)
  const expiresAt = fromInstant(envelope.expires_at)
  const subject: Subject = {
    id: envelope.command_id,
    order: envelope,
    bay: bayOf(envelope, around.placement),
    board: boardOf(envelope, around.placement),
    expiresAt: isMillis(expiresAt) ? expiresAt : 0,
    traceparent: envelope.traceparent,
  }
  const refuse = (reason: CommandReason): Verdict => ({
    _tag: "Refusal",
    subject,
    stage: reason === "expired" ? "expired" : "rejected",
    reason,
  })
  if (incoming.retain) return refuse("retained")
  const lifetimeMs = expiresAt - issuedAt
  if (!(lifetimeMs > 0 && lifetimeMs <= Limits.commandLifetimeMaxMs)) return refuse("schema_invalid")
  if (incoming.cart !== undefined && !fitsCartTopic(envelope, incoming.cart)) return refuse("schema_invalid")
  if (!fitsTarget(envelope, device.id, subject)) return refuse("target_unknown")
  if (envelope.epoch !== around.epoch) return refuse("wrong_epoch")
  const remainingMs = around.remainingMs(expiresAt)
  if (remainingMs === undefined) return refuse("clock_unsynced")
  if (remainingMs <= 0) return refuse("expired")
  // Issued in the future: it would live longer than any command may.
  if (remainingMs > Limits.commandLifetimeMaxMs) return refuse("schema_invalid")
  return { _tag: "Fit", subject }
}

/**
 * The schema does not fit; if at least the id and the audience can be read, the answer goes under that id. A kind that this
 * program does not know may come from a newer cloud: it is said by its name.
 */
const judgeUnreadable = (json: unknown, { placement }: Circumstances): Verdict => {
  const address = decodeAddress(json)
  if (Option.isNone(address) || address.value.device !== placement.device.id) {
    return unanswerable(null, "schema_invalid", "no command envelope")
  }
  const subject: Subject = {
    id: address.value.command_id,
    order: { kind: "unlock" },
    bay: undefined,
    board: undefined,
    expiresAt: 0,
    traceparent: undefined,
  }
  const reason = isKnownKind(address.value.kind) ? "schema_invalid" : "unsupported"
  return { _tag: "Refusal", subject, stage: "rejected", reason }
}

const decodeJson = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Unknown))
const decodeEnvelope = Schema.decodeUnknownOption(CommandEnvelope)
const isMillis = Schema.is(Millis)
const decodeAddress = Schema.decodeUnknownOption(
  Schema.Struct({ command_id: CommandId, device: DeviceId, kind: Schema.String }),
)
const isKnownKind = Schema.is(CommandKind)

/** True if a command of this kind can be meant for its target, and that is here. */
const fitsTarget = (
  { kind, target }: CommandEnvelope,
  deviceId: string,
  { bay, board }: Pick<Subject, "bay" | "board">,
): boolean => {
  const isThisDevice = target.kind === "device" && target.id === deviceId
  switch (kind) {
    case "unlock":
    case "lock":
      return bay !== undefined
    case "maintenance":
      return target.kind === "bay" && bay !== undefined
    case "identify":
      return isThisDevice || (target.kind === "bay" && bay !== undefined)
    case "probe":
      return board !== undefined
    case "snapshot":
    case "reboot":
    case "apply_config":
      return isThisDevice
  }
}

const bayOf = ({ target }: CommandEnvelope, placement: Placement): BayPlace | undefined => {
  if (target.kind === "bay") return placement.bays.get(target.id)
  return target.kind === "cart" ? placement.bayOfCart.get(target.id) : undefined
}

const boardOf = ({ target }: CommandEnvelope, { boards }: Placement): BoardPlace | undefined =>
  target.kind === "controller" ? boards.find(({ controller }) => controller === target.id) : undefined

const fitsCartTopic = (envelope: CommandEnvelope, cart: NonNullable<IncomingCommand["cart"]>): boolean =>
  envelope.kind === cart.leaf && envelope.target.kind === "cart" && envelope.target.id === cart.id

const unanswerable = (id: string | null, reason: CommandReason, detail: string): Verdict => ({
  _tag: "Unanswerable",
  id,
  reason,
  detail,
})
