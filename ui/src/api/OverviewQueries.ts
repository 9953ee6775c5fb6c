/** How everything stands, asked for again and again. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query"
import type { Scope } from "../scope/Scope.ts"
import { call } from "./Client.ts"

/** How often the numbers are asked for; they are the last known ones when they are much older. */
export const overviewEveryMs = 5_000

/** `heard` asks anew whenever word of an alarm came. */
export const overviewQuery = (query: Scope["query"], heard: number) =>
  queryOptions({
    queryKey: ["overview", query, heard],
    queryFn: ({ signal }) => call(({ overview }) => overview.get({ query }), signal),
    refetchInterval: overviewEveryMs,
    placeholderData: keepPreviousData,
  })
