/** Chains as records: made, changed, archived; what holds for lending in them, and how they stand. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { ChainId } from "../domain/Ids.ts"
import { Name, Slug } from "../domain/RegistryDocument.ts"
import { WrittenText } from "../domain/Text.ts"
import { Limits } from "../Limits.ts"
import { Authorization } from "./Authorization.ts"
import { changing, making, NameTaken, PreconditionRequired, RecordRefused } from "./Conditions.ts"
import { PreconditionFailed } from "./Configuration.ts"
import { needs } from "./Needs.ts"
import { Forbidden, IdempotencyKeyReused, NotFound } from "./Problems.ts"
import { Chain } from "./Records.ts"

const writable = {
  name: Name,
  /** In the topics of its devices: it stays as it is once there is one. */
  slug: Slug,
  description: Schema.NullOr(WrittenText(0, 500)),
  active: Schema.Boolean,
}

export const ChainWritten = Schema.Struct(writable)
export const ChainChange = Schema.Struct({
  name: Schema.optionalKey(writable.name),
  slug: Schema.optionalKey(writable.slug),
  description: Schema.optionalKey(writable.description),
  active: Schema.optionalKey(writable.active),
})
export type ChainChange = typeof ChainChange.Type

export const NewChain = Schema.Struct({
  ...ChainChange.fields,
  name: writable.name,
  slug: writable.slug,
  /** True for one whose hardware is simulated; it cannot be changed later. */
  simulated: Schema.optionalKey(Schema.Boolean),
})

const minutes = (maximum: number) => Schema.Int.check(Schema.isBetween({ minimum: 1, maximum }))

/** How long carts are lent, in minutes. A rental keeps what held when it began. */
export const ChainPolicy = Schema.Struct({
  lend_minutes: minutes(Limits.policyMinutesMax),
  due_soon_minutes: minutes(Limits.policyMinutesMax),
  grace_minutes: minutes(Limits.policyMinutesMax),
  lost_minutes: minutes(Limits.policyMinutesMax),
})
export type ChainPolicy = typeof ChainPolicy.Type

const count = Schema.Int
/** Carts by the seed's words. */
export const CartCounts = Schema.Struct({ total: count, available: count, in_use: count, maintenance: count })
export const DeviceCounts = Schema.Struct({ total: count, online: count })
/** Rentals that are open, those of them that are overdue, and what began and ended in the last 24 hours. */
export const RentalCounts = Schema.Struct({ open: count, overdue: count, begun_today: count, ended_today: count })

export const PlaceStats = Schema.Struct({
  branches: count,
  carts: CartCounts,
  devices: DeviceCounts,
  rentals: RentalCounts,
  open_alarms: count,
})
export type PlaceStats = typeof PlaceStats.Type

const params = { id: ChainId }
const changes = [NotFound, Forbidden, PreconditionFailed, NameTaken, RecordRefused] as const

export class ChainsGroup extends HttpApiGroup.make("chains")
  .add(
    HttpApiEndpoint.post("create", "/chains", {
      headers: making,
      payload: NewChain,
      success: Chain.pipe(HttpApiSchema.status(201)),
      error: [NotFound, Forbidden, NameTaken, IdempotencyKeyReused],
    }).annotateMerge(needs("chain.create")),
    HttpApiEndpoint.get("get", "/chains/:id", { params, success: Chain, error: NotFound }).annotateMerge(
      needs("registry.view"),
    ),
    HttpApiEndpoint.put("replace", "/chains/:id", {
      params,
      headers: changing,
      payload: ChainWritten,
      success: Chain,
      error: [...changes, PreconditionRequired],
    }).annotateMerge(needs("chain.edit")),
    HttpApiEndpoint.patch("change", "/chains/:id", {
      params,
      headers: changing,
      payload: ChainChange,
      success: Chain,
      error: changes,
    }).annotateMerge(needs("chain.edit")),
    HttpApiEndpoint.delete("archive", "/chains/:id", {
      params,
      headers: changing,
      success: Chain,
      error: [NotFound, Forbidden, PreconditionFailed, RecordRefused],
    })
      .annotate(OpenApi.Description, "Archives it: its history stays. Its branches must have been archived before.")
      .annotateMerge(needs("chain.create")),
    HttpApiEndpoint.get("policy", "/chains/:id/policy", {
      params,
      success: ChainPolicy,
      error: NotFound,
    }).annotateMerge(needs("registry.view")),
    HttpApiEndpoint.put("setPolicy", "/chains/:id/policy", {
      params,
      headers: changing,
      payload: ChainPolicy,
      success: ChainPolicy,
      error: [NotFound, Forbidden, PreconditionFailed],
    })
      .annotate(
        OpenApi.Description,
        "Holds for rentals that begin from now on. `If-Match` may name the chain's version.",
      )
      .annotateMerge(needs("policy.edit")),
    HttpApiEndpoint.get("stats", "/chains/:id/stats", { params, success: PlaceStats, error: NotFound }).annotateMerge(
      needs("registry.view"),
    ),
  )
  .middleware(Authorization)
  .annotateMerge(OpenApi.annotations({ title: "Chains", description: "The tenants." })) {}
