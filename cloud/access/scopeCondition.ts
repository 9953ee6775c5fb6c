/** Where somebody may look, as a condition of a statement. */
import { type PgClient } from "@effect/sql-pg"
import type { Statement } from "effect/sql"
import type { AccessScope } from "#core/access/may.ts"
import { columns } from "../store/Columns.ts"

/** True for rows of the scope; `chain` and `branch` are the columns that say whose a row is. */
export const scopeCondition = (
  sql: PgClient.PgClient,
  scope: AccessScope,
  chain: Statement.Fragment,
  branch: Statement.Fragment,
): Statement.Fragment =>
  scope.all
    ? sql`true`
    : sql`(coalesce(${chain} = any(${columns.uuid(scope.chainIds, (id) => id)}), false)
           or coalesce(${branch} = any(${columns.uuid(scope.branches, ({ branchId }) => branchId)}), false))`
