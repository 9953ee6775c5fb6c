/** All metrics of the cloud as one text, taken anew for everybody who asks. */
import { Context, Effect, Layer } from "effect"
import { monitorEventLoopDelay } from "node:perf_hooks"
import { MetricBook } from "#core/metrics/MetricBook.ts"
import { addProcessMetrics } from "#core/metrics/ProcessMetrics.ts"
import { Census } from "./Census.ts"
import { Meters } from "./Meters.ts"

/** How often the event loop is looked at. */
const resolutionMs = 10

export class MetricsText extends Context.Service<MetricsText, Effect.Effect<string>>()(
  "cartwise/cloud/metrics/MetricsText",
) {
  static readonly layer = Layer.effect(
    MetricsText,
    Effect.gen(function* () {
      const meters = yield* Meters
      const census = yield* Census
      const delay = yield* Effect.acquireRelease(
        Effect.sync(() => {
          const histogram = monitorEventLoopDelay({ resolution: resolutionMs })
          histogram.enable()
          return histogram
        }),
        (histogram) => Effect.sync(() => histogram.disable()),
      )
      /** The histogram holds whole turns of its timer, in nanoseconds, and has no mean before the first. */
      const seconds = (nanos: number) => (Number.isFinite(nanos) ? Math.max(0, nanos / 1e6 - resolutionMs) / 1_000 : 0)
      const sample = () => {
        const { user, system } = process.cpuUsage()
        const { mean, max } = delay
        const loopLagSeconds = { mean: seconds(mean), p99: seconds(delay.percentile(99)), max: seconds(max) }
        delay.reset()
        return {
          cpuSeconds: (user + system) / 1e6,
          residentBytes: process.memoryUsage.rss(),
          startedAtSeconds: Math.round(Date.now() / 1_000 - process.uptime()),
          loopLagSeconds,
        }
      }
      return Effect.gen(function* () {
        const now = new MetricBook()
        addProcessMetrics(now, sample())
        yield* Effect.catch(census.take(now), (error) =>
          Effect.logWarning("the store could not be asked for metrics", { error: error.message }),
        )
        return meters.text() + now.text()
      })
    }),
  )
}
