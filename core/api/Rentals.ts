/** What staff see of open rentals and may decide about them. Numbers are shown masked. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { BranchId } from "../domain/Ids.ts"
import { CartFound } from "../domain/Rental.ts"
import { WrittenText } from "../domain/Text.ts"
import { Authorization } from "./Authorization.ts"
import { needs } from "./Needs.ts"
import { Forbidden, NotFound, RentalNotChanged } from "./Problems.ts"
import { ShownRental } from "./ShopperRecords.ts"

const reason = { reason: WrittenText(3, 200) }
const params = { id: Schema.String.check(Schema.isUUID()) }
const Decided = Schema.Struct({ done: Schema.Boolean })

export const StaffRental = Schema.Struct({ ...ShownRental.fields, phone_masked: Schema.String })

export class RentalsGroup extends HttpApiGroup.make("rentals")
  .add(
    HttpApiEndpoint.get("active", "/branches/:id/rentals/active", {
      params: { id: BranchId },
      success: Schema.Struct({ items: Schema.Array(StaffRental) }),
      error: [NotFound, Forbidden],
    })
      .annotate(OpenApi.Description, "The open rentals of a branch, the oldest first, at most 500.")
      .annotateMerge(needs("rental.view", "rental.view_today")),
    HttpApiEndpoint.post("forceComplete", "/rentals/:id/force-complete", {
      params,
      payload: Schema.Struct(reason),
      success: Decided,
      error: [NotFound, Forbidden, RentalNotChanged],
    })
      .annotate(
        OpenApi.Description,
        "Ends an open rental by hand. A cart that stands in its bay is free again, another counts as missing.",
      )
      .annotateMerge(needs("rental.settle", "rental.settle_recent")),
    HttpApiEndpoint.post("found", "/rentals/:id/found", {
      params,
      payload: Schema.Struct({ where: CartFound, ...reason }),
      success: Decided,
      error: [NotFound, Forbidden, RentalNotChanged],
    })
      .annotate(OpenApi.Description, "Says where the cart of a rental stands whose unlock nobody saw the outcome of.")
      .annotateMerge(needs("rental.settle", "rental.settle_recent")),
  )
  .middleware(Authorization)
  .annotateMerge(
    OpenApi.annotations({ title: "Rentals", description: "Open rentals, and what people decide about them." }),
  ) {}
