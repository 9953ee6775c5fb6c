/**
 * The twin at the moment that the address names: as it was then, or as it is now.
 */
import { useQuery } from "@tanstack/react-query"
import type { TwinHistoryEvent } from "#core/api/TwinHistory.ts"
import type { Twin } from "#core/api/Twins.ts"
import { pastEventsQuery, pastTwinQuery, twinEventsQuery } from "../api/Queries.ts"

export interface Moment {
  readonly twin: Twin
  /** The last events up to then, newest first; undefined while they are fetched. */
  readonly events: ReadonlyArray<TwinHistoryEvent> | undefined
  /** True if it is not now. */
  readonly isPast: boolean
  /** Why the moment cannot be shown. */
  readonly error: Error | null
}

/** `live` is the twin as it is; a revision it has or does not have yet means now. */
export const useMoment = (live: Twin, revision: number | undefined): Moment => {
  const { kind, id } = live
  const wanted = revision === undefined || revision >= live.revision ? undefined : revision
  const past = useQuery(pastTwinQuery(kind, id, wanted))
  const pastEvents = useQuery(pastEventsQuery(kind, id, wanted, past.data?.past?.since))
  const events = useQuery(twinEventsQuery(kind, id, live.revision))
  if (wanted === undefined) return { twin: live, events: events.data, isPast: false, error: events.error }
  if (past.data === undefined) return { twin: live, events: undefined, isPast: true, error: past.error }
  return { twin: past.data, events: pastEvents.data, isPast: true, error: past.error }
}
