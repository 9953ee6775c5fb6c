/**
 * Numbers about a running program, written down by Effect's metrics and read out in the Prometheus text format. A book has
 * series of its own, so several programs in one process do not count for each other. Labels come from small fixed sets:
 * never the id of a device, a person or a command.
 */
import { Context, Metric } from "effect"
import { PrometheusMetrics } from "effect/observability"

/** One metric, with what it means; counters end in `_total`, times are seconds. */
export interface MetricFamily {
  readonly name: string
  readonly help: string
}

export type MetricLabels = Readonly<Record<string, string>>

/** Bounds of the buckets of every duration, in seconds: from a serial frame to a command that was given up. */
const durationBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

export class MetricBook {
  readonly #context = Context.make(Metric.MetricRegistry, new Map())

  readonly #counters = new Map<string, Metric.Counter<number>>()
  readonly #gauges = new Map<string, Metric.Gauge<number>>()
  readonly #histograms = new Map<string, Metric.Histogram<number>>()

  /** Adds to a counter. */
  count({ name, help }: MetricFamily, attributes: MetricLabels = {}, by = 1): void {
    const make = () => Metric.counter(name, { description: help, attributes, incremental: true })
    known(this.#counters, name, attributes, make).updateUnsafe(by, this.#context)
  }

  /** Sets a gauge. */
  set({ name, help }: MetricFamily, value: number, attributes: MetricLabels = {}): void {
    const make = () => Metric.gauge(name, { description: help, attributes })
    known(this.#gauges, name, attributes, make).updateUnsafe(value, this.#context)
  }

  /** Adds one duration, in seconds, to a histogram. */
  observe({ name, help }: MetricFamily, seconds: number, attributes: MetricLabels = {}): void {
    const make = () => Metric.histogram(name, { description: help, attributes, boundaries: durationBuckets })
    known(this.#histograms, name, attributes, make).updateUnsafe(seconds, this.#context)
  }

  /** The sum of a counter's series, or of those whose labels (their values, in the order they were given) are wanted. */
  total({ name }: MetricFamily, wanted: (labels: ReadonlyArray<string>) => boolean = () => true): number {
    let sum = 0
    for (const [key, counter] of this.#counters) {
      const [family, ...labels] = key.split(" ")
      if (family === name && wanted(labels)) sum += counter.valueUnsafe(this.#context).count
    }
    return sum
  }

  /** Everything in the Prometheus text format, version 0.0.4. */
  text(): string {
    return PrometheusMetrics.formatUnsafe(this.#context)
  }
}

/** The series of these labels; made once, because making one costs more than adding to it. */
const known = <M>(made: Map<string, M>, name: string, labels: MetricLabels, make: () => M): M => {
  const key = [name, ...Object.values(labels)].join(" ")
  const before = made.get(key)
  if (before !== undefined) return before
  const metric = make()
  made.set(key, metric)
  return metric
}

/** The media type of `text`. */
export const metricsMediaType = "text/plain; version=0.0.4; charset=utf-8"
