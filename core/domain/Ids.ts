/**
 * Identities of every record. An id is a lower-case UUID and branded by what it names, so that a cart's id can
 * not be handed where a bay's is wanted. `TwinKind` and `TwinRef` name any twin in one word.
 */
import { Schema } from "effect"

const uuid = Schema.String.check(Schema.isPattern(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/u))

export const ChainId = uuid.pipe(Schema.brand("ChainId"))
export type ChainId = typeof ChainId.Type
export const BranchId = uuid.pipe(Schema.brand("BranchId"))
export type BranchId = typeof BranchId.Type
/** Some bays of a branch together: those of one entrance. */
export const ZoneId = uuid.pipe(Schema.brand("ZoneId"))
export type ZoneId = typeof ZoneId.Type
export const DeviceId = uuid.pipe(Schema.brand("DeviceId"))
export type DeviceId = typeof DeviceId.Type
export const ControllerId = uuid.pipe(Schema.brand("ControllerId"))
export type ControllerId = typeof ControllerId.Type
export const BayId = uuid.pipe(Schema.brand("BayId"))
export type BayId = typeof BayId.Type
export const CartId = uuid.pipe(Schema.brand("CartId"))
export type CartId = typeof CartId.Type
export const UserId = uuid.pipe(Schema.brand("UserId"))
export type UserId = typeof UserId.Type
/** One sign-in of a person, with every token that came of it. */
export const SessionId = uuid.pipe(Schema.brand("SessionId"))
export type SessionId = typeof SessionId.Type
export const GrantId = uuid.pipe(Schema.brand("GrantId"))
export type GrantId = typeof GrantId.Type
export const CommandId = uuid.pipe(Schema.brand("CommandId"))
export type CommandId = typeof CommandId.Type
export const ShopperId = uuid.pipe(Schema.brand("ShopperId"))
export type ShopperId = typeof ShopperId.Type
export const ClaimId = uuid.pipe(Schema.brand("ClaimId"))
export type ClaimId = typeof ClaimId.Type
/** Names one code that was sent, and so the session in which it counts. */
export const ChallengeId = uuid.pipe(Schema.brand("ChallengeId"))
export type ChallengeId = typeof ChallengeId.Type
/** Names one life of an edge's journal; a new one only when the journal was lost. */
export const JournalId = uuid.pipe(Schema.brand("JournalId"))
export type JournalId = typeof JournalId.Type

/** The kinds of twin that have a machine. */
export const TwinKind = Schema.Literals(["device", "controller", "bay", "cart", "rental"])
export type TwinKind = typeof TwinKind.Type

/** Any twin, by kind and id. */
export const TwinRef = Schema.Struct({ kind: TwinKind, id: uuid })
export type TwinRef = typeof TwinRef.Type

/** Who steps a region: the device's program or the cloud. */
export const Host = Schema.Literals(["edge", "cloud"])
export type Host = typeof Host.Type

/** A lock position on its board as it goes on the wire, 0..15. */
export const LockIndex = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 15 })).pipe(Schema.brand("LockIndex"))
export type LockIndex = typeof LockIndex.Type

/** A board's number on its bus, as set on the rotary selector, 0..9 (cu16.md §1.6). */
export const BoardAddress = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 9 })).pipe(
  Schema.brand("BoardAddress"),
)
export type BoardAddress = typeof BoardAddress.Type
