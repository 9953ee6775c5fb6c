/** What was taken in during the last hour, minute by minute, in memory: how many facts, and how late they were. */
import { Clock, Context, Effect, Layer } from "effect"
import type { IngestMinute } from "#core/api/Monitoring.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"

const minuteMs = 60_000

interface Minute {
  readonly minute: number
  facts: number
  messages: number
  onTime: number
  lagSumMs: number
  lagMaxMs: number
}

export class IngestHistory extends Context.Service<
  IngestHistory,
  {
    /** So many facts were committed at this instant; the newest of their messages had happened so long before. */
    readonly note: (atMs: number, facts: number, lagMs: number | undefined) => void
    /** The last hour, the oldest minute first, the one that is not over yet last; minutes without facts are in it. */
    readonly minutes: (nowMs: number) => ReadonlyArray<IngestMinute>
    /** Messages of the last hour whose lag is known, and those that were on time. */
    readonly onTime: (nowMs: number) => { readonly good: number; readonly samples: number }
    /** When it began to count. */
    readonly sinceMs: number
  }
>()("cartwise/cloud/metrics/IngestHistory") {
  static readonly layer = Layer.effect(
    IngestHistory,
    Effect.map(Clock.currentTimeMillis, (sinceMs) => {
      const kept = new Map<number, Minute>()
      const minuteOf = (atMs: number) => Math.floor(atMs / minuteMs)
      const firstKept = (nowMs: number) => minuteOf(nowMs) - Limits.ingestMinutesKept + 1
      const recent = (nowMs: number) => [...kept.values()].filter(({ minute }) => minute >= firstKept(nowMs))
      return IngestHistory.of({
        sinceMs,
        note: (atMs, facts, lagMs) => {
          const minute = minuteOf(atMs)
          const one = kept.get(minute) ?? { minute, facts: 0, messages: 0, onTime: 0, lagSumMs: 0, lagMaxMs: 0 }
          if (!kept.has(minute)) {
            for (const old of kept.keys()) if (old < firstKept(atMs)) kept.delete(old)
            kept.set(minute, one)
          }
          one.facts += facts
          if (lagMs === undefined) return
          one.messages += 1
          one.onTime += lagMs <= Limits.ingestLagGoalMs ? 1 : 0
          one.lagSumMs += lagMs
          one.lagMaxMs = Math.max(one.lagMaxMs, lagMs)
        },
        minutes: (nowMs) => {
          const first = Math.max(firstKept(nowMs), minuteOf(sinceMs))
          return Array.from({ length: Math.max(0, minuteOf(nowMs) - first + 1) }, (_, index) => {
            const one = kept.get(first + index)
            const hasLag = one !== undefined && one.messages > 0
            return {
              at: toInstant((first + index) * minuteMs),
              facts: one?.facts ?? 0,
              lag_avg_s: hasLag ? one.lagSumMs / one.messages / 1_000 : null,
              lag_max_s: hasLag ? one.lagMaxMs / 1_000 : null,
            }
          })
        },
        onTime: (nowMs) =>
          recent(nowMs).reduce(
            (sum, { onTime, messages }) => ({ good: sum.good + onTime, samples: sum.samples + messages }),
            { good: 0, samples: 0 },
          ),
      })
    }),
  )
}
