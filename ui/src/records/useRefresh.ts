/** Asks again for what is installed where, after somebody has changed it. */
import { useQueryClient } from "@tanstack/react-query"
import { useCallback } from "react"

export const useRefresh = (): (() => Promise<void>) => {
  const client = useQueryClient()
  return useCallback(async () => {
    await Promise.all(["chains", "branches", "policy"].map((name) => client.invalidateQueries({ queryKey: [name] })))
  }, [client])
}
