/**
 * What devices have told of themselves, by device, branch or chain: row by row, or one number in buckets of time. Rows are
 * kept for TELEMETRY_RETENTION_DAYS; without a range the last day is shown.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { BranchId, ChainId, DeviceId } from "../domain/Ids.ts"
import { Instant, RealInstant } from "../domain/Instant.ts"
import { TelemetryType } from "../domain/Telemetry.ts"
import { Text } from "../domain/Text.ts"
import { Limits } from "../Limits.ts"
import { Authorization } from "./Authorization.ts"
import { needs } from "./Needs.ts"
import { NotFound } from "./Problems.ts"
import { Page } from "./Records.ts"
import { newestFirst } from "./Sorting.ts"

export const TelemetryRecord = Schema.Struct({
  id: Schema.Int,
  device_id: DeviceId,
  event_type: TelemetryType,
  /** Which of several it is about: the name of a bus; null where there is only one. */
  source: Schema.NullOr(Schema.String),
  event_data: Schema.Record(Schema.String, Schema.Json),
  /** When the device said it, by its clock; when it came, if that clock tells a time that cannot be. */
  timestamp: Instant,
  received_at: Instant,
  /** The start of the device's program that said it. */
  session: Schema.Int,
})
export type TelemetryRecord = typeof TelemetryRecord.Type

/** Widths of buckets. Days are those of the branch's calendar: 23 to 25 hours long. */
export const BucketWidth = Schema.Literals(["1m", "5m", "15m", "1h", "6h", "1d"])
export type BucketWidth = typeof BucketWidth.Type

/** One stretch of time; stretches of which nothing is known are left out. */
export const TelemetryBucket = Schema.Struct({
  /** When it begins. */
  at: Instant,
  samples: Schema.Int,
  avg: Schema.Finite,
  min: Schema.Finite,
  max: Schema.Finite,
  /** By how much it grew, all devices together; null for what does not grow, and where only one sample is known. */
  increase: Schema.NullOr(Schema.Finite),
})
export type TelemetryBucket = typeof TelemetryBucket.Type

export const TelemetryBuckets = Schema.Struct({
  event_type: TelemetryType,
  metric: Schema.String,
  bucket: BucketWidth,
  /** Whose days they are: the branch's, the one all branches of the chain share, or UTC. */
  timezone: Schema.String,
  from: Instant,
  to: Instant,
  /** Devices that were asked about. */
  devices: Schema.Int,
  items: Schema.Array(TelemetryBucket),
  next: Schema.Null,
})
export type TelemetryBuckets = typeof TelemetryBuckets.Type

const short = Text.check(Schema.isBetweenLength(1, 64))

/** Rows without `bucket`; with it, also `event_type` and `metric` are needed. `to` is not included. */
export const telemetryQuery = {
  ...newestFirst("timestamp"),
  event_type: Schema.optional(TelemetryType),
  source: Schema.optional(short),
  from: Schema.optional(RealInstant),
  to: Schema.optional(RealInstant),
  bucket: Schema.optional(BucketWidth),
  metric: Schema.optional(short),
}

const success = Schema.Union([TelemetryBuckets, Page(TelemetryRecord)])
const description =
  "Without `bucket` rows, the newest first. With `bucket`, `event_type` and `metric` one number in buckets of time, the " +
  `oldest first, at most ${Limits.telemetryBuckets} of them. Without a range the last day.`

export class TelemetryGroup extends HttpApiGroup.make("telemetry")
  .add(
    HttpApiEndpoint.get("device", "/telemetry/devices/:id", {
      params: { id: DeviceId },
      query: telemetryQuery,
      success,
      error: NotFound,
    })
      .annotate(OpenApi.Description, description)
      .annotateMerge(needs("device.view")),
    HttpApiEndpoint.get("branch", "/telemetry/branches/:id", {
      params: { id: BranchId },
      query: telemetryQuery,
      success,
      error: NotFound,
    })
      .annotate(OpenApi.Description, description)
      .annotateMerge(needs("device.view")),
    HttpApiEndpoint.get("chain", "/telemetry/chains/:id", {
      params: { id: ChainId },
      query: telemetryQuery,
      success,
      error: NotFound,
    })
      .annotate(OpenApi.Description, description)
      .annotateMerge(needs("device.view")),
  )
  .middleware(Authorization)
  .annotateMerge(
    OpenApi.annotations({ title: "Telemetry", description: "How devices are and were: numbers, not facts." }),
  ) {}
