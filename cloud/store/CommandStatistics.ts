/** What became of the commands of the last while, in numbers. Only so many of the newest are looked at. */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import type { Monitoring, UnlockHour } from "#core/api/Monitoring.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"

export interface CommandNumbers {
  readonly funnel: Monitoring["funnel"]
  readonly unlocks: ReadonlyArray<UnlockHour>
  /** Unlocks that were confirmed, and those that were within the times promised. */
  readonly confirmed: { readonly all: number; readonly within95: number; readonly within99: number }
  /** Commands whose time for an outcome is over, and those whose outcome was known in it. */
  readonly outcomes: { readonly all: number; readonly known: number }
}

interface Timed {
  readonly confirmed: number
  readonly within95: number
  readonly within99: number
  readonly due: number
  readonly known: number
}

export class CommandStatistics extends Context.Service<
  CommandStatistics,
  {
    /** About commands that were asked for since then. */
    readonly since: (sinceMs: number, nowMs: number) => Effect.Effect<CommandNumbers, SqlError.SqlError>
    /** Commands that wait to be handed to the broker, and when the oldest of them was asked for. */
    readonly outbox: Effect.Effect<
      { readonly waiting: number; readonly oldestMs: number | undefined },
      SqlError.SqlError
    >
  }
>()("cartwise/cloud/store/CommandStatistics") {
  static readonly layer = Layer.effect(
    CommandStatistics,
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const recent = (sinceMs: number) => sql`
        recent as (select id, kind, stage, created_at from commands where created_at > ${toInstant(sinceMs)}::timestamptz
                   order by created_at desc limit ${Limits.monitoringCommands})`
      const seconds = (name: string) => sql`extract(epoch from ${sql(name)}.at - r.created_at) * 1000`
      return CommandStatistics.of({
        since: Effect.fnUntraced(function* (sinceMs, nowMs) {
          const funnel = yield* sql<Monitoring["funnel"][number]>`
            with ${recent(sinceMs)}
            select s.stage, count(*) as commands from recent r join command_stages s on s.command_id = r.id group by s.stage`
          const hours = yield* sql<Omit<UnlockHour, "at"> & { readonly at: Date }>`
            with ${recent(sinceMs)}
            select date_trunc('hour', created_at, 'UTC') as at,
                   count(*) filter (where stage = 'confirmed') as confirmed,
                   count(*) filter (where stage in ('rejected', 'failed', 'expired')) as failed,
                   count(*) filter (where stage not in ('confirmed', 'rejected', 'failed', 'expired')) as open
            from recent where kind = 'unlock' group by 1 order by 1`
          const due = toInstant(nowMs - Limits.outcomeGoalMs)
          const [timed] = yield* sql<Timed>`
            with ${recent(sinceMs)}
            select count(c.at) filter (where r.kind = 'unlock') as confirmed,
                   count(*) filter (where r.kind = 'unlock' and ${seconds("c")} <= ${Limits.unlockGoal95Ms}) as within95,
                   count(*) filter (where r.kind = 'unlock' and ${seconds("c")} <= ${Limits.unlockGoal99Ms}) as within99,
                   count(*) filter (where r.created_at <= ${due}::timestamptz) as due,
                   count(*) filter (where r.created_at <= ${due}::timestamptz
                     and ${seconds("e")} <= ${Limits.outcomeGoalMs}) as known
            from recent r
            left join command_stages c on c.command_id = r.id and c.stage = 'confirmed'
            left join lateral (
              select min(s.at) as at from command_stages s
              where s.command_id = r.id and s.stage in ('confirmed', 'rejected', 'failed', 'expired')) e on true`
          return {
            funnel,
            unlocks: hours.map((hour) => ({ ...hour, at: toInstant(hour.at.getTime()) })),
            confirmed: {
              all: timed?.confirmed ?? 0,
              within95: timed?.within95 ?? 0,
              within99: timed?.within99 ?? 0,
            },
            outcomes: { all: timed?.due ?? 0, known: timed?.known ?? 0 },
          }
        }),
        outbox: Effect.map(
          sql<{ readonly waiting: number; readonly oldest: Date | null }>`
            select count(*) as waiting, min(c.created_at) as oldest from outbox o join commands c on c.id = o.command_id`,
          ([row]) => ({ waiting: row?.waiting ?? 0, oldestMs: row?.oldest?.getTime() }),
        ),
      })
    }),
  )
}
