/** Finding one thing among everything one may see, by what is printed on it or said of it. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { BayId, BranchId, ChainId } from "../domain/Ids.ts"
import { WrittenText } from "../domain/Text.ts"
import { Limits } from "../Limits.ts"
import { Authorization } from "./Authorization.ts"
import { needs } from "./Needs.ts"

export const SearchKind = Schema.Literals(["branch", "bay", "cart", "device", "rental"])
export type SearchKind = typeof SearchKind.Type

export const SearchHit = Schema.Struct({
  kind: SearchKind,
  id: Schema.String,
  /** What is printed on it, or its name; of a rental the first part of its id. */
  label: Schema.String,
  /** What else tells it apart: a branch's code, the cart of a bay, the bay of a cart, a device's MAC address, a masked number. */
  detail: Schema.NullOr(Schema.String),
  chain_id: ChainId,
  branch_id: BranchId,
  branch_name: Schema.String,
  /** The bay itself, or the one a cart is placed in; null for everything else. */
  bay_id: Schema.NullOr(BayId),
})
export type SearchHit = typeof SearchHit.Type

export class SearchGroup extends HttpApiGroup.make("search")
  .add(
    HttpApiEndpoint.get("find", "/search", {
      query: { q: WrittenText(1, Limits.searchCharacters) },
      success: Schema.Struct({ items: Schema.Array(SearchHit) }),
    })
      .annotate(
        OpenApi.Description,
        "Branches, bays, carts and devices that every word fits (`TLV-01/A7`, `dizengoff a7`, `7`), and rentals by their id's " +
          "beginning or the last four digits of the shopper's number. Of each kind the best few, and only what one may see.",
      )
      .annotateMerge(needs("registry.view")),
  )
  .middleware(Authorization)
  .annotateMerge(OpenApi.annotations({ title: "Search", description: "Finding one thing among everything." })) {}
