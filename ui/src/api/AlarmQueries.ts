/** Alarms: lists, one with its history, and what people do about one. Lists are newest first; the newest are shown. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query"
import type { Alarm, AlarmRuleView, AlarmTuning } from "#core/api/Alarm.ts"
import type { AlarmCode } from "#core/domain/Alarm.ts"
import type { ChainId } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
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

export const alarmQuery = (id: number, heard: number) =>
  queryOptions({
    queryKey: ["alarms", id, heard],
    queryFn: ({ signal }) => call(({ alarms }) => alarms.get({ params: { id } }), signal),
    refetchInterval: refetchMs,
    placeholderData: keepPreviousData,
  })

export const acknowledgeAlarm = (id: number): Promise<Alarm> =>
  call(({ alarms }) => alarms.acknowledge({ params: { id } }))

/** To somebody by e-mail address, or to nobody. */
export const assignAlarm = (id: number, assignee: string | null): Promise<Alarm> =>
  call(({ alarms }) => alarms.assign({ params: { id }, payload: { assignee } }))

export const commentAlarm = (id: number, text: string): Promise<Alarm> =>
  call(({ alarms }) => alarms.comment({ params: { id }, payload: { text } }))

export const shelveAlarm = (id: number, untilMs: number, reason: string): Promise<Alarm> =>
  call(({ alarms }) => alarms.shelve({ params: { id }, payload: { until: toInstant(untilMs), reason } }))

export const unshelveAlarm = (id: number): Promise<Alarm> => call(({ alarms }) => alarms.unshelve({ params: { id } }))

export const closeAlarm = (id: number, reason: string): Promise<Alarm> =>
  call(({ alarms }) => alarms.close({ params: { id }, payload: { reason } }))

/** The rules as they hold in a chain. */
export const alarmRulesQuery = (chainId: ChainId | undefined) =>
  queryOptions({
    queryKey: ["alarm-rules", chainId],
    queryFn: ({ signal }) =>
      call(({ alarms }) => alarms.rules({ query: chainId === undefined ? {} : { chain_id: chainId } }), signal),
    enabled: chainId !== undefined,
  })

export const tuneAlarmRule = (code: AlarmCode, tuning: AlarmTuning): Promise<AlarmRuleView> =>
  call(({ alarms }) => alarms.tune({ params: { code }, payload: tuning }))
