/** The bounds of telemetry and monitoring in the cloud, part of `Limits`: read them there. */
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

  // --- monitoring: what is looked at, and what is promised (reliability.md §5) ------------------------------------
  /** Commands of so long a time are looked at, and so many of the newest of them. */
  monitoringMs: 24 * 60 * 60_000,
  monitoringCommands: 50_000,
  /** Minutes of taking in that are remembered. */
  ingestMinutesKept: 60,
  /** From what happened to its commit: 99 of 100. */
  ingestLagGoalMs: 2_000,
  /** From the request to the open hook: 95 and 99 of 100. */
  unlockGoal95Ms: 1_500,
  unlockGoal99Ms: 3_000,
  /** By then the outcome of a command is known. */
  outcomeGoalMs: 15_000,
} as const
