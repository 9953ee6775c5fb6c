/**
 * What the audit log keeps of one deed: who did what to what, where, when and why, and what came of it. Ids, never a phone
 * number, an e-mail address or a secret.
 *
 * Lines are sealed one after another, each chain's in a row of its own: a seal is the hash of the seal before and of the whole
 * line, so that a line that was changed, taken out or put in between later no longer fits.
 */
import { Schema } from "effect"
import { canonicalJson } from "../config/CanonicalJson.ts"
import { sha256 } from "../config/Sha256.ts"
import { BranchId, ChainId } from "./Ids.ts"
import { Instant } from "./Instant.ts"

export const AuditActorKind = Schema.Literals(["staff", "shopper", "device", "cloud"])
export type AuditActorKind = typeof AuditActorKind.Type

/** What was done: a thing and a word about it, `grant.given`, `command.unlock`. */
export type AuditAction = `${string}.${string}`

export const AuditLine = Schema.Struct({
  id: Schema.Int,
  at: Instant,
  /** Null for what concerns no chain. */
  chain_id: Schema.NullOr(ChainId),
  branch_id: Schema.NullOr(BranchId),
  actor_kind: AuditActorKind,
  /** A user's, shopper's or device's id, or the part of the cloud. */
  actor: Schema.String,
  action: Schema.String,
  target_kind: Schema.NullOr(Schema.String),
  target_id: Schema.NullOr(Schema.String),
  reason: Schema.NullOr(Schema.String),
  /** What else belongs to it: ids and figures. */
  details: Schema.Record(Schema.String, Schema.Json),
})
export type AuditLine = typeof AuditLine.Type

/** What the first seal of a chain follows on. */
export const noSeal = "0".repeat(64)

/** The seal of a line after the one before, 64 hexadecimal digits. */
export const sealOf = (previous: string, line: AuditLine): string => sha256(canonicalJson([previous, { ...line }]))
