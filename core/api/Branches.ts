/** Branches as records, with their switches, opening hours, zones and counts of their carts. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { CartIdentity } from "../domain/Cart.ts"
import { BranchId, CartId, ChainId, ZoneId } from "../domain/Ids.ts"
import { Instant } from "../domain/Instant.ts"
import { BranchCode, Label, Name, RegistryBranch } from "../domain/RegistryDocument.ts"
import { Limits } from "../Limits.ts"
import { Authorization } from "./Authorization.ts"
import { PlaceStats } from "./Chains.ts"
import { changing, making, NameTaken, PreconditionRequired, RecordRefused } from "./Conditions.ts"
import { PreconditionFailed } from "./Configuration.ts"
import { needs } from "./Needs.ts"
import { Forbidden, IdempotencyKeyReused, NotFound } from "./Problems.ts"
import { Branch, Zone } from "./Records.ts"
import { Reason } from "./Twins.ts"

const isZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== ""
  } catch {
    return false
  }
}

const writable = {
  name: Name,
  /** In the topics of its devices: it stays as it is once there is one. */
  branch_code: BranchCode,
  address: RegistryBranch.fields.address,
  city: RegistryBranch.fields.city,
  latitude: RegistryBranch.fields.latitude,
  longitude: RegistryBranch.fields.longitude,
  timezone: Name.check(Schema.makeFilter((name) => isZone(name) || "Expected the name of an IANA time zone")),
  active: Schema.Boolean,
}
/** `bay_bound`: each cart has a bay of its own. `pool`: any cart comes back into any bay. Left out, it stays as it is. */
const identity = { cart_identity: Schema.optionalKey(CartIdentity) }

export const BranchWritten = Schema.Struct({ ...writable, ...identity })
export const BranchChange = Schema.Struct({
  name: Schema.optionalKey(writable.name),
  branch_code: Schema.optionalKey(writable.branch_code),
  address: Schema.optionalKey(writable.address),
  city: Schema.optionalKey(writable.city),
  latitude: Schema.optionalKey(writable.latitude),
  longitude: Schema.optionalKey(writable.longitude),
  timezone: Schema.optionalKey(writable.timezone),
  active: Schema.optionalKey(writable.active),
  ...identity,
})
export type BranchChange = typeof BranchChange.Type

export const NewBranch = Schema.Struct({
  ...BranchChange.fields,
  chain_id: ChainId,
  name: writable.name,
  branch_code: writable.branch_code,
})

const Clock = Schema.String.check(Schema.isPattern(/^(?:[01]\d|2[0-3]):[0-5]\d$/u))
const Day = Schema.Array(Schema.Struct({ opens: Clock, closes: Clock })).check(Schema.isMaxLength(4))
/** When it is open, in its own time, and when nobody is sent messages. A day that is not named is closed. */
export const BranchHours = Schema.Struct({
  sunday: Schema.optionalKey(Day),
  monday: Schema.optionalKey(Day),
  tuesday: Schema.optionalKey(Day),
  wednesday: Schema.optionalKey(Day),
  thursday: Schema.optionalKey(Day),
  friday: Schema.optionalKey(Day),
  saturday: Schema.optionalKey(Day),
  quiet: Schema.optionalKey(Schema.Struct({ from: Clock, to: Clock })),
})
export type BranchHours = typeof BranchHours.Type

export const BranchOverview = Schema.Struct({ branch: Branch, ...PlaceStats.fields })

const Found = Schema.Struct({ id: CartId, cart_number: Schema.String })
/** What a count of the carts in the bays gives. */
export const Recount = Schema.Struct({
  id: Schema.String,
  branch_id: BranchId,
  counted_by: Schema.String,
  at: Instant,
  counted: Schema.Int,
  /** Should stand in a bay, and were not seen. */
  missing: Schema.Array(Found),
  /** Were seen, and should be out: in use, missing or in maintenance. */
  unexpected: Schema.Array(Found),
  /** Numbers that no cart of the branch has. */
  unknown: Schema.Array(Schema.String),
})
export type Recount = typeof Recount.Type

const params = { id: BranchId }
const zone = { id: ZoneId }
const changes = [NotFound, Forbidden, PreconditionFailed, NameTaken, RecordRefused] as const
const onOff = {
  params,
  payload: Schema.Struct({ on: Schema.Boolean, reason: Reason }),
  success: Branch,
  error: [NotFound, Forbidden, RecordRefused] as const,
}

export class BranchesGroup extends HttpApiGroup.make("branches")
  .add(
    HttpApiEndpoint.post("create", "/branches", {
      headers: making,
      payload: NewBranch,
      success: Branch.pipe(HttpApiSchema.status(201)),
      error: [NotFound, Forbidden, NameTaken, RecordRefused, IdempotencyKeyReused],
    }).annotateMerge(needs("branch.edit")),
    HttpApiEndpoint.get("get", "/branches/:id", { params, success: Branch, error: NotFound }).annotateMerge(
      needs("registry.view"),
    ),
    HttpApiEndpoint.put("replace", "/branches/:id", {
      params,
      headers: changing,
      payload: BranchWritten,
      success: Branch,
      error: [...changes, PreconditionRequired],
    }).annotateMerge(needs("branch.edit")),
    HttpApiEndpoint.patch("change", "/branches/:id", {
      params,
      headers: changing,
      payload: BranchChange,
      success: Branch,
      error: changes,
    }).annotateMerge(needs("branch.edit")),
    HttpApiEndpoint.delete("archive", "/branches/:id", {
      params,
      headers: changing,
      success: Branch,
      error: [NotFound, Forbidden, PreconditionFailed, RecordRefused],
    })
      .annotate(OpenApi.Description, "Archives it, once no rental is open there: its history stays.")
      .annotateMerge(needs("branch.edit")),
    HttpApiEndpoint.get("stats", "/branches/:id/stats", { params, success: PlaceStats, error: NotFound }).annotateMerge(
      needs("registry.view"),
    ),
    HttpApiEndpoint.get("overview", "/branches/:id/overview", {
      params,
      success: BranchOverview,
      error: NotFound,
    })
      .annotate(OpenApi.Description, "A branch with how it stands, in one answer.")
      .annotateMerge(needs("registry.view")),
    HttpApiEndpoint.put("lending", "/branches/:id/lending", onOff)
      .annotate(OpenApi.Description, "Whether carts are lent here. Returns go on either way.")
      .annotateMerge(needs("branch.lending")),
    HttpApiEndpoint.put("returning", "/branches/:id/returning", onOff)
      .annotate(
        OpenApi.Description,
        "Whether shoppers are told to bring carts back here. A cart that latches is returned either way.",
      )
      .annotateMerge(needs("branch.lending")),
    HttpApiEndpoint.get("hours", "/branches/:id/hours", {
      params,
      success: BranchHours,
      error: NotFound,
    }).annotateMerge(needs("registry.view")),
    HttpApiEndpoint.put("setHours", "/branches/:id/hours", {
      params,
      headers: changing,
      payload: BranchHours,
      success: BranchHours,
      error: [NotFound, Forbidden, PreconditionFailed],
    }).annotateMerge(needs("branch.hours")),
    HttpApiEndpoint.get("zones", "/branches/:id/zones", {
      params,
      success: Schema.Struct({ items: Schema.Array(Zone) }),
      error: NotFound,
    }).annotateMerge(needs("registry.view")),
    HttpApiEndpoint.post("createZone", "/branches/:id/zones", {
      params,
      headers: making,
      payload: Schema.Struct({ name: Name }),
      success: Zone.pipe(HttpApiSchema.status(201)),
      error: [NotFound, Forbidden, NameTaken, RecordRefused, IdempotencyKeyReused],
    }).annotateMerge(needs("branch.edit")),
    HttpApiEndpoint.put("replaceZone", "/zones/:id", {
      params: zone,
      headers: changing,
      payload: Schema.Struct({ name: Name }),
      success: Zone,
      error: [...changes, PreconditionRequired],
    }).annotateMerge(needs("branch.edit")),
    HttpApiEndpoint.get("zone", "/zones/:id", { params: zone, success: Zone, error: NotFound }).annotateMerge(
      needs("registry.view"),
    ),
    HttpApiEndpoint.delete("archiveZone", "/zones/:id", {
      params: zone,
      headers: changing,
      success: Zone,
      error: [NotFound, Forbidden, PreconditionFailed],
    })
      .annotate(OpenApi.Description, "Archives it; its bays are in no zone then.")
      .annotateMerge(needs("branch.edit")),
    HttpApiEndpoint.post("recount", "/branches/:id/recounts", {
      params,
      headers: making,
      payload: Schema.Struct({
        /** The numbers of the carts that stand in the bays. */
        seen: Schema.Array(Label).check(Schema.isMaxLength(Limits.recountCarts)),
      }),
      success: Recount.pipe(HttpApiSchema.status(201)),
      error: [NotFound, Forbidden, IdempotencyKeyReused],
    })
      .annotate(
        OpenApi.Description,
        "Compares a count of the carts in the bays with what is known, and keeps what came of it.",
      )
      .annotateMerge(needs("cart.state")),
  )
  .middleware(Authorization)
  .annotateMerge(OpenApi.annotations({ title: "Branches", description: "Where carts are lent." })) {}
