/** How the installation is, asked again and again while somebody looks. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query"
import { call } from "./Client.ts"

const refetchMs = 10_000

export const monitoringQuery = queryOptions({
  queryKey: ["monitoring"],
  queryFn: ({ signal }) => call(({ monitoring }) => monitoring.now(), signal),
  refetchInterval: refetchMs,
  placeholderData: keepPreviousData,
})
