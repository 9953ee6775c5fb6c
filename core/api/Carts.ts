/** Carts as records, and what people say of where they are and whether they can be lent. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { CartStatus } from "../domain/Cart.ts"
import { BayId, BranchId, CartId, ChainId } from "../domain/Ids.ts"
import { Label } from "../domain/RegistryDocument.ts"
import { WrittenText } from "../domain/Text.ts"
import { Authorization } from "./Authorization.ts"
import { changing, making, NameTaken, PreconditionRequired, RecordRefused } from "./Conditions.ts"
import { PlacementRefused, PreconditionFailed } from "./Configuration.ts"
import { needs } from "./Needs.ts"
import { Forbidden, IdempotencyKeyReused, NotFound } from "./Problems.ts"
import { Cart, CartType, Page } from "./Records.ts"
import { Flag, searched, sortedBy } from "./Sorting.ts"
import { Reason } from "./Twins.ts"

const writable = {
  /** Printed on it; no other cart of the branch has it. */
  cart_number: Label,
  cart_type: CartType,
  maintenance_notes: Schema.NullOr(WrittenText(0, 500)),
}
export const CartChange = Schema.Struct({
  cart_number: Schema.optionalKey(writable.cart_number),
  cart_type: Schema.optionalKey(writable.cart_type),
  maintenance_notes: Schema.optionalKey(writable.maintenance_notes),
})
export type CartChange = typeof CartChange.Type

const params = { id: CartId }
const changes = [NotFound, Forbidden, PreconditionFailed, NameTaken, RecordRefused] as const
const said = <const P extends Schema.Constraint>(payload: P) => ({
  params,
  payload,
  success: Cart,
  error: [NotFound, Forbidden, RecordRefused] as const,
})
const why = Schema.Struct({ reason: Reason })

/** Query of a list of carts. */
export const cartQuery = {
  ...sortedBy("cart_number", "cart_type", "last_used", "created_at", "updated_at"),
  q: Schema.optional(searched),
  cart_number: Schema.optional(Label),
  status: Schema.optional(CartStatus),
  cart_type: Schema.optional(CartType),
  /** Whether it belongs in a bay. */
  placed: Schema.optional(Flag),
  /** Only those that were retired, or none of them, as without it. */
  archived: Schema.optional(Flag),
}

export class CartsGroup extends HttpApiGroup.make("carts")
  .add(
    HttpApiEndpoint.get("list", "/carts", {
      query: { ...cartQuery, chain_id: Schema.optional(ChainId), branch_id: Schema.optional(BranchId) },
      success: Page(Cart),
    })
      .annotate(
        OpenApi.Description,
        "Carts of every branch you may see, by number; retired ones are left out unless asked for. `q` is a part of a number.",
      )
      .annotateMerge(needs("registry.view")),
    HttpApiEndpoint.get("available", "/carts/available", {
      query: { ...cartQuery, branch_id: Schema.optional(BranchId) },
      success: Page(Cart),
    })
      .annotate(OpenApi.Description, "As `GET /api/carts?status=available`.")
      .annotateMerge(needs("registry.view")),
    HttpApiEndpoint.post("create", "/carts", {
      headers: making,
      payload: Schema.Struct({
        ...CartChange.fields,
        branch_id: BranchId,
        cart_number: writable.cart_number,
        /** The bay it belongs in; it can be placed later. */
        bay_id: Schema.optionalKey(BayId),
      }),
      success: Cart.pipe(HttpApiSchema.status(201)),
      error: [NotFound, Forbidden, NameTaken, RecordRefused, PlacementRefused, IdempotencyKeyReused],
    }).annotateMerge(needs("cart.edit")),
    HttpApiEndpoint.get("get", "/carts/:id", { params, success: Cart, error: NotFound }).annotateMerge(
      needs("registry.view"),
    ),
    HttpApiEndpoint.get("ofBranch", "/branches/:branch_id/carts/:id", {
      params: { branch_id: BranchId, id: CartId },
      success: Cart,
      error: NotFound,
    }).annotateMerge(needs("registry.view")),
    HttpApiEndpoint.put("replace", "/carts/:id", {
      params,
      headers: changing,
      payload: Schema.Struct(writable),
      success: Cart,
      error: [...changes, PreconditionRequired],
    }).annotateMerge(needs("cart.edit")),
    HttpApiEndpoint.patch("change", "/carts/:id", {
      params,
      headers: changing,
      payload: CartChange,
      success: Cart,
      error: changes,
    }).annotateMerge(needs("cart.edit")),
    HttpApiEndpoint.delete("retire", "/carts/:id", {
      params,
      headers: changing,
      success: Cart,
      error: [NotFound, Forbidden, PreconditionFailed, RecordRefused],
    })
      .annotate(OpenApi.Description, "Retires it for good: it belongs in no bay then, and its history stays.")
      .annotateMerge(needs("cart.edit")),
    HttpApiEndpoint.post(
      "maintenance",
      "/carts/:id/maintenance",
      said(Schema.Struct({ on: Schema.Boolean, reason: Reason })),
    )
      .annotate(OpenApi.Description, "Takes a cart that nobody has out of lending, or puts it back.")
      .annotateMerge(needs("cart.state")),
    HttpApiEndpoint.post("quarantine", "/carts/:id/quarantine", said(why))
      .annotate(
        OpenApi.Description,
        "Takes a cart that nobody has out of lending because something about it cannot be believed: in maintenance, and the reason is among its notes until somebody has looked.",
      )
      .annotateMerge(needs("cart.state")),
    HttpApiEndpoint.post("retireByName", "/carts/:id/retire", {
      params,
      headers: changing,
      payload: why,
      success: Cart,
      error: [NotFound, Forbidden, PreconditionFailed, RecordRefused],
    })
      .annotate(OpenApi.Description, "As `DELETE`, with a reason.")
      .annotateMerge(needs("cart.edit")),
    HttpApiEndpoint.post("missing", "/carts/:id/missing", said(why))
      .annotate(OpenApi.Description, "Says that nobody knows where it is. A rental that is open is ended first.")
      .annotateMerge(needs("cart.state")),
    HttpApiEndpoint.post("found", "/carts/:id/found", said(why))
      .annotate(OpenApi.Description, "Says that it was found: it is in maintenance until somebody has looked at it.")
      .annotateMerge(needs("cart.state")),
  )
  .middleware(Authorization)
  .annotateMerge(OpenApi.annotations({ title: "Carts", description: "What is lent." })) {}
