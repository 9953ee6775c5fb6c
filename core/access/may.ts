/**
 * Whether somebody may do something somewhere. The one place where grants are read; pure, so the API answers by it and the
 * page shows by it. A grant for a chain covers its branches; one for the platform covers everything.
 */
import type { BranchId, ChainId } from "../domain/Ids.ts"
import { type Capability, holds } from "./Capability.ts"
import type { HeldGrant, Holder } from "./HeldGrant.ts"

/** Where something is done: in a branch (name its chain too), in a chain as a whole, or, with neither, on the platform. */
export interface AccessPlace {
  readonly chainId?: string | null | undefined
  readonly branchId?: string | null | undefined
}

/** Where somebody may do something: everywhere, or in these chains and besides in these branches. */
export type AccessScope =
  | { readonly all: true }
  | {
      readonly all: false
      readonly chainIds: ReadonlyArray<ChainId>
      /** With the chain of each: whoever works in a branch knows what chain it is of. */
      readonly branches: ReadonlyArray<{ readonly branchId: BranchId; readonly chainId: ChainId }>
    }

const covers = ({ chain_id, branch_id }: HeldGrant, { chainId, branchId }: AccessPlace): boolean => {
  if (chain_id === null) return true
  return branch_id === null ? chain_id === chainId : branch_id === branchId
}

/** True if a grant of the person gives the capability at the place. */
export const may = ({ grants }: Holder, capability: Capability, place: AccessPlace = {}): boolean =>
  grants.some((grant) => holds(grant.role, capability) && covers(grant, place))

/** True if the person may do it anywhere at all. */
export const mayAnywhere = ({ grants }: Holder, capability: Capability): boolean =>
  grants.some(({ role }) => holds(role, capability))

const scopeFrom = (giving: ReadonlyArray<HeldGrant>): AccessScope => {
  if (giving.some(({ chain_id }) => chain_id === null)) return { all: true }
  const chainIds = new Set(
    giving.flatMap(({ chain_id, branch_id }) => (branch_id === null && chain_id !== null ? [chain_id] : [])),
  )
  const branches = new Map(
    giving.flatMap(({ chain_id: chainId, branch_id: branchId }) =>
      chainId === null || branchId === null || chainIds.has(chainId)
        ? []
        : [[branchId, { branchId, chainId }] as const],
    ),
  )
  return { all: false, chainIds: [...chainIds], branches: [...branches.values()] }
}

/** Where the person may do it; no chains and no branches is nowhere. */
export const scopeOf = ({ grants }: Holder, capability: Capability): AccessScope =>
  scopeFrom(grants.filter(({ role }) => holds(role, capability)))

/** Wherever the person holds anything: no row of any other place is theirs to see, whatever they ask for. */
export const reachOf = ({ grants }: Holder): AccessScope => scopeFrom(grants)

/** True if the place lies in the scope. */
export const isWithin = (scope: AccessScope, { chainId, branchId }: AccessPlace): boolean =>
  scope.all ||
  scope.chainIds.some((id) => id === chainId) ||
  scope.branches.some((branch) => branch.branchId === branchId)
