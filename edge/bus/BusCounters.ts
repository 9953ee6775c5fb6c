/**
 * What happened on a bus since it was made: plain counts, and the latency of the last exchanges. Nothing here decides
 * anything; people and metrics read it.
 */
import { Limits } from "#core/Limits.ts"

export interface BusCounters {
  /** Bytes written to and heard on the line, echo included. */
  readonly txBytes: number
  readonly rxBytes: number
  /** Requests that were answered in time, and that were not. */
  readonly answers: number
  readonly timeouts: number
  /** Good answers nobody was waiting for (any more). */
  readonly late: number
  /** Own frames heard back from a two-wire adapter. */
  readonly echoes: number
  /** Frames of another host, or answers of a kind that was not asked for. */
  readonly foreign: number
  readonly garbageBytes: number
  /** Bytes that were a frame but for their sum. */
  readonly badSums: number
  /** Connections opened after the first. */
  readonly reopened: number
  readonly pulses: number
  /** From handing a request to the port until its answer was complete, in milliseconds; `undefined` before the first. */
  readonly latencyP50Ms: number | undefined
  readonly latencyP99Ms: number | undefined
}

/** The counts while they are being counted. */
export type BusTally = { -readonly [Name in keyof Omit<BusCounters, "latencyP50Ms" | "latencyP99Ms">]: number } & {
  readonly latencies: LatencyWindow
}

export const makeTally = (): BusTally => ({
  txBytes: 0,
  rxBytes: 0,
  answers: 0,
  timeouts: 0,
  late: 0,
  echoes: 0,
  foreign: 0,
  garbageBytes: 0,
  badSums: 0,
  reopened: 0,
  pulses: 0,
  latencies: new LatencyWindow(),
})

export const countersOf = ({ latencies, ...counts }: BusTally): BusCounters => {
  const sorted = latencies.sorted()
  return { ...counts, latencyP50Ms: quantile(sorted, 0.5), latencyP99Ms: quantile(sorted, 0.99) }
}

/** The latest latencies, so many that a p99 means something. */
export class LatencyWindow {
  readonly #samples = new Float64Array(Limits.busLatencySamples)
  #count = 0

  add(latencyMs: number): void {
    this.#samples[this.#count++ % this.#samples.length] = latencyMs
  }

  sorted(): Float64Array {
    return this.#samples.slice(0, Math.min(this.#count, this.#samples.length)).sort()
  }
}

const quantile = (sorted: Float64Array, share: number): number | undefined =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
