/** What is done when a branch closes: what is out is due by then, and staff hear which carts are not where they belong. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { BayId, BranchId, CartId } from "../domain/Ids.ts"
import { Instant, RealInstant } from "../domain/Instant.ts"
import { Authorization } from "./Authorization.ts"
import { RecordRefused } from "./Conditions.ts"
import { needs } from "./Needs.ts"
import { Forbidden, NotFound } from "./Problems.ts"
import { Reason } from "./Twins.ts"

/** A cart that is not latched in its bay, or whose bay nobody can see. */
export const CartOut = Schema.Struct({
  id: CartId,
  cart_number: Schema.String,
  custody: Schema.String,
  dock: Schema.String,
  bay_id: Schema.NullOr(BayId),
  bay_label: Schema.NullOr(Schema.String),
  /** The open rental it is in; null for one that is out and lent to nobody. */
  rental: Schema.NullOr(
    Schema.Struct({
      id: Schema.String,
      state: Schema.String,
      due_at: Schema.NullOr(Instant),
      phone_masked: Schema.String,
    }),
  ),
})
export type CartOut = typeof CartOut.Type

export const ClosingSweep = Schema.Struct({
  branch_id: BranchId,
  /** When it closes, and everything is due. */
  closes_at: Instant,
  /** Rentals that are due earlier now. */
  brought_forward: Schema.Array(Schema.String),
  carts_out: Schema.Array(CartOut),
})
export type ClosingSweep = typeof ClosingSweep.Type

export class ClosingSweepGroup extends HttpApiGroup.make("closingSweep")
  .add(
    HttpApiEndpoint.post("sweep", "/branches/:id/closing-sweep", {
      params: { id: BranchId },
      payload: Schema.Struct({
        /** Within a day; left out: when its opening hours say. */
        closes_at: Schema.optionalKey(RealInstant),
        reason: Reason,
      }),
      success: ClosingSweep,
      error: [NotFound, Forbidden, RecordRefused],
    })
      .annotate(
        OpenApi.Description,
        "Brings forward when carts that are out are due to when the branch closes, and lists every cart that is not latched in its bay. Done again it changes nothing more.",
      )
      .annotateMerge(needs("rental.settle")),
  )
  .middleware(Authorization)
  .annotateMerge(OpenApi.annotations({ title: "Closing", description: "What is left when a branch closes." })) {}
