/** What of the rentals' page is in its address: which of them, and how the table is filtered. */
import { RentalGroup } from "#core/domain/Rental.ts"
import { parseTableSearch, type TableSearch } from "../table/TableSearch.ts"

/** The groups of rentals, and all that began in the last day. */
export const rentalChoices = [...RentalGroup.literals, "today"] as const
export type RentalChoice = (typeof rentalChoices)[number]

export type RentalsSearch = TableSearch & { readonly group?: Exclude<RentalChoice, "open"> }

const groups = rentalChoices.filter((name) => name !== "open")

/** Reads the address; the open ones are shown unless it says otherwise. */
export const parseRentalsSearch = (search: Record<string, unknown>): RentalsSearch => {
  const group = groups.find((name) => name === search["group"])
  return { ...parseTableSearch(search), ...(group === undefined ? {} : { group }) }
}
