/** Whether the person at this page may do something in a branch. The server decides; this spares people the asking. */
import { useQuery } from "@tanstack/react-query"
import { useAtom } from "@xstate/store-react"
import type { Capability } from "#core/access/Capability.ts"
import { may } from "#core/access/may.ts"
import { branchesQuery } from "../api/Queries.ts"
import { sessionAtom } from "../api/Session.ts"

/** Asks for capabilities in this branch. */
export const useMay = (branchId: string): ((capability: Capability) => boolean) => {
  const user = useAtom(sessionAtom)?.user
  const branch = useQuery(branchesQuery).data?.find(({ id }) => id === branchId)
  const place = { branchId, chainId: branch?.chain_id }
  return (capability) => user !== undefined && may(user, capability, place)
}
