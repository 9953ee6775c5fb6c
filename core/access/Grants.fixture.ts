/** Grants for tests. */
import type { HeldRole } from "./Capability.ts"
import type { HeldGrant } from "./HeldGrant.ts"
import { BranchId, ChainId } from "../domain/Ids.ts"

/** A role for the whole platform. */
export const everywhere = (role: HeldRole): HeldGrant => ({ role, chain_id: null, branch_id: null })

/** A role for a chain, or for one branch of it. */
export const granted = (role: HeldRole, chainId: string, branchId?: string): HeldGrant => ({
  role,
  chain_id: ChainId.make(chainId),
  branch_id: branchId === undefined ? null : BranchId.make(branchId),
})
