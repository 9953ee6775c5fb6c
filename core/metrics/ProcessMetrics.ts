/** What a program costs the machine it runs on, under the names that Prometheus's own clients use. */
import type { MetricBook } from "./MetricBook.ts"

/** A look at the process; whoever may ask the system gives it. */
export interface ProcessSample {
  readonly cpuSeconds: number
  readonly residentBytes: number
  readonly startedAtSeconds: number
  /** How late the event loop came to its turns since the last look. */
  readonly loopLagSeconds: { readonly mean: number; readonly p99: number; readonly max: number }
}

const families = {
  cpu: { name: "process_cpu_seconds_total", help: "Processor time used, in seconds." },
  memory: { name: "process_resident_memory_bytes", help: "Memory in use, in bytes." },
  started: { name: "process_start_time_seconds", help: "When the program started, in seconds since 1970." },
  lag: {
    name: "cartwise_event_loop_lag_seconds",
    help: "How late the event loop came to its turns, since the last look.",
  },
} as const

export const addProcessMetrics = (book: MetricBook, sample: ProcessSample): void => {
  book.count(families.cpu, {}, sample.cpuSeconds)
  book.set(families.memory, sample.residentBytes)
  book.set(families.started, sample.startedAtSeconds)
  for (const [stat, seconds] of Object.entries(sample.loopLagSeconds)) book.set(families.lag, seconds, { stat })
}
