/** What devices have told of themselves. A question that would make too long an answer is refused before it is asked. */
import { Clock, Effect } from "effect"
import { HttpApiBuilder, HttpApiError } from "effect/http-api"
import { Api } from "#core/api/Api.ts"
import { CurrentPerson } from "#core/api/Authorization.ts"
import { NotFound } from "#core/api/Problems.ts"
import type { BucketWidth } from "#core/api/Telemetry.ts"
import { fromInstant, type Instant, toInstant } from "#core/domain/Instant.ts"
import type { TelemetryType } from "#core/domain/Telemetry.ts"
import { Limits } from "#core/Limits.ts"
import { demand } from "../access/demand.ts"
import type { PageQuery, Position } from "../store/Page.ts"
import { TelemetryHistory, type TelemetryRange, type TelemetryScope } from "../store/TelemetryHistory.ts"
import { position } from "./Registry.http.ts"

interface Query extends PageQuery {
  readonly event_type?: TelemetryType | undefined
  readonly source?: string | undefined
  readonly from?: Instant | undefined
  readonly to?: Instant | undefined
  readonly bucket?: BucketWidth | undefined
  readonly metric?: string | undefined
}

const minuteMs = 60_000
const widthMs: Readonly<Record<BucketWidth, number>> = {
  "1m": minuteMs,
  "5m": 5 * minuteMs,
  "15m": 15 * minuteMs,
  "1h": 60 * minuteMs,
  "6h": 360 * minuteMs,
  // The shortest day there is, where a clock is put forward.
  "1d": 23 * 60 * minuteMs,
}

const badQuery = (name: string, message: string) =>
  new HttpApiError.BadRequestProblem({
    detail: "Request validation failed",
    errors: [{ path: ["query", name], message }],
  })

const rangeOf = Effect.fnUntraced(function* ({ from, to }: Query) {
  const toMs = to === undefined ? (yield* Clock.currentTimeMillis) + 1 : fromInstant(to)
  const fromMs = from === undefined ? Math.max(0, toMs - Limits.telemetryRangeMs) : fromInstant(from)
  if (fromMs >= toMs) return yield* badQuery("from", "Expected a time before `to`")
  return { fromMs, toMs } satisfies TelemetryRange
})

/** A cursor of this list: an instant, and the number of a row. */
const isPosition = ({ afterKey, afterId }: Position) =>
  afterKey === null || (Date.parse(afterKey) >= 0 && /^\d{1,15}$/u.test(afterId ?? ""))

export const TelemetryHttp = HttpApiBuilder.group(
  Api,
  "telemetry",
  Effect.fn(function* (handlers) {
    const history = yield* TelemetryHistory

    const answer = Effect.fnUntraced(function* (scope: TelemetryScope, query: Query) {
      const place = yield* Effect.orDie(history.place(scope))
      if (place === undefined) return yield* new NotFound({})
      yield* Effect.catchTag(demand(yield* CurrentPerson, ["device.view"], place), "Forbidden", () => new NotFound({}))
      const range = yield* rangeOf(query)
      const { event_type: type, source, bucket, metric } = query
      if (bucket === undefined) {
        const at = yield* position(query)
        if (!isPosition(at)) return yield* badQuery("cursor", "Expected a cursor that a list has given as `next`")
        return yield* Effect.orDie(history.list(scope, at, { ...range, type, source }))
      }
      if (type === undefined) return yield* badQuery("event_type", "Expected one, because there is a `bucket`")
      if (metric === undefined) return yield* badQuery("metric", "Expected one, because there is a `bucket`")
      const spanMs = range.toMs - range.fromMs
      if (spanMs / widthMs[bucket] > Limits.telemetryBuckets - 1) {
        return yield* badQuery("bucket", `Expected a width that makes at most ${Limits.telemetryBuckets} buckets`)
      }
      if ((place.devices * spanMs) / Limits.telemetryEveryMs > Limits.telemetryRowsRead) {
        return yield* badQuery("from", `Expected a shorter range for ${place.devices} devices`)
      }
      const { timezone, devices } = place
      const wanted = { ...range, type, source, metric, bucket, timezone }
      const items = yield* Effect.orDie(history.buckets(scope, wanted))
      const [from, to] = [toInstant(range.fromMs), toInstant(range.toMs)]
      return { event_type: type, metric, bucket, timezone, from, to, devices, items, next: null }
    })

    return handlers.handleAll({
      device: ({ params, query }) => answer({ kind: "device", id: params.id }, query),
      branch: ({ params, query }) => answer({ kind: "branch", id: params.id }, query),
      chain: ({ params, query }) => answer({ kind: "chain", id: params.id }, query),
    })
  }),
)
