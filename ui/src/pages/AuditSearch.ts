/** How the audit log is looked at, as the address says it: whose log, of whom, and how the table is. */
import { parseTableSearch, type TableSearch } from "../table/TableSearch.ts"

export interface AuditSearch extends TableSearch {
  /** A chain's id. */
  readonly chain?: string
  /** The id of whoever did it. */
  readonly actor?: string
}

const id = /^[0-9a-f-]{36}$/u

export const parseAuditSearch = (search: Record<string, unknown>): AuditSearch => {
  const { chain, actor } = search
  return {
    ...parseTableSearch(search),
    ...(typeof chain === "string" && id.test(chain) ? { chain } : {}),
    ...(typeof actor === "string" && id.test(actor) ? { actor } : {}),
  }
}
