/** The scope of the page that is shown. */
import { useQuery } from "@tanstack/react-query"
import { useSearch } from "@tanstack/react-router"
import { useCallback, useMemo } from "react"
import { branchesQuery, chainsQuery, devicesQuery } from "../api/Queries.ts"
import { parseScopeSearch, type Scope, scopeIn } from "./Scope.ts"

export const useScope = (): Scope => {
  const { scope } = parseScopeSearch(useSearch({ strict: false }))
  const chains = useQuery(chainsQuery).data
  const branches = useQuery(branchesQuery).data
  return useMemo(
    () => scopeIn(scope === undefined ? {} : { scope }, chains ?? [], branches ?? []),
    [scope, chains, branches],
  )
}

/** Whether a device is in the scope; one that is not known is where everything is shown. */
export const useDevicesInScope = (): ((deviceId: string | null) => boolean) => {
  const { holds, branch, chain } = useScope()
  const devices = useQuery(devicesQuery).data
  const all = branch === undefined && chain === undefined
  return useCallback(
    (deviceId) => {
      if (all) return true
      const device = devices?.find(({ id }) => id === deviceId)
      return device !== undefined && holds(device)
    },
    [all, holds, devices],
  )
}
