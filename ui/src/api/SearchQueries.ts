/** Finding things by what is printed on them. */
import { queryOptions } from "@tanstack/react-query"
import { Limits } from "#core/Limits.ts"
import { call } from "./Client.ts"

/** Answers age quickly: carts are moved and rentals begin. */
const freshMs = 10_000

/** Nothing is asked for nothing. */
export const searchQuery = (text: string) => {
  const q = text.trim().slice(0, Limits.searchCharacters).trim()
  return queryOptions({
    queryKey: ["search", q],
    enabled: q !== "",
    queryFn: async ({ signal }) => (await call(({ search }) => search.find({ query: { q } }), signal)).items,
    staleTime: freshMs,
    gcTime: freshMs,
  })
}
