/**
 * What went wrong and asks somebody to act: alarms and divergences. Lists are newest first; the newest are shown.
 */
import { keepPreviousData, queryOptions } from "@tanstack/react-query"
import type { Alarm } from "#core/api/Alarm.ts"
import type { Divergence } from "#core/api/Operations.ts"
import { Limits } from "#core/Limits.ts"
import { call } from "./Client.ts"

const limit = Limits.pageItemsMax
/** Word of alarms comes over the live socket; this is for when it is down. */
const refetchMs = 15_000

/** `heard` asks anew whenever word of an alarm came. */
export const alarmsQuery = (state: "open" | "closed", heard: number) =>
  queryOptions({
    queryKey: ["alarms", state, heard],
    queryFn: ({ signal }) => call(({ alarms }) => alarms.list({ query: { state, limit } }), signal),
    refetchInterval: refetchMs,
    placeholderData: keepPreviousData,
  })

export const divergencesQuery = (state: "open" | "resolved") =>
  queryOptions({
    queryKey: ["divergences", state],
    queryFn: ({ signal }) => call(({ operations }) => operations.divergences({ query: { state, limit } }), signal),
    refetchInterval: refetchMs,
    placeholderData: keepPreviousData,
  })

export const acknowledgeAlarm = (id: number): Promise<Alarm> =>
  call(({ alarms }) => alarms.acknowledge({ params: { id } }))

export const resolveDivergence = (id: number, reason: string): Promise<Divergence> =>
  call(({ operations }) => operations.resolveDivergence({ params: { id }, payload: { reason } }))
