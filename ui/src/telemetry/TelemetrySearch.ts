/** What of telemetry is looked at, as the address says it: whose, which number, how far back, and how the table is. */
import type { BucketWidth } from "#core/api/Telemetry.ts"
import { telemetryMetrics } from "#core/domain/Telemetry.ts"
import { parseTableSearch, type TableSearch } from "../table/TableSearch.ts"

export const placeKinds = ["chain", "branch", "device"] as const
export type PlaceKind = (typeof placeKinds)[number]

/** How far back, and how wide the buckets are then: some sixty to hundred of them. */
export const ranges = {
  "1h": { ms: 3_600_000, bucket: "1m" },
  "6h": { ms: 6 * 3_600_000, bucket: "5m" },
  "24h": { ms: 24 * 3_600_000, bucket: "15m" },
  "7d": { ms: 7 * 24 * 3_600_000, bucket: "1h" },
  "30d": { ms: 30 * 24 * 3_600_000, bucket: "6h" },
  "90d": { ms: 90 * 24 * 3_600_000, bucket: "1d" },
} as const satisfies Record<string, { readonly ms: number; readonly bucket: BucketWidth }>
export type RangeName = keyof typeof ranges

const isRange = (name: unknown): name is RangeName => typeof name === "string" && Object.hasOwn(ranges, name)
const id = /^[0-9a-f-]{36}$/u

/** `device:…`, `branch:…` or `chain:…`. */
const placeOf = (text: unknown): string | undefined => {
  if (typeof text !== "string") return undefined
  const [kind, place, more] = text.split(":")
  const isPlace = placeKinds.some((one) => one === kind) && id.test(place ?? "") && more === undefined
  return isPlace ? text : undefined
}

export interface TelemetrySearch extends TableSearch {
  /** The first device there is, if absent. */
  readonly of?: string
  /** `vitals.load_1m`: the kind of row and the number in it. */
  readonly metric?: string
  /** The last day, if absent. */
  readonly range?: RangeName
}

export const parseTelemetrySearch = (search: Record<string, unknown>): TelemetrySearch => {
  const { metric, range } = search
  const of = placeOf(search["of"])
  const isMetric = telemetryMetrics.some((one) => `${one.type}.${one.metric}` === metric)
  return {
    ...parseTableSearch(search),
    ...(of === undefined ? {} : { of }),
    ...(typeof metric === "string" && isMetric ? { metric } : {}),
    ...(isRange(range) ? { range } : {}),
  }
}
