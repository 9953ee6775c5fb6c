/** Telemetry as the explorer asks for it: one number in buckets. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query"
import { BranchId, ChainId, DeviceId } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import type { TelemetryMetric } from "#core/domain/Telemetry.ts"
import { type PlaceKind, type RangeName, ranges } from "../telemetry/TelemetrySearch.ts"
import { call, type Client } from "./Client.ts"

const refetchMs = 60_000

const ask = (
  client: Client,
  kind: PlaceKind,
  id: string,
  query: Parameters<Client["telemetry"]["device"]>[0]["query"],
) => {
  if (kind === "device") return client.telemetry.device({ params: { id: DeviceId.make(id) }, query })
  if (kind === "branch") return client.telemetry.branch({ params: { id: BranchId.make(id) }, query })
  return client.telemetry.chain({ params: { id: ChainId.make(id) }, query })
}

/** The buckets of a number in a place; nothing while there is no place. */
export const telemetryQuery = (place: string | undefined, { type, metric }: TelemetryMetric, range: RangeName) =>
  queryOptions({
    queryKey: ["telemetry", place, type, metric, range],
    enabled: place !== undefined,
    queryFn: async ({ signal }) => {
      const [kind, id] = (place ?? "").split(":") as [PlaceKind, string]
      const { ms, bucket } = ranges[range]
      const query = { event_type: type, metric, bucket, from: toInstant(Date.now() - ms) }
      const answer = await call((client) => ask(client, kind, id, query), signal)
      if (!("bucket" in answer)) throw new TypeError("the server answered with rows instead of buckets")
      return answer
    },
    refetchInterval: refetchMs,
    placeholderData: keepPreviousData,
  })
