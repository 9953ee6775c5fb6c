/** Which alarms the page shows, as its address says it. */
import { AlarmSeverity } from "#core/domain/Alarm.ts"
import { parseTableSearch, type TableSearch } from "../table/TableSearch.ts"

export interface AlarmsSearch extends TableSearch {
  /** The open ones if absent. */
  readonly state?: "shelved" | "closed"
  /** All of them if absent. */
  readonly severity?: AlarmSeverity
}

export const parseAlarmsSearch = (search: Record<string, unknown>): AlarmsSearch => {
  const { state } = search
  const severity = AlarmSeverity.literals.find((name) => name === search["severity"])
  return {
    ...parseTableSearch(search),
    ...(state === "shelved" || state === "closed" ? { state } : {}),
    ...(severity === undefined ? {} : { severity }),
  }
}
