/**
 * What a device shall be configured to, what it says it is, and where they differ; and moving a cart to another bay, which
 * changes the configuration of the devices concerned.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiError, HttpApiGroup, OpenApi } from "effect/http-api"
import { ConfigChange } from "../config/ConfigChange.ts"
import { ConfigDelta } from "../config/ConfigDelta.ts"
import { ConfigDocument } from "../config/ConfigDocument.ts"
import { BayId, CartId, DeviceId } from "../domain/Ids.ts"
import { Instant } from "../domain/Instant.ts"
import { PlacementRevision } from "../domain/PlacementRevision.ts"
import { ConfigName, ConfigProblem } from "../wire/Config.ts"
import { Authorization } from "./Authorization.ts"
import { needs } from "./Needs.ts"
import { Forbidden, NotFound } from "./Problems.ts"
import { Reason } from "./Twins.ts"

/** How a device stands to what it shall be configured to. */
export const ConfigState = Schema.Literals([
  /** It has never said what it is. */
  "unreported",
  "in_sync",
  /** It was offered and has not answered yet. */
  "offered",
  /** It will not take it; the problems are listed. */
  "refused",
  /** It was offered as often as may be and is still something else. */
  "drifted",
])
export type ConfigState = typeof ConfigState.Type

export const DeviceConfigView = Schema.Struct({
  device_id: DeviceId,
  state: ConfigState,
  desired: Schema.NullOr(
    Schema.Struct({
      ...ConfigName.fields,
      document: ConfigDocument,
      changed_at: Instant,
      /** A person's e-mail, `registry`, or `device` for its own file. */
      changed_by: Schema.String,
      changed_reason: Schema.NullOr(Schema.String),
      /** Times it was offered again. */
      offers: Schema.Int,
    }),
  ),
  reported: Schema.NullOr(
    Schema.Struct({
      ...ConfigName.fields,
      revision: Schema.Int,
      document: Schema.Json,
      applied_at: Instant,
      reported_at: Instant,
      refused: Schema.NullOr(Schema.Struct({ ...ConfigName.fields, errors: Schema.Array(ConfigProblem) })),
    }),
  ),
  delta: ConfigDelta,
})
export type DeviceConfigView = typeof DeviceConfigView.Type

/** Why a cart cannot be moved to a bay. */
export const PlacementReason = Schema.Literals([
  "bay_taken",
  "command_in_flight",
  "other_chain",
  "device_takes_no_config",
  "retired",
])
export type PlacementReason = typeof PlacementReason.Type

/** Why a configuration cannot be changed so. */
export const ConfigRefusal = Schema.Literals([
  "unreported",
  "unknown_place",
  "label_taken",
  "not_valid",
  /** The board was not asked lately. */
  "not_probed",
  /** What is seen fits no polarity. */
  "contradictory",
])
export type ConfigRefusal = typeof ConfigRefusal.Type

const problem = <const Code extends string>(code: Code) => `urn:cartwise:problem:${code}` as const

/** Somebody has changed it since: read it again and decide anew. */
export class PreconditionFailed extends HttpApiError.Problem<PreconditionFailed>()(
  "PreconditionFailed",
  { type: problem("precondition_failed"), status: 412, title: "It has been changed since you read it." },
  { current: Schema.Int },
) {}

export class ConfigRefused extends HttpApiError.Problem<ConfigRefused>()(
  "ConfigRefused",
  { type: problem("config_refused"), status: 409, title: "The configuration cannot be changed so." },
  { reason: ConfigRefusal },
) {}

export class PlacementRefused extends HttpApiError.Problem<PlacementRefused>()(
  "PlacementRefused",
  { type: problem("placement_refused"), status: 409, title: "The cart cannot be placed there." },
  { reason: PlacementReason },
) {}

/** The version that was read, as `"3"` or `3`. */
const IfMatch = Schema.String.check(Schema.isPattern(/^(?:\d{1,15}|"\d{1,15}")$/u))

/** The version a condition names. */
export const versionOf = (condition: string): number => Number(condition.replaceAll('"', ""))

export const CartPlacement = Schema.Struct({
  cart_id: CartId,
  bay_id: BayId,
  device_id: DeviceId,
  placement: PlacementRevision,
})

const placing = {
  params: { id: CartId },
  headers: { "if-match": Schema.optional(IfMatch) },
  payload: Schema.Struct({ bay_id: BayId, reason: Reason }),
  success: CartPlacement,
  error: [NotFound, Forbidden, PreconditionFailed, PlacementRefused] as const,
}

export class ConfigurationGroup extends HttpApiGroup.make("configuration")
  .add(
    HttpApiEndpoint.get("get", "/devices/:id/config", {
      params: { id: DeviceId },
      success: DeviceConfigView,
      error: [NotFound, Forbidden],
    }).annotateMerge(needs("device.inspect")),
    HttpApiEndpoint.patch("change", "/devices/:id/config", {
      params: { id: DeviceId },
      headers: { "if-match": IfMatch },
      payload: Schema.Struct({ ...ConfigChange.fields, reason: Reason }),
      success: DeviceConfigView,
      error: [NotFound, Forbidden, PreconditionFailed, ConfigRefused],
    })
      .annotate(
        OpenApi.Description,
        "Changes what the device shall be configured to: only what is named, and only if `If-Match` names the desired version you have read.",
      )
      .annotateMerge(needs("device.configure")),
    HttpApiEndpoint.put("place", "/carts/:id/placement", placing)
      .annotate(
        OpenApi.Description,
        "Moves a cart to another bay. From then on only the word of that bay's device counts for its dock, under a new placement revision. `If-Match` may name the revision you have read.",
      )
      .annotateMerge(needs("cart.place")),
    HttpApiEndpoint.post("move", "/carts/:id/move", placing)
      .annotate(OpenApi.Description, "As `PUT /api/carts/{id}/placement`.")
      .annotateMerge(needs("cart.place")),
  )
  .middleware(Authorization)
  .annotateMerge(
    OpenApi.annotations({ title: "Configuration", description: "What devices shall be, and where carts belong." }),
  ) {}
