/** Returns of which nobody can say whose they are, and what people say about carts that came back. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { BayId, BranchId, CartId } from "../domain/Ids.ts"
import { Instant } from "../domain/Instant.ts"
import { ReturnRule, ReturnState } from "../domain/ReturnCase.ts"
import { WrittenText } from "../domain/Text.ts"
import { Authorization } from "./Authorization.ts"
import { needs } from "./Needs.ts"
import { Forbidden, NotFound, RentalNotChanged, ReturnRefused } from "./Problems.ts"
import { Page, pageQuery } from "./Records.ts"

const uuid = Schema.String.check(Schema.isUUID())
const params = { id: uuid }
const reason = { reason: WrittenText(3, 200) }
const Decided = Schema.Struct({ done: Schema.Boolean })
const settles = needs("rental.settle", "rental.settle_recent")

/** A rental whose cart is out and may be the one that came back. */
const Candidate = Schema.Struct({
  rental_id: Schema.String,
  cart_number: Schema.NullOr(Schema.String),
  phone_masked: Schema.String,
})

export const UnattributedReturn = Schema.Struct({
  id: Schema.String,
  branch_id: BranchId,
  bay_id: BayId,
  bay_label: Schema.String,
  /** When the cart came. */
  at: Instant,
  /** `open`: somebody must say whose it is. `transfer`: a cart of another branch stands here and has to go back. */
  state: ReturnState,
  /** Whose it was, by which rule, and which cart, as far as that is known. */
  rental_id: Schema.NullOr(Schema.String),
  rule: Schema.NullOr(ReturnRule),
  cart_id: Schema.NullOr(CartId),
  cart_number: Schema.NullOr(Schema.String),
  reason: Schema.NullOr(Schema.String),
  ended_at: Schema.NullOr(Instant),
  /** Whose it may be, the likeliest first: those whose cart belongs there, then those that are due first. */
  candidates: Schema.Array(Candidate),
})
export type UnattributedReturn = typeof UnattributedReturn.Type

export class ReturnsGroup extends HttpApiGroup.make("returns")
  .add(
    HttpApiEndpoint.get("list", "/unattributed-returns", {
      query: {
        ...pageQuery,
        branch_id: Schema.optional(BranchId),
        /** Left out, those that wait for a person. */
        group: Schema.optional(Schema.Literals(["open", "ended"])),
      },
      success: Page(UnattributedReturn),
    })
      .annotate(
        OpenApi.Description,
        "Carts that came back and ended no rental by themselves: those that wait for a person, or what became of the others. The newest first.",
      )
      .annotateMerge(needs("rental.view", "rental.view_today")),
    HttpApiEndpoint.post("resolve", "/unattributed-returns/:id/resolve", {
      params,
      payload: Schema.Union([
        Schema.Struct({ outcome: Schema.Literal("rental"), rental_id: uuid, ...reason }),
        Schema.Struct({ outcome: Schema.Literals(["nobody", "moved"]), ...reason }),
      ]),
      success: Decided,
      error: [NotFound, Forbidden, RentalNotChanged],
    })
      .annotate(
        OpenApi.Description,
        "Says whose it was, that nobody had that cart, or (`moved`) that a cart of another branch has gone back there. A rental of another branch of the chain makes it a transfer.",
      )
      .annotateMerge(settles),
    HttpApiEndpoint.post("reattribute", "/rentals/:id/reattribute", {
      params,
      payload: Schema.Struct({ rental_id: Schema.NullOr(uuid), ...reason }),
      success: Decided,
      error: [NotFound, Forbidden, RentalNotChanged, ReturnRefused],
    })
      .annotate(
        OpenApi.Description,
        "Within a day: the return that ended this rental was another's, which ends now as of when the cart came; with null nobody knows yet whose. This one goes on where the time says.",
      )
      .annotateMerge(settles),
    HttpApiEndpoint.post("cartReturned", "/branches/:id/carts/return", {
      params: { id: BranchId },
      payload: Schema.Struct({
        cart_id: CartId,
        /** The bay it stands in; left out, its own. */
        bay_id: Schema.optionalKey(BayId),
        ...reason,
      }),
      success: Decided,
      error: [NotFound, Forbidden, RentalNotChanged, ReturnRefused],
    })
      .annotate(
        OpenApi.Description,
        "Somebody sees that a cart stands latched in a bay of this branch: its rental ends. A cart of another branch counts as missing there until it has been brought back. One that is in no bay is closed by `force-complete`.",
      )
      .annotateMerge(settles),
  )
  .middleware(Authorization)
  .annotateMerge(OpenApi.annotations({ title: "Returns", description: "Carts that came back, and whose they are." })) {}
