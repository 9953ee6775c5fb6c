/** Rentals: the newest of a group, and what people decide about one. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query"
import { toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import type { RentalChoice } from "../pages/RentalsSearch.ts"
import type { Scope } from "../scope/Scope.ts"
import type { englishRentals } from "../words/EnglishRentals.ts"
import { call } from "./Client.ts"

const limit = Limits.pageItemsMax
const refetchMs = 10_000
const extensionMinutes = 30

const dayMs = 24 * 3_600_000

/** Of one branch, if the scope is one. */
export const rentalsQuery = (choice: RentalChoice, { branch_id }: Scope["query"]) =>
  queryOptions({
    queryKey: ["rentals", choice, branch_id],
    queryFn: ({ signal }) => {
      const which = choice === "today" ? { from: toInstant(Date.now() - dayMs) } : { group: choice }
      const where = branch_id === undefined ? {} : { branch_id }
      return call(({ rentals }) => rentals.list({ query: { ...which, ...where, limit } }), signal)
    },
    refetchInterval: refetchMs,
    placeholderData: keepPreviousData,
  })

/** What a person may decide about a rental. */
export type RentalAction = keyof (typeof englishRentals)["actions"]

export const decideRental = (id: string, action: RentalAction, reason: string): Promise<unknown> => {
  const request = { params: { id }, payload: { reason } }
  return call(({ rentals }) => {
    switch (action) {
      case "close":
        return rentals.forceComplete(request)
      case "undo":
        return rentals.undo(request)
      case "extend":
        return rentals.extend({ ...request, payload: { reason, minutes: extensionMinutes } })
      case "dispute":
        return rentals.dispute(request)
      case "uphold":
        return rentals.settleDispute(request)
    }
  })
}
