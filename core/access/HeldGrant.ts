/** A role that a person holds now, and where: everywhere, in a chain with all its branches, or in one branch. */
import { Schema } from "effect"
import { BranchId, ChainId } from "../domain/Ids.ts"
import { HeldRole } from "./Capability.ts"

export const HeldGrant = Schema.Struct({
  role: HeldRole,
  /** Null for the whole platform. */
  chain_id: Schema.NullOr(ChainId),
  /** Null for the whole chain; set only together with its chain. */
  branch_id: Schema.NullOr(BranchId),
})
export type HeldGrant = typeof HeldGrant.Type

/** Anybody with grants. */
export interface Holder {
  readonly grants: ReadonlyArray<HeldGrant>
}
