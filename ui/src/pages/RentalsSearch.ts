/** What of the rentals' page is in its address: which of them, and how the table is filtered. */
import { RentalGroup } from "#core/domain/Rental.ts"
import { parseTableSearch, type TableSearch } from "../table/TableSearch.ts"

export type RentalsSearch = TableSearch & { readonly group?: Exclude<RentalGroup, "open"> }

const groups = RentalGroup.literals.filter((name) => name !== "open")

/** Reads the address; the open ones are shown unless it says otherwise. */
export const parseRentalsSearch = (search: Record<string, unknown>): RentalsSearch => {
  const group = groups.find((name) => name === search["group"])
  return { ...parseTableSearch(search), ...(group === undefined ? {} : { group }) }
}
