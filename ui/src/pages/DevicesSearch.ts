/** Which devices the page shows, as its address says it. */
import { parseTableSearch, type TableSearch } from "../table/TableSearch.ts"

export interface DevicesSearch extends TableSearch {
  /** All of them if absent. */
  readonly show?: "online" | "away"
}

export const parseDevicesSearch = (search: Record<string, unknown>): DevicesSearch => {
  const { show } = search
  return { ...parseTableSearch(search), ...(show === "online" || show === "away" ? { show } : {}) }
}
