/** The places a role is given for, as people call them. */
import { useQuery } from "@tanstack/react-query"
import { useCallback } from "react"
import { branchesQuery, chainsQuery } from "../api/Queries.ts"
import { useWords } from "../words/Language.ts"

export interface GrantPlace {
  readonly chain_id: string | null
  readonly branch_id: string | null
}

/** Chains and branches one may see, and how a place is called. */
export const usePlaces = () => {
  const { users: words } = useWords().staff
  const chains = useQuery(chainsQuery).data
  const branches = useQuery(branchesQuery).data
  const nameOf = useCallback(
    ({ chain_id, branch_id }: GrantPlace): string => {
      if (chain_id === null) return words.platform
      const chain = chains?.find(({ id }) => id === chain_id)?.name ?? chain_id.slice(0, 8)
      if (branch_id === null) return words.wholeChain(chain)
      return branches?.find(({ id }) => id === branch_id)?.name ?? branch_id.slice(0, 8)
    },
    [words, chains, branches],
  )
  return { chains: chains ?? [], branches: branches ?? [], nameOf }
}
