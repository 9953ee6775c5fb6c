/**
 * A connection that shows the rows of one scope. The scope is set inside each transaction and is gone with it, so a pooled
 * connection carries nothing to whoever has it next. It costs no round trip: the beginning, the scope, the statement and the
 * end are written together.
 */
import type { SqlConnection } from "effect/sql"
import { pipelinedTransaction } from "./PipelinedTransaction.ts"
import { connectionOf, together, type Wire } from "./Pipeline.ts"
import type { TenantScope } from "./Tenants.ts"

const setScope = "select set_config('cartwise.chains', $1, true), set_config('cartwise.branches', $2, true)"

const listed = (ids: ReadonlyArray<string>): string => `{${ids.join(",")}}`

/** The scope as the policies read it. */
const settingsOf = (scope: TenantScope): readonly [chains: string, branches: string] =>
  scope.all ? ["*", ""] : [listed(scope.chainIds), listed(scope.branches.map(({ branchId }) => branchId))]

const scopeOn = (wire: Wire, scope: TenantScope) => wire.query(setScope, settingsOf(scope))

/** Statements of their own, each its own transaction. */
export const tenantConnection = (wire: Wire, scope: TenantScope): SqlConnection.Connection =>
  connectionOf(wire, (statement) =>
    together([wire.query("BEGIN"), scopeOn(wire, scope)], statement, [wire.query("COMMIT")]),
  )

/** For one transaction: the scope is set with its beginning. */
export const tenantTransaction = (wire: Wire, scope: TenantScope): SqlConnection.Connection =>
  pipelinedTransaction(wire, [scopeOn(wire, scope)])

/** A connection as it is. */
export const plainConnection = (wire: Wire): SqlConnection.Connection => connectionOf(wire, (statement) => statement)
