/** Which carts the page shows, as its address says it. */
import { CartGroup } from "#core/domain/CartGroup.ts"
import { parseTableSearch, type TableSearch } from "../table/TableSearch.ts"

/** The groups of carts, and those of which only the last known is known. */
export const cartChoices = [...CartGroup.literals.filter((name) => name !== "retired"), "stale"] as const
export type CartChoice = (typeof cartChoices)[number]

export interface CartsSearch extends TableSearch {
  /** All of them if absent. */
  readonly show?: CartChoice
}

export const parseCartsSearch = (search: Record<string, unknown>): CartsSearch => {
  const show = cartChoices.find((name) => name === search["show"])
  return { ...parseTableSearch(search), ...(show === undefined ? {} : { show }) }
}
