/** What must hold between bounds: a change of one that breaks another stops the program as it starts. */
import type { Limits } from "./Limits.ts"

type Relation = readonly [holds: boolean, relation: string]

const relationsOf = (limits: typeof Limits): ReadonlyArray<Relation> => [
  [limits.proofSkewMs * 2 < limits.nonceKeptMs, "proofSkewMs * 2 < nonceKeptMs"],
  [limits.deviceTokenRenewMs < limits.deviceTokenMs, "deviceTokenRenewMs < deviceTokenMs"],
  [
    limits.deviceTokenCacheMs < 5_000 && limits.brokerLookMs < 5_000,
    "a revoked device is out within 5 s: deviceTokenCacheMs, brokerLookMs",
  ],
  [limits.busSilenceMs < limits.replyTimeoutMs, "busSilenceMs < replyTimeoutMs"],
  [limits.pulseMs < limits.pulseGapMs, "pulseMs < pulseGapMs"],
  [limits.pulseGapMs < limits.confirmAfterPulseMs, "pulseGapMs < confirmAfterPulseMs"],
  [limits.commandLifetimeMaxMs < limits.pulseAnswerMs, "commandLifetimeMaxMs < pulseAnswerMs"],
  [
    limits.commandLifetimeMaxMs + limits.outcomeGraceMs < limits.reservationMs,
    "commandLifetimeMaxMs + outcomeGraceMs < reservationMs",
  ],
  [limits.commandLifetimeMs <= limits.commandLifetimeMaxMs, "commandLifetimeMs <= commandLifetimeMaxMs"],
  [limits.lockLifetimeMs <= limits.commandLifetimeMaxMs, "lockLifetimeMs <= commandLifetimeMaxMs"],
  [limits.commandLifetimeMaxMs < limits.idempotencyLifetimeMs, "commandLifetimeMaxMs < idempotencyLifetimeMs"],
  [limits.heartbeatMs * 2 < limits.offlineAfterMs, "heartbeatMs * 2 < offlineAfterMs"],
  [limits.reconnectFirstMs < limits.reconnectMaxMs, "reconnectFirstMs < reconnectMaxMs"],
  [limits.reconnectMaxMs < limits.offlineAfterMs, "reconnectMaxMs < offlineAfterMs"],
  [limits.reconnectMaxMs < limits.reconnectRefusedMaxMs, "reconnectMaxMs < reconnectRefusedMaxMs"],
  [limits.journalRecordBytes < limits.mqttPayloadBytes, "journalRecordBytes < mqttPayloadBytes"],
  [limits.journalReserveBytes < limits.journalBytes, "journalReserveBytes < journalBytes"],
  [limits.journalSegmentBytes < limits.journalReserveBytes, "journalSegmentBytes < journalReserveBytes"],
  [
    limits.commandsRemembered * limits.commandMemoBytes < limits.journalSegmentBytes,
    "commandsRemembered * commandMemoBytes < journalSegmentBytes",
  ],
  [
    limits.commandsRememberedRefusing + limits.commandsInFlightPerDevice < limits.commandsRemembered,
    "commandsRememberedRefusing + commandsInFlightPerDevice < commandsRemembered",
  ],
  [
    limits.twinsPerDevice === 1 + limits.busesPerDevice * limits.boardsPerBus * (1 + 2 * limits.locksPerBoard),
    "twinsPerDevice === 1 + busesPerDevice * boardsPerBus * (1 + 2 * locksPerBoard)",
  ],
  [
    limits.trailEntries * limits.trailEntryBytes * 2 <= limits.journalRecordBytes,
    "trailEntries * trailEntryBytes * 2 <= journalRecordBytes",
  ],
  [limits.fastPollMs <= limits.pollEveryMs, "fastPollMs <= pollEveryMs"],
  [limits.fastPollMs < limits.pollEveryMinMs, "fastPollMs < pollEveryMinMs"],
  [limits.pollEveryMs <= limits.pollEveryMaxMs, "pollEveryMs <= pollEveryMaxMs"],
  [limits.pollEveryMaxMs < limits.slowRoundMs, "pollEveryMaxMs < slowRoundMs"],
  [limits.heartbeatMinMs < limits.heartbeatMs, "heartbeatMinMs < heartbeatMs"],
  [limits.telemetryMinMs < limits.telemetryEveryMs, "telemetryMinMs < telemetryEveryMs"],
  [limits.telemetryBatchMessages < limits.telemetryQueueMessages, "telemetryBatchMessages < telemetryQueueMessages"],
  [
    limits.telemetryRetentionDays <= limits.telemetryRetentionDaysMax,
    "telemetryRetentionDays <= telemetryRetentionDaysMax",
  ],
  [limits.pulseAnswerMs < limits.configQuietMs, "pulseAnswerMs < configQuietMs"],
  [limits.liveMessageBytes < limits.liveBufferedBytes, "liveMessageBytes < liveBufferedBytes"],
  [limits.liveAliveMs * 2 < limits.liveDelayedAfterMs, "liveAliveMs * 2 < liveDelayedAfterMs"],
  [limits.liveDelayedAfterMs < limits.liveSilentAfterMs, "liveDelayedAfterMs < liveSilentAfterMs"],
  [limits.heartbeatMs * 2 < limits.twinStaleAfterMs, "heartbeatMs * 2 < twinStaleAfterMs"],
  [limits.mqttPayloadBytes < limits.brokerPayloadBytes, "mqttPayloadBytes < brokerPayloadBytes"],
  [limits.mqttPayloadBytes < limits.ingestQueueBytes, "mqttPayloadBytes < ingestQueueBytes"],
  [limits.sweepAtLeastEveryMs < limits.offlineAfterMs, "sweepAtLeastEveryMs < offlineAfterMs"],
  [limits.lostConfirmMs + limits.reconnectMaxMs < limits.alarmGraceMs, "lostConfirmMs + reconnectMaxMs < alarmGraceMs"],
  [limits.sweepAtLeastEveryMs <= limits.alarmLookMs, "sweepAtLeastEveryMs <= alarmLookMs"],
  [limits.alarmLowCartsPercent < limits.alarmEnoughCartsPercent, "alarmLowCartsPercent < alarmEnoughCartsPercent"],
  [limits.alarmOtpFailures < limits.otpFailuresPerChain, "alarmOtpFailures < otpFailuresPerChain"],
  [limits.reasonCharacters <= limits.textCharacters, "reasonCharacters <= textCharacters"],
  [limits.pageItemsMax < limits.historyLinesPerPage, "pageItemsMax < historyLinesPerPage"],
  [
    limits.liveReadsAtOnce + limits.ingestLanes + limits.rentalsFollowedAtOnce < limits.databaseConnections,
    "liveReadsAtOnce + ingestLanes + rentalsFollowedAtOnce < databaseConnections",
  ],
  [
    limits.rentalsBegunAtOnce + limits.viewsReadAtOnce < limits.databaseConnections,
    "rentalsBegunAtOnce + viewsReadAtOnce < databaseConnections",
  ],
  [limits.liveSubscriptionsPerClient < limits.liveRequestsWaiting, "liveSubscriptionsPerClient < liveRequestsWaiting"],
  [limits.databaseConnections < limits.postgresConnections, "databaseConnections < postgresConnections"],
  [limits.postgresPollMs < limits.postgresStopMs, "postgresPollMs < postgresStopMs"],
  [limits.postgresStopMs < limits.demoStopMs, "postgresStopMs < demoStopMs"],
]

/** Throws for the first relation that does not hold. */
export const assertRelations = (limits: typeof Limits): void => {
  for (const [holds, relation] of relationsOf(limits)) {
    if (!holds) throw new RangeError(`core/Limits.ts: ${relation} does not hold`)
  }
}
