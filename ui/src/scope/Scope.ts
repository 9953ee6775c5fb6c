/**
 * Which part of what one may see the pages show: everything, one chain, or one branch. It is in the address of every page, so
 * that a link, a reload and the back button keep it. Pure.
 */
import type { Branch, Chain } from "#core/api/Records.ts"
import type { BranchId, ChainId } from "#core/domain/Ids.ts"

/** The part of an address that every page has. */
export interface ScopeSearch {
  /** `chain:…` or `branch:…`; everything if absent. */
  readonly scope?: string | undefined
}

const pattern = /^(?:chain|branch):[0-9a-f-]{36}$/u

/** Reads the address; what is unreadable is everything. */
export const parseScopeSearch = (search: Record<string, unknown>): ScopeSearch => {
  const { scope } = search
  return typeof scope === "string" && pattern.test(scope) ? { scope } : {}
}

/** Where something belongs; of some things only the branch is known. */
export interface ScopedPlace {
  readonly chain_id?: string | null
  readonly branch_id?: string | null
}

export interface Scope {
  readonly chain: Chain | undefined
  readonly branch: Branch | undefined
  /** True if something there belongs to what is shown. */
  readonly holds: (place: ScopedPlace) => boolean
  /** As lists are asked for it. */
  readonly query: { readonly chain_id?: ChainId; readonly branch_id?: BranchId }
}

export const everything: Scope = { chain: undefined, branch: undefined, holds: () => true, query: {} }

/** What an address names among the places one may see; a place that is not among them is no part of anything. */
export const scopeIn = (
  { scope }: ScopeSearch,
  chains: ReadonlyArray<Chain>,
  branches: ReadonlyArray<Branch>,
): Scope => {
  const [kind, id] = scope?.split(":") ?? []
  if (kind === "branch") {
    const branch = branches.find((one) => one.id === id)
    if (branch === undefined) return everything
    const chain = chains.find((one) => one.id === branch.chain_id)
    return { chain, branch, holds: ({ branch_id }) => branch_id === branch.id, query: { branch_id: branch.id } }
  }
  const chain = kind === "chain" ? chains.find((one) => one.id === id) : undefined
  if (chain === undefined) return everything
  const own = new Set<string>(branches.filter(({ chain_id }) => chain_id === chain.id).map((one) => one.id))
  return {
    chain,
    branch: undefined,
    holds: ({ chain_id, branch_id }) => chain_id === chain.id || own.has(branch_id ?? ""),
    query: { chain_id: chain.id },
  }
}

/**
 * The same search with another scope, from the first page of its table. Everything is named as `undefined`: a search that did
 * not name it would keep what was.
 */
export const withScope = <Search extends { readonly page?: number }>(
  search: Search,
  scope: string | undefined,
): Omit<Search, "page"> & ScopeSearch => {
  const { page: _, ...others } = search
  return { ...others, scope }
}

/** The address of a chain or a branch as a scope. */
export const scopeText = (kind: "chain" | "branch", id: string): string => `${kind}:${id}`
