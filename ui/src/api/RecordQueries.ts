/** Making, changing and archiving chains and branches. A change names the version that was read. */
import { queryOptions } from "@tanstack/react-query"
import type { BranchChange } from "#core/api/Branches.ts"
import type { ChainChange, ChainPolicy } from "#core/api/Chains.ts"
import type { Branch, Chain } from "#core/api/Records.ts"
import { type BayId, BranchId, ChainId } from "#core/domain/Ids.ts"
import { call } from "./Client.ts"

const ifRead = ({ version }: { readonly version: number }) => ({ "if-match": `"${version}"` })

export const createChain = (chain: { readonly name: string; readonly slug: string }, key: string): Promise<Chain> =>
  call(({ chains }) => chains.create({ payload: chain, headers: { "idempotency-key": key } }))

export const changeChain = (chain: Chain, change: ChainChange): Promise<Chain> =>
  call(({ chains }) => chains.change({ params: { id: chain.id }, payload: change, headers: ifRead(chain) }))

export const archiveChain = (chain: Chain): Promise<Chain> =>
  call(({ chains }) => chains.archive({ params: { id: chain.id }, headers: ifRead(chain) }))

/** How long carts are lent in a chain. */
export const policyQuery = (chainId: string) =>
  queryOptions({
    queryKey: ["policy", chainId],
    queryFn: ({ signal }) => call(({ chains }) => chains.policy({ params: { id: ChainId.make(chainId) } }), signal),
  })

export const setPolicy = (chain: Chain, policy: ChainPolicy): Promise<ChainPolicy> =>
  call(({ chains }) => chains.setPolicy({ params: { id: chain.id }, payload: policy, headers: ifRead(chain) }))

export interface NewBranch {
  readonly chain_id: string
  readonly name: string
  readonly branch_code: string
  readonly timezone: string
}

export const createBranch = ({ chain_id, ...branch }: NewBranch, key: string): Promise<Branch> =>
  call(({ branches }) =>
    branches.create({
      payload: { ...branch, chain_id: ChainId.make(chain_id) },
      headers: { "idempotency-key": key },
    }),
  )

export const changeBranch = (branch: Branch, change: BranchChange): Promise<Branch> =>
  call(({ branches }) => branches.change({ params: { id: branch.id }, payload: change, headers: ifRead(branch) }))

export const archiveBranch = (branch: Branch): Promise<Branch> =>
  call(({ branches }) => branches.archive({ params: { id: branch.id }, headers: ifRead(branch) }))

/** Says in which rows the bays of a branch stand, over what was read of it. */
export const arrangeBays = (branch: Branch, rows: ReadonlyArray<ReadonlyArray<BayId>>): Promise<unknown> =>
  call(({ bays }) => bays.arrange({ params: { id: branch.id }, payload: { rows }, headers: ifRead(branch) }))

/** Lends carts there, or takes them back there: on or off. */
export const switchBranch = (
  id: string,
  which: "lending" | "returning",
  payload: { readonly on: boolean; readonly reason: string },
): Promise<Branch> => call(({ branches }) => branches[which]({ params: { id: BranchId.make(id) }, payload }))
