/** Rentals: the newest of a group, and what people decide about one. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query"
import type { RentalGroup } from "#core/domain/Rental.ts"
import { Limits } from "#core/Limits.ts"
import type { englishRentals } from "../words/EnglishRentals.ts"
import { call } from "./Client.ts"

const limit = Limits.pageItemsMax
const refetchMs = 10_000
const extensionMinutes = 30

export const rentalsQuery = (group: RentalGroup) =>
  queryOptions({
    queryKey: ["rentals", group],
    queryFn: ({ signal }) => call(({ rentals }) => rentals.list({ query: { group, limit } }), signal),
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
