/** What of a rental's twin stands in its row. */
import { isOpenRental } from "#twins/rental/Custody.ts"
import type { Stored } from "#twins/Stored.ts"
import { regionWord } from "#twins/Words.ts"
import type { OpenRental, RentalColumns } from "../store/Rentals.ts"

/** Takes the twin and what of its evidence was taken; gives the row. */
export const rentalRow = (
  id: string,
  { value, context, revision }: Stored,
  { seenStage, seenRevision, at }: Pick<OpenRental, "seenStage" | "seenRevision"> & { readonly at: number },
): RentalColumns => {
  const text = (name: string): string | null => {
    const known = context[name]
    return typeof known === "string" ? known : null
  }
  const instant = (name: string): number | null => {
    const known = context[name]
    return typeof known === "number" ? known : null
  }
  return {
    id,
    state: regionWord(value, "life"),
    isOpen: isOpenRental(value),
    twinRevision: revision,
    cartId: text("cart"),
    bayId: text("bay"),
    commandId: text("command"),
    pickedUpAt: instant("pickedUpAt"),
    dueAt: instant("dueAt"),
    endedAt: instant("endedAt"),
    seenStage,
    seenRevision,
    at,
  }
}
