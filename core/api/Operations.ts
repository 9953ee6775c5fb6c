/**
 * What people who run the system look at: what could not be understood, and where mirror and bay disagreed. Every list is
 * newest first.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { DivergenceRule } from "../domain/Divergence.ts"
import { DeviceId, TwinKind, TwinRef } from "../domain/Ids.ts"
import { Instant } from "../domain/Instant.ts"
import { Text } from "../domain/Text.ts"
import { Authorization } from "./Authorization.ts"
import { needs } from "./Needs.ts"
import { AlreadyDone, Forbidden, NotFound } from "./Problems.ts"
import { Page } from "./Records.ts"
import { newestFirst } from "./Sorting.ts"
import { Reason } from "./Twins.ts"

/** A number the database gives out. */
export const RowId = Schema.FiniteFromString.check(
  Schema.isInt(),
  Schema.isBetween({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
)

/** Something that was put aside: a message, one fact of a message, or a row of our own. */
export const QuarantinedItem = Schema.Struct({
  id: Schema.Int,
  /** Where it came from: an MQTT topic, or `twin/{kind}/{id}` for a row. */
  topic: Schema.String,
  reason: Schema.String,
  detail: Schema.String,
  /** The device its topic names; null if it names none. */
  device_id: Schema.NullOr(Schema.String),
  /** The beginning of it: `text` if it is printable, else `base64`. */
  payload: Schema.Struct({ encoding: Schema.Literals(["text", "base64"]), preview: Schema.String }),
  /** True size in bytes of what came; the preview may be shorter. */
  payload_bytes: Schema.Int,
  at: Instant,
})
export type QuarantinedItem = typeof QuarantinedItem.Type

/** How many were put aside for a reason since the database was made; more than are still listed. */
export const QuarantineCount = Schema.Struct({ reason: Schema.String, messages: Schema.Int, last_at: Instant })
export type QuarantineCount = typeof QuarantineCount.Type

export const Divergence = Schema.Struct({
  id: Schema.Int,
  twin: TwinRef,
  device_id: Schema.NullOr(DeviceId),
  journal_id: Schema.NullOr(Schema.String),
  /** Place in the journal where it was first seen, and where last. */
  first_seq: Schema.NullOr(Schema.Int),
  last_seq: Schema.NullOr(Schema.Int),
  rule: DivergenceRule,
  /** The event that showed it; null if there was none. */
  event: Schema.Json,
  /** The state that was here. */
  expected: Schema.Json,
  /** The state that was reported. */
  reported: Schema.Json,
  /** How often the same was seen while this was open. */
  times: Schema.Int,
  first_at: Instant,
  last_at: Instant,
  resolved: Schema.NullOr(Schema.Struct({ at: Instant, by: Schema.String, reason: Schema.String })),
})
export type Divergence = typeof Divergence.Type

const openOr = <const Other extends string>(other: Other) => Schema.optional(Schema.Literals(["open", other]))

export class OperationsGroup extends HttpApiGroup.make("operations")
  .add(
    HttpApiEndpoint.get("quarantine", "/quarantine", {
      query: {
        ...newestFirst("at"),
        reason: Schema.optional(Text.check(Schema.isMaxLength(64))),
        device_id: Schema.optional(DeviceId),
      },
      success: Page(QuarantinedItem),
      error: Forbidden,
    })
      .annotate(
        OpenApi.Description,
        "What could not be understood, newest first; the newest are kept, all are counted.",
      )
      .annotateMerge(needs("quarantine.view")),
    HttpApiEndpoint.get("quarantineCounts", "/quarantine/counts", {
      success: Schema.Struct({ items: Schema.Array(QuarantineCount) }),
      error: Forbidden,
    }).annotateMerge(needs("quarantine.view")),
    HttpApiEndpoint.get("divergences", "/divergences", {
      query: {
        ...newestFirst("first_at"),
        state: openOr("resolved"),
        kind: Schema.optional(TwinKind),
        twin_id: Schema.optional(TwinRef.fields.id),
      },
      success: Page(Divergence),
    }).annotateMerge(needs("divergence.view")),
    HttpApiEndpoint.post("resolveDivergence", "/divergences/:id/resolve", {
      params: { id: RowId },
      payload: Schema.Struct({ reason: Reason }),
      success: Divergence,
      error: [NotFound, Forbidden, AlreadyDone],
    }).annotateMerge(needs("divergence.resolve")),
  )
  .middleware(Authorization)
  .annotateMerge(OpenApi.annotations({ title: "Operations", description: "What went wrong." })) {}
