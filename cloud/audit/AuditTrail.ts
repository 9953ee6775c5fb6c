/** The audit log as people read it. */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import type { AccessScope } from "#core/access/may.ts"
import type { AuditEntry } from "#core/api/Audit.ts"
import { scopeCondition } from "../access/scopeCondition.ts"
import { orderByMaking } from "../store/ListOrder.ts"
import { type Keyed, type Listed, pageOf, type Position } from "../store/Page.ts"
import { type AuditRow, toAuditLine } from "./AuditRow.ts"

export interface AuditFilter {
  readonly chainId?: string | undefined
  readonly branchId?: string | undefined
  readonly actor?: string | undefined
  readonly action?: string | undefined
  readonly targetId?: string | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
}

/** Whose lines are shown: those of a scope, and those of one person. */
export interface AuditReader {
  readonly scope: AccessScope
  readonly userId: string
}

interface Row extends AuditRow, Keyed {
  readonly id: number
  readonly actor_name: string | null
  readonly target_label: string | null
  readonly seq: number | null
  readonly seal: string | null
}

const toEntry = (row: Row): AuditEntry => ({
  ...toAuditLine(row),
  actor_name: row.actor_name,
  target_label: row.target_label,
  seal: row.seq === null || row.seal === null ? null : { seq: row.seq, hash: row.seal },
})

export class AuditTrail extends Context.Service<
  AuditTrail,
  {
    readonly list: (
      at: Position,
      reader: AuditReader,
      filter: AuditFilter,
    ) => Effect.Effect<Listed<AuditEntry>, SqlError.SqlError>
  }
>()("cartwise/cloud/audit/AuditTrail") {
  static readonly layer = Layer.effect(
    AuditTrail,
    Effect.map(PgClient.PgClient, (sql) =>
      AuditTrail.of({
        list: (at, { scope, userId }, { chainId, branchId, actor, action, targetId, from, to }) => {
          const order = orderByMaking(sql, at, sql`l.id`)
          const conditions = [
            order.after,
            sql`(l.actor = ${userId} or ${scopeCondition(sql, scope, sql`l.chain_id`, sql`l.branch_id`)})`,
            ...(chainId === undefined ? [] : [sql`l.chain_id = ${chainId}::uuid`]),
            ...(branchId === undefined ? [] : [sql`l.branch_id = ${branchId}::uuid`]),
            ...(actor === undefined ? [] : [sql`l.actor = ${actor}`]),
            ...(action === undefined ? [] : [sql`(l.action = ${action} or split_part(l.action, '.', 1) = ${action})`]),
            ...(targetId === undefined ? [] : [sql`l.target_id = ${targetId}`]),
            ...(from === undefined ? [] : [sql`l.at >= ${from}::timestamptz`]),
            ...(to === undefined ? [] : [sql`l.at < ${to}::timestamptz`]),
          ]
          const rows = sql<Row>`
            select l.*, u.name as actor_name, coalesce(t.name, w.label) as target_label, s.seq, s.seal, '' as sort_key
            from audit_log l
            left join audit_seals s on s.audit_id = l.id
            left join users u on l.actor_kind = 'staff' and u.id::text = l.actor
            left join users t on l.target_kind = 'user' and t.id::text = l.target_id
            left join twins w on w.kind = l.target_kind and w.id = case
              when l.target_kind in ('bay', 'cart', 'device', 'controller', 'rental') then l.target_id::uuid end
            where ${sql.and(conditions)}
            order by ${order.by} limit ${at.limit + 1}`
          return Effect.map(rows, (found) => pageOf(found, at, toEntry))
        },
      }),
    ),
  )
}
