/**
 * `devices/{id}/telemetry`: how the device and its program are, once a minute. Nothing is decided by it and none of it is
 * kept for later: what must not be lost is a fact.
 */
import { Schema } from "effect"
import { Session } from "../domain/Device.ts"
import { Instant } from "../domain/Instant.ts"
import { Text } from "../domain/Text.ts"
import { Limits } from "../Limits.ts"
import { Watermark } from "./Facts.ts"

const Count = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }))
const Amount = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }))

/** The computer the program runs on, as far as its system tells. */
export const HostVitals = Schema.Struct({
  uptime_s: Schema.optionalKey(Amount),
  cpu_temperature_c: Schema.optionalKey(Schema.Finite.check(Schema.isBetween({ minimum: -60, maximum: 200 }))),
  /** Mean number of running tasks over a minute, of all cores together. */
  load_1m: Schema.optionalKey(Amount),
  cores: Schema.optionalKey(Count),
  memory_total_bytes: Schema.optionalKey(Count),
  memory_free_bytes: Schema.optionalKey(Count),
  /** Of the disk that the journal is on. */
  disk_total_bytes: Schema.optionalKey(Count),
  disk_free_bytes: Schema.optionalKey(Count),
})
export type HostVitals = typeof HostVitals.Type

/** What happened on one bus since the program started. */
export const BusTelemetry = Schema.Struct({
  name: Text,
  state: Schema.Literals(["opening", "open", "down"]),
  tx_bytes: Count,
  rx_bytes: Count,
  answers: Count,
  timeouts: Count,
  late: Count,
  echoes: Count,
  foreign: Count,
  garbage_bytes: Count,
  bad_sums: Count,
  reopened: Count,
  pulses: Count,
  /** From a request until its answer; null before the first. */
  latency_p50_ms: Schema.NullOr(Amount),
  latency_p99_ms: Schema.NullOr(Amount),
})
export type BusTelemetry = typeof BusTelemetry.Type

export const TelemetryMessage = Schema.Struct({
  v: Schema.Literal(1),
  session: Session,
  at: Instant,
  simulated: Schema.Boolean,
  /** Memory the program takes. */
  rss_bytes: Schema.optionalKey(Count),
  host: Schema.optionalKey(HostVitals),
  journal: Schema.Struct({
    acknowledged: Watermark,
    written: Watermark,
    bytes: Count,
    /** Facts that wait for the disk. */
    pending: Count,
    /** Facts that could not be kept, since the program started. */
    lost: Count,
    /** Why the disk takes nothing; null while it does. */
    failure: Schema.NullOr(Text),
  }),
  buses: Schema.Array(BusTelemetry).check(Schema.isMaxLength(Limits.busesPerDevice)),
  /** Commands taken on (`accepted`), and refused by reason; a newer program may have reasons that are unknown here. */
  commands: Schema.Array(Schema.Struct({ what: Text, times: Count })).check(Schema.isMaxLength(Limits.telemetryCounts)),
  /** Events whose step threw. */
  defects: Count,
  /** How far the device's idea of the cloud's time may be off; null while it has none. */
  clock_uncertainty_ms: Schema.NullOr(Amount),
  connections: Count,
  /** Messages that could not be read, that nobody waited for, and that did not fit into the queue. */
  malformed: Count,
  unexpected: Count,
})
export type TelemetryMessage = typeof TelemetryMessage.Type
