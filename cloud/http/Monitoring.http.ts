/** How the installation is: what services know of themselves, and a few questions to the store. */
import { Clock, Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Api } from "#core/api/Api.ts"
import type { Objective } from "#core/api/Monitoring.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import { LiveFeed } from "../live/LiveFeed.ts"
import { Families } from "../metrics/Families.ts"
import { IngestHistory } from "../metrics/IngestHistory.ts"
import { Meters } from "../metrics/Meters.ts"
import { type CommandNumbers, CommandStatistics } from "../store/CommandStatistics.ts"
import { Connections } from "../sync/Connections.ts"
import { MqttClient } from "../sync/MqttClient.ts"

/** Labels of a request: its route, its method, its status. A watchdog that hears "not ready yet" was answered well. */
const isOfPeople = ([route = ""]: ReadonlyArray<string>) => !route.startsWith("/health")
const isFault = (labels: ReadonlyArray<string>) => labels.at(-1)?.startsWith("5") === true

export const MonitoringHttp = HttpApiBuilder.group(
  Api,
  "monitoring",
  Effect.fn(function* (handlers) {
    const connections = yield* Connections
    const mqtt = yield* MqttClient
    const feed = yield* LiveFeed
    const ingest = yield* IngestHistory
    const meters = yield* Meters
    const statistics = yield* CommandStatistics

    const messages = (wanted: "in" | "out") =>
      mqtt
        .counts()
        .filter(({ direction }) => direction === wanted)
        .reduce((sum, one) => sum + one.messages, 0)

    const byConnection = () =>
      [...Map.groupBy(connections.all(), ([, { state }]) => state)].map(([connection, all]) => ({
        connection,
        count: all.length,
      }))

    const objectivesOf = ({ confirmed, outcomes }: CommandNumbers, nowMs: number): ReadonlyArray<Objective> => {
      const requests = meters.total(Families.httpRequests, isOfPeople)
      const failed = meters.total(Families.httpRequests, (labels) => isOfPeople(labels) && isFault(labels))
      const lag = ingest.onTime(nowMs)
      const within = (ms: number) => ms / 1_000
      return [
        { name: "api_available", within_s: null, goal: 0.999, good: requests - failed, samples: requests },
        {
          name: "unlock_p95",
          within_s: within(Limits.unlockGoal95Ms),
          goal: 0.95,
          good: confirmed.within95,
          samples: confirmed.all,
        },
        {
          name: "unlock_p99",
          within_s: within(Limits.unlockGoal99Ms),
          goal: 0.99,
          good: confirmed.within99,
          samples: confirmed.all,
        },
        {
          name: "outcome_known",
          within_s: within(Limits.outcomeGoalMs),
          goal: 0.9999,
          good: outcomes.known,
          samples: outcomes.all,
        },
        { name: "ingest_p99", within_s: within(Limits.ingestLagGoalMs), goal: 0.99, ...lag },
      ]
    }

    return handlers.handleAll({
      now: Effect.fnUntraced(function* () {
        const nowMs = yield* Clock.currentTimeMillis
        const startedAt = yield* Clock.currentTimeNanos
        const { waiting, oldestMs } = yield* Effect.orDie(statistics.outbox)
        const answeredMs = Number((yield* Clock.currentTimeNanos) - startedAt) / 1e6
        const numbers = yield* Effect.orDie(statistics.since(nowMs - Limits.monitoringMs, nowMs))
        return {
          at: toInstant(nowMs),
          since: toInstant(ingest.sinceMs),
          broker: {
            connected: mqtt.problem() === undefined,
            messages_in: messages("in"),
            messages_out: messages("out"),
          },
          database: { answered_ms: answeredMs },
          live_clients: feed.clients().size,
          outbox: { waiting, oldest_s: oldestMs === undefined ? 0 : Math.max(0, nowMs - oldestMs) / 1_000 },
          devices: byConnection(),
          ingest: ingest.minutes(nowMs),
          funnel: numbers.funnel,
          unlocks: numbers.unlocks,
          objectives: objectivesOf(numbers, nowMs),
        }
      }),
    })
  }),
)
