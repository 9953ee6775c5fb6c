/** Divergences: newest first; the newest are shown. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query"
import type { Divergence } from "#core/api/Operations.ts"
import { Limits } from "#core/Limits.ts"
import { call } from "./Client.ts"

const limit = Limits.pageItemsMax
const refetchMs = 15_000

export const divergencesQuery = (state: "open" | "resolved") =>
  queryOptions({
    queryKey: ["divergences", state],
    queryFn: ({ signal }) => call(({ operations }) => operations.divergences({ query: { state, limit } }), signal),
    refetchInterval: refetchMs,
    placeholderData: keepPreviousData,
  })

export const resolveDivergence = (id: number, reason: string): Promise<Divergence> =>
  call(({ operations }) => operations.resolveDivergence({ params: { id }, payload: { reason } }))
