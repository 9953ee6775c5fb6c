/** The bounds of telemetry in the cloud, part of `Limits`: read them there. */
export const telemetryLimits = {
  /** Messages of telemetry that wait to be written; more are dropped and counted, and the next one says the same. */
  telemetryQueueMessages: 2_000,
  /** Messages written together. */
  telemetryBatchMessages: 256,
  /** How long rows are kept unless a setting says otherwise. Whole months are dropped. */
  telemetryRetentionDays: 90,
  telemetryRetentionDaysMax: 3_650,
  /** Months whose partitions exist before they begin. */
  telemetryMonthsAhead: 2,
  /** How often partitions are looked after. */
  telemetryKeepEveryMs: 60 * 60_000,
  /** The stretch of time that is shown if none is asked for. */
  telemetryRangeMs: 24 * 60 * 60_000,
  /** Buckets in one answer. */
  telemetryBuckets: 1_500,
  /** Rows that one answer may be made of: devices, times the minutes of the range. */
  telemetryRowsRead: 1_000_000,
} as const
