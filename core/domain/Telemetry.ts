/**
 * What telemetry is kept of: kinds of rows (`event_type`), and the numbers in them that make a chart. A gauge is what it is
 * at its moment; a counter grows since the device's program started, so that what it grew by is what tells something.
 */
import { Schema } from "effect"

export const TelemetryType = Schema.Literals([
  /** The computer: temperature, load, memory, disk. */
  "vitals",
  /** Facts on disk, and how many the cloud has not acknowledged. */
  "journal",
  /** One serial bus; `source` is its name. */
  "bus",
  /** The program: its connections, what it could not read, how far its clock may be off. */
  "program",
  /** Commands taken on and refused, by reason. */
  "commands",
  /** What a program that knows no more than the seed says, as it said it; `source` is its own word for it. */
  "report",
])
export type TelemetryType = typeof TelemetryType.Type

export type TelemetryUnit = "celsius" | "seconds" | "milliseconds" | "bytes" | "tasks" | "count"

/** A number of a row. */
export interface TelemetryMetric {
  readonly type: TelemetryType
  readonly metric: string
  readonly grows: boolean
  readonly unit: TelemetryUnit
}

const gauge = (type: TelemetryType, metric: string, unit: TelemetryUnit): TelemetryMetric => ({
  type,
  metric,
  grows: false,
  unit,
})
const counter = (type: TelemetryType, metric: string, unit: TelemetryUnit = "count"): TelemetryMetric => ({
  type,
  metric,
  grows: true,
  unit,
})

/** Every number that has a name here; commands have others, by reason, and all of those are counters. */
export const telemetryMetrics: ReadonlyArray<TelemetryMetric> = [
  gauge("vitals", "cpu_temperature_c", "celsius"),
  gauge("vitals", "load_1m", "tasks"),
  gauge("vitals", "cores", "count"),
  gauge("vitals", "memory_free_bytes", "bytes"),
  gauge("vitals", "memory_total_bytes", "bytes"),
  gauge("vitals", "disk_free_bytes", "bytes"),
  gauge("vitals", "disk_total_bytes", "bytes"),
  gauge("vitals", "rss_bytes", "bytes"),
  gauge("vitals", "uptime_s", "seconds"),
  gauge("journal", "unacknowledged", "count"),
  gauge("journal", "bytes", "bytes"),
  gauge("journal", "pending", "count"),
  counter("journal", "lost"),
  gauge("bus", "latency_p50_ms", "milliseconds"),
  gauge("bus", "latency_p99_ms", "milliseconds"),
  counter("bus", "answers"),
  counter("bus", "timeouts"),
  counter("bus", "late"),
  counter("bus", "bad_sums"),
  counter("bus", "garbage_bytes", "bytes"),
  counter("bus", "echoes"),
  counter("bus", "foreign"),
  counter("bus", "reopened"),
  counter("bus", "pulses"),
  counter("bus", "tx_bytes", "bytes"),
  counter("bus", "rx_bytes", "bytes"),
  gauge("program", "clock_uncertainty_ms", "milliseconds"),
  counter("program", "connections"),
  counter("program", "malformed"),
  counter("program", "unexpected"),
  counter("program", "defects"),
  counter("commands", "accepted"),
]

/** True for what grows, so that its growth is told beside its values. */
export const grows = (type: TelemetryType, metric: string): boolean =>
  type === "commands" || telemetryMetrics.some((one) => one.type === type && one.metric === metric && one.grows)
