/** A line of the audit log as it is stored. */
import type { Schema } from "effect"
import type { AuditActorKind, AuditLine } from "#core/domain/AuditLine.ts"
import { BranchId, ChainId } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"

export interface AuditRow {
  readonly id: number
  readonly at: Date
  readonly chain_id: string | null
  readonly branch_id: string | null
  readonly actor_kind: AuditActorKind
  readonly actor: string
  readonly action: string
  readonly target_kind: string | null
  readonly target_id: string | null
  readonly reason: string | null
  readonly details: Readonly<Record<string, Schema.Json>>
}

/** The line of a row, with nothing of what was read beside it. */
export const toAuditLine = (row: AuditRow): AuditLine => ({
  id: row.id,
  at: toInstant(row.at.getTime()),
  chain_id: row.chain_id === null ? null : ChainId.make(row.chain_id),
  branch_id: row.branch_id === null ? null : BranchId.make(row.branch_id),
  actor_kind: row.actor_kind,
  actor: row.actor,
  action: row.action,
  target_kind: row.target_kind,
  target_id: row.target_id,
  reason: row.reason,
  details: row.details,
})
