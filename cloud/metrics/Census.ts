/**
 * What is looked up when somebody asks for the metrics: the state of the store and of the services. Each look costs a few
 * queries over small tables and one over the twins, so ask some times a minute, not some times a second.
 */
import { PgClient } from "@effect/sql-pg"
import { Clock, Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import { toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import type { MetricBook } from "#core/metrics/MetricBook.ts"
import { LiveFeed } from "../live/LiveFeed.ts"
import { DeviceConfigs } from "../store/DeviceConfigs.ts"
import { Connections } from "../sync/Connections.ts"
import { MqttClient } from "../sync/MqttClient.ts"
import { Families } from "./Families.ts"

interface Counted {
  readonly label: string
  readonly count: number
}

export class Census extends Context.Service<
  Census,
  {
    /** Writes what is true now into a fresh book. */
    readonly take: (book: MetricBook) => Effect.Effect<void, SqlError.SqlError>
  }
>()("cartwise/cloud/metrics/Census") {
  static readonly layer = Layer.effect(
    Census,
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const connections = yield* Connections
      const configs = yield* DeviceConfigs
      const feed = yield* LiveFeed
      const mqtt = yield* MqttClient

      /** The same rule as a twin's view: its device is away, its board is away, or there is no fresh reading. */
      const stale = (freshSince: string) => sql<{ readonly count: number }>`
        select count(*) as count
        from twins t
        join twins dev on dev.kind = 'device' and dev.id = t.device_id
        left join twins con on con.kind = 'controller' and con.id = t.controller_id
        where t.kind <> 'device' and (
          dev.value->>'connection' is distinct from 'online'
          or (t.kind <> 'controller' and con.value->>'link' in ('silent', 'garbled', 'busDown', 'disabled'))
          or t.fresh_at is null or t.fresh_at < ${freshSince}::timestamptz)`

      /** Those that ask somebody to act are open; those that another explains, and those put aside, do not. */
      const countAlarms = Effect.fnUntraced(function* (book: MetricBook) {
        const alarms = yield* sql<{
          readonly code: string
          readonly raised: number
          readonly open: number
          readonly suppressed: number
          readonly shelved: number
        }>`
          select code, sum(times)::bigint as raised,
                 count(*) filter (where closed_at is null and suppressed_by is null and shelved_until is null) as open,
                 count(*) filter (where closed_at is null and suppressed_by is not null) as suppressed,
                 count(*) filter (where closed_at is null and suppressed_by is null and shelved_until is not null) as shelved
          from alarms where raised_at is not null group by code`
        for (const { code, raised, open, suppressed, shelved } of alarms) {
          book.count(Families.alarmsRaised, { code }, raised)
          book.set(Families.alarmsOpen, open, { code })
          book.set(Families.alarmsSuppressed, suppressed, { code })
          book.set(Families.alarmsShelved, shelved, { code })
        }
      })

      const stored = Effect.fnUntraced(function* (book: MetricBook, nowMs: number) {
        const divergences = yield* sql<Counted & { readonly open: number }>`
          select rule as label, sum(times)::bigint as count, count(*) filter (where resolved_at is null) as open
          from divergences group by rule`
        for (const { label: rule, count, open } of divergences) {
          book.count(Families.divergences, { rule }, count)
          book.set(Families.divergencesOpen, open, { rule })
        }
        const [opens] = yield* sql<Pick<Counted, "count">>`
          select coalesce(sum(times), 0)::bigint as count from alarms where code in ('FORCED_OPEN', 'REMOVED_UNCOMMANDED')`
        book.count(Families.unexplainedOpens, {}, opens?.count ?? 0)
        yield* countAlarms(book)
        const aside = yield* sql<Counted>`select reason as label, messages as count from quarantine_counts`
        for (const { label: reason, count } of aside) {
          book.count(Families.quarantined, { source: reason === "unreadable_twin" ? "store" : "mqtt", reason }, count)
        }
        const [outbox] = yield* sql<{ readonly depth: number; readonly oldest: Date | null }>`
          select count(*) as depth, min(c.created_at) as oldest from outbox o join commands c on c.id = o.command_id`
        book.set(Families.outboxDepth, outbox?.depth ?? 0)
        const oldest = outbox?.oldest?.getTime() ?? nowMs
        book.set(Families.outboxOldest, Math.max(0, nowMs - oldest) / 1_000)
        const [twins] = yield* stale(toInstant(nowMs - Limits.twinStaleAfterMs))
        book.set(Families.twinStale, twins?.count ?? 0)
        const { differing, drifted } = yield* configs.tally(Limits.configOffers)
        book.set(Families.configsDiffering, differing)
        book.set(Families.configsDrifted, drifted)
      })

      return Census.of({
        take: Effect.fnUntraced(function* (book) {
          const online = [...connections.all()].filter(([, { state }]) => state === "online")
          book.set(Families.devicesConnected, online.length)
          book.count(Families.deviceFlaps, {}, connections.flaps())
          book.set(Families.wsClients, feed.clients().size)
          book.count(Families.wsDropped, {}, feed.dropped())
          for (const { direction, messageClass, messages } of mqtt.counts()) {
            book.count(Families.mqttMessages, { direction, class: messageClass }, messages)
          }
          yield* stored(book, yield* Clock.currentTimeMillis)
        }),
      })
    }),
  )
}
