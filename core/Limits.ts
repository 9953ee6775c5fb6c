import { alarmLimits } from "./AlarmLimits.ts"
import { deviceLimits } from "./DeviceLimits.ts"
import { assertRelations } from "./LimitRelations.ts"
import { httpLimits } from "./HttpLimits.ts"
import { liveLimits } from "./LiveLimits.ts"
import { rentalLimits } from "./RentalLimits.ts"
import { staffLimits } from "./StaffLimits.ts"
import { telemetryLimits } from "./TelemetryLimits.ts"

/**
 * Every bound of the system has a name here: queue lengths, retries, timeouts, payload sizes, boards per bus.
 * Times are milliseconds (`…Ms`), sizes are bytes (`…Bytes`), counts have no unit. Relations between bounds are
 * asserted when this file is loaded, so a change that breaks one stops the program at once.
 */
export const Limits = {
  ...httpLimits,
  ...rentalLimits,
  ...staffLimits,
  ...alarmLimits,
  ...telemetryLimits,
  ...deviceLimits,
  ...liveLimits,
  /** Boards on one RS-485 bus: rotary selector 0..9 (cu16.md §1.6). */
  boardsPerBus: 10,
  /** Locks on one CU16 board. */
  locksPerBoard: 16,

  /** Free text from outside; most fields have a tighter bound of their own. */
  textCharacters: 1_000,

  // --- the serial bus -------------------------------------------------------------------------------------------
  baudRate: 19_200,
  /** How long the bus waits for an answer after the last byte of a request was written. */
  replyTimeoutMs: 100,
  /** Bytes that have not completed a frame after this much quiet are thrown away (resynchronisation). */
  busSilenceMs: 20,
  /** Bytes a parser holds at most; a CU16 answer has 9. */
  parserBufferBytes: 64,
  /** Time from the start of one polling round of a bus to the start of the next. */
  pollEveryMs: 100,
  /** Consecutive rounds without a good answer before a board counts as silent (domain.md §6.6). */
  roundsUntilSilent: 3,
  /** Polling interval of a board that is silent, so that it costs the others little. */
  silentPollEveryMs: 1_000,
  /** A polling round longer than this makes the boards `slow`. */
  slowRoundMs: 1_000,
  /** Requests waiting for a turn on one bus: so many reads and so many pulses. */
  busQueueLength: 64,
  /** How long a port may take to accept a frame; a port that takes longer is closed so that nothing leaves it late. */
  writeTimeoutMs: 100,
  /** Status reads tried before a pulse to prove that the board answers; one lost to noise must not refuse an unlock. */
  proofReads: 2,
  /** Quiet on the bus after a frame that is not answered, on top of its wire time. */
  quietAfterPulseMs: 3,
  /** Frames the bus remembers for people who look into it. */
  busTapFrames: 256,
  /** Reads of a board that is probed, and frames of its bus that are told with them. */
  probeReads: 3,
  probeFrames: 120,
  /** How old what a board said may be when its polarity is worked out from it. */
  calibrateWithinMs: 10 * 60_000,
  /** Exchanges over which the latency of a bus is summed up. */
  busLatencySamples: 512,
  /** How long a TCP serial box may take to accept a connection, and the quiet after which it is probed. */
  linkConnectMs: 3_000,
  linkKeepAliveMs: 10_000,
  /** First and longest wait before a vanished port is opened again. */
  reopenFirstMs: 250,
  reopenMaxMs: 5_000,
  /** Exchanges in a row without an answer from any board after which the port is closed and opened anew. */
  missesUntilReopen: 40,

  // --- bays -----------------------------------------------------------------------------------------------------
  /** Length of the coil pulse the board gives (cu16.md §1.7: 500 or 550 ms). */
  pulseMs: 550,
  /** Least time between two pulses on one board: one lock fires at a time (cu16.md §1.8). */
  pulseGapMs: 600,
  /** After a pulse, how long the hook may take to open before the bay is read to decide. */
  confirmAfterPulseMs: 1_000,
  /** Pulses within one command; the second only after reads that still say closed. */
  pulsesPerCommand: 2,
  /** Equal reads in a row before a change is believed. */
  readsToBelieve: 2,
  /** A cart that came back must stay latched this long before the return counts. */
  returnSettleMs: 2_000,
  /** How long an opened bay waits for its cart to be pulled before it says so. */
  pickupWindowMs: 45_000,
  /** How long a cart may stand in an open bay, pushed in but not latched. */
  entryWindowMs: 10_000,
  /** How long reads may be missing before an unlock's outcome is called unknown. */
  verifyTimeoutMs: 1_500,
  /** How long the bus may take to say what became of a pulse: the longest command plus its answer. */
  pulseAnswerMs: 35_000,
  /** After a start, how long a board may take to give its first answer. */
  probeWindowMs: 3_000,
  /** How long a reservation holds: the longest command, its outcome, and the clocks' margin have all passed by then. */
  reservationMs: 60_000,
  /** Failed unlocks in a row after which a bay counts as jammed. */
  failuresUntilJammed: 2,
  /** Changes per minute after which a bay's sensors count as suspect. */
  flappingEdgesPerMinute: 12,
  /** Age after which a bay's reading is shown as stale. */
  staleAfterMs: 5_000,

  /** A stored twin on disk, as JSON, in whatever state; the reason of a fault in it is counted with a short text. */
  storedTwinBytes: 300,
  /** The same of a rental, which remembers five identities and the lending rules it began under. */
  storedRentalBytes: 512,

  // --- commands -------------------------------------------------------------------------------------------------
  /** A signed command has some 1,000 bytes. */
  commandBytes: 8 * 1024,
  commandKeyIdCharacters: 64,
  /** Command keys of the cloud that an edge believes at the same time: the current one, the next, and room to spare. */
  commandKeysPerEdge: 4,
  commandLifetimeMs: 10_000,
  commandLifetimeMaxMs: 30_000,
  /** `lock` lives longer: somebody has to walk up and push the cart in. */
  lockLifetimeMs: 30_000,
  /** How long a device or a bay shows itself when asked to. */
  identifyMs: 15_000,
  /** Signs that a simulator remembers as shown. */
  signsShown: 64,
  /** Wait before a device that could not start anew is tried again. */
  deviceRestartRetryMs: 5_000,
  /** A client's name for one request, and how long it stands for the same command. */
  idempotencyKeyCharacters: 128,
  idempotencyLifetimeMs: 24 * 3_600_000,
  /** Outlived keys that are forgotten with each new one. */
  idempotencyKeysForgotten: 16,
  /** Extra time the cloud waits beyond a command's expiry for its outcome before calling it unknown. */
  outcomeGraceMs: 10_000,
  /** Command ids an edge remembers to refuse repeats (also in every checkpoint of its journal). */
  commandsRemembered: 2_000,
  /** Refusals are remembered while fewer ids than this can still come again, so that a flood leaves room for unlocks. */
  commandsRememberedRefusing: 1_000,
  /** What a remembered command takes at most in the journal. */
  commandMemoBytes: 512,
  /** How long past its expiry a command id is kept whatever comes: more than two readings of the cloud's clock differ. */
  commandForgetAfterMs: 30_000,
  /** Commands that may wait for one device at the same time. */
  commandsInFlightPerDevice: 64,
  /** What is noted of a command between two of its stages, and how long each note may be: sent up with the next stage. */
  trailEntries: 40,
  trailDetailCharacters: 64,
  /** What a note takes at most in the journal. */
  trailEntryBytes: 200,
  /** Commands of an edge of which something is noted. */
  trailsOpen: 64,

  // --- MQTT -----------------------------------------------------------------------------------------------------
  /** Facts and snapshots; and every other message, none of which has more than some 4 KiB. */
  mqttPayloadBytes: 256 * 1024,
  smallMessageBytes: 16 * 1024,
  mqttKeepAliveSeconds: 15,
  reconnectFirstMs: 500,
  reconnectMaxMs: 10_000,
  /** The longest wait while the broker does not let a device in. */
  reconnectRefusedMaxMs: 60_000,
  /** A connection that lasted this long was good; one after the other that did not is a fight for one identity. */
  connectionSteadyMs: 10_000,
  /** So many in a row, and the device says so. */
  connectionsUntilFight: 3,
  heartbeatMs: 30_000,
  /** Without any sign of life for this long a device is offline. */
  offlineAfterMs: 90_000,
  /** After a last will, how long a device may take to come back before it is offline. */
  lostConfirmMs: 10_000,
  bootRetryMs: 3_000,
  /** Longest wait before the next boot that a device may be told. */
  bootRetryMaxMs: 600_000,
  /** Facts in one message. */
  factsPerMessage: 100,
  /** Messages of facts sent and not yet acknowledged. */
  factMessagesInFlight: 32,
  /** Without an acknowledgement for this long the unacknowledged facts are sent again. */
  factResendMs: 5_000,

  mqttConnectMs: 10_000,
  /** How long the broker may take to confirm the subscriptions of a connection that is open. */
  mqttSubscribeMs: 5_000,
  /** Messages from the broker that wait for the edge's attention; a flood beyond it is dropped and counted. */
  downlinkMessages: 256,
  telemetryEveryMs: 60_000,
  /** Kinds of things that telemetry counts of commands. */
  telemetryCounts: 100,

  // --- configuration of a device --------------------------------------------------------------------------------
  /** What may be set: how often a board is read, and how often a device speaks of itself. */
  pollEveryMinMs: 50,
  pollEveryMaxMs: 500,
  heartbeatMinMs: 5_000,
  telemetryMinMs: 10_000,
  telemetryMaxMs: 10 * 60_000,
  /** Problems a device names of a configuration that it refuses. */
  configErrors: 20,
  /** Times the same desired configuration is offered; a device that still differs then has drifted. */
  configOffers: 3,
  /** How long a configuration waits for unlocks under way on the bays that it changes: longer than any unlock takes. */
  configQuietMs: 45_000,
  /** How long a stopping edge waits for its last words to be taken by the broker. */
  farewellMs: 1_000,

  /** What a device tells before 2020, or further ahead of the cloud than this, is no time: the cloud takes its own. */
  clockEarliestMs: 1_577_836_800_000,
  clockAheadMs: 60_000,

  // --- edge -----------------------------------------------------------------------------------------------------
  devicesPerEdge: 64,
  /** Bounded so that one snapshot of every twin of a device fits into one message. */
  busesPerDevice: 2,
  /** The device, its boards, and a bay and a cart for each of their locks. */
  twinsPerDevice: 1 + 2 * 10 * (1 + 2 * 16),
  /** Polling interval of a board while something is about to move on it: after a pulse, and after a changed read. */
  fastPollMs: 5,
  /** How far a steady clock may drift (parts per million), and after how long it is compared with the cloud again. */
  clockDriftPpm: 100,
  clockResyncMs: 2 * 3_600_000,

  // --- edge journal ---------------------------------------------------------------------------------------------
  journalBytes: 64 * 1024 * 1024,
  /** Left free for facts: with less room than this, unlocks are refused. */
  journalReserveBytes: 4 * 1024 * 1024,
  /** A segment with more than this behind its checkpoint is closed; acknowledged segments are deleted whole. */
  journalSegmentBytes: 1024 * 1024,
  journalRecordBytes: 16 * 1024,
  /** Facts that wait for a disk that takes nothing; more are lost, counted, and made good by a snapshot. */
  journalPendingFacts: 10_000,
  /** How long a disk that failed is left alone before it is tried again. */
  journalRetryMs: 1_000,
  /** Newest facts kept in memory, so that publishing them needs no reading from disk. */
  journalFactsInMemory: 2_000,

  // --- cloud ----------------------------------------------------------------------------------------------------
  /** Messages from devices that wait to be taken in, and their payloads together; more are dropped and sent again. */
  ingestQueueMessages: 40_000,
  ingestQueueBytes: 64 * 1024 * 1024,
  ingestBatchMessages: 256,
  /** Batches at the same time, of different devices: one computes while another waits for the database. */
  ingestLanes: 4,
  /** After a batch of so many messages the next is given so long to gather. */
  ingestBusyMessages: 16,
  ingestGatherMs: 4,
  /** A twin is kept whole at least this often, so that a past state is played again from at most so many events. */
  twinStateEvery: 500,
  /** Lines of history looked at for one page; a filter that few fit gives a shorter page that says where to go on. */
  historyLinesPerPage: 10_000,
  pageItems: 100,
  pageItemsMax: 1_000,
  reasonCharacters: 500,
  /** The longest that a chain's policy may say: thirty days. */
  policyMinutesMax: 30 * 24 * 60,
  /** Carts in one count of a branch. */
  recountCarts: 500,
  outboxRetryMs: 1_000,
  /** Publications that are recorded in one transaction, and how many wait for that at most. */
  outboxSettledTogether: 100,
  outboxWaiting: 10_000,
  /** Notes of what the cloud did for commands that wait to be written; how long they are gathered; how many a command has. */
  commandNotesWaiting: 1_024,
  commandNotesGatherMs: 250,
  commandNotes: 64,
  quarantinePayloadBytes: 4 * 1024,
  /** Quarantined messages that are kept; older ones are only counted. */
  quarantineRows: 10_000,
  /** Quarantined messages waiting to be written; more are only counted. */
  quarantineQueue: 256,
  /** Twins whose rows could not be read that wait to be mended; more are found again by their next reader. */
  unreadableTwinsWaiting: 1_024,
  /** Age after which a twin of a connected device is stale: two and a half heartbeats. */
  twinStaleAfterMs: 75_000,
  /** The one scheduler looks when the next thing is due, at least so often; the shortest pause, and that after a failure. */
  sweepAtLeastEveryMs: 30_000,
  sweepGrainMs: 50,
  sweepRetryMs: 500,
  /** Instants noted for the next looks; more are found in the store. */
  sweepNotes: 4_096,
  /** Deadlines or commands handled in one sweep. */
  sweepRows: 256,
  /** Heartbeats of a device whose snapshot has not come after which it is asked for another. */
  beatsUntilSnapshotAgain: 2,
  /** Snapshots that wait for the facts before them, one a device. */
  snapshotsWaiting: 1_000,
  /** Wait before a rejected device may ask again. */
  bootRejectedRetryMs: 30_000,
  databaseConnections: 14,
  /** For what only the owner of tables may do, now and then. */
  databaseOwnerConnections: 1,
  databaseConnectMs: 3_000,
  databaseRetryMs: 500,
  /** When somebody whose request met no database is told to come again. */
  databaseAwayRetrySeconds: 2,
  databaseConnectTries: 20,
  /** Wait before facts are tried again while the database is away: first and longest. */
  ingestRetryFirstMs: 100,
  ingestRetryMaxMs: 5_000,
  /** Work committed and not yet taken by the live stream. */
  commitsWaiting: 1_024,
  simulatorAnswerMs: 3_000,
  /** How long requests under way may take when the program stops. */
  httpStopMs: 3_000,
  /** Largest message the embedded broker passes on; a bigger one costs the sender its connection. */
  brokerPayloadBytes: 4 * 1024 * 1024,
  /** Messages the embedded broker keeps for one slow client. */
  brokerQueueMessages: 10_000,

  // --- one-time codes (reliability.md §3.7, domain.md §13.3) ----------------------------------------------------
  /** Six digits are 20 bits: enough for a code that dies after five tries and five minutes. */
  otpDigits: 6,
  otpLifetimeMs: 5 * 60_000,
  otpTries: 5,
  /** Codes sent to one number: one in a while, so many in a time. */
  otpResendAfterMs: 30_000,
  otpSendsPerPhone: 3,
  otpSendsPerPhoneMs: 10 * 60_000,
  otpSendsPerPhoneDaily: 10,
  /** Codes asked for from one network address. */
  otpSendsPerClient: 10,
  otpSendsPerClientMs: 10 * 60_000,
  otpSendsPerClientDaily: 50,
  /** Codes asked for at the kiosks of one network address: they serve one shopper after the other. */
  otpSendsPerKiosk: 60,
  otpSendsPerKioskMs: 60 * 60_000,
  /** Codes a chain pays for in a day. */
  otpSendsPerChainDaily: 2_000,
  /** Wrong codes for one number in an hour, after which it waits. */
  otpFailuresPerPhone: 10,
  otpFailuresPerPhoneWaitMs: 15 * 60_000,
  /** Wrong codes in a chain in an hour, after which only a kiosk may ask: somebody tries many numbers. */
  otpFailuresPerChain: 50,
  otpFailuresWindowMs: 60 * 60_000,
  /** How long a shopper may be served with one code at a kiosk. */
  kioskTokenSeconds: 30 * 60,
  /** How long a shopper's page waits for an answer, and how often it looks for news: at the bays, and elsewhere. */
  shopperAnswerMs: 10_000,
  shopperNearMs: 700,
  shopperFarMs: 3_000,
  /** Without an answer for so long the page says that it has no connection. */
  shopperLostMs: 6_000,
  /** A kiosk that nobody touches starts over after this, warns so long before, and shows a farewell for a moment. */
  kioskIdleMs: 30_000,
  kioskWarningMs: 10_000,
  kioskFarewellMs: 8_000,

  // --- SMS -----------------------------------------------------------------------------------------------------
  /** How long a provider may take to answer; later the message counts as perhaps sent. */
  smsAnswerMs: 10_000,
  /** Failures in a row after which a provider is left alone, and for how long. */
  smsFailuresUntilDown: 5,
  smsDownMs: 30_000,
  /** Messages the inbox of demo and tests keeps. */
  smsInboxMessages: 200,

  // --- embedded Postgres ----------------------------------------------------------------------------------------
  /** How long a start may take; replaying the journal after `kill -9` is part of it. */
  postgresStartMs: 60_000,
  /** How long a fast shutdown may take before an immediate one is asked for. */
  postgresStopMs: 10_000,
  /** Between two looks at whether the server is ready or gone. */
  postgresPollMs: 20,
  /** Starts in a row when a port is lost to another program or children of a killed server still end. */
  postgresStartTries: 20,
  postgresRetryMs: 250,
  postgresConnections: 60,
  /** A log longer than this is started afresh at the next start. */
  postgresLogBytes: 4 * 1024 * 1024,

  // --- demo -----------------------------------------------------------------------------------------------------
  /** How long the demo waits until every simulated device is online and in sync. */
  demoReadyMs: 120_000,
  /** Between two looks at whether they are. */
  demoPollMs: 100,
  /** How long one of its programs may take to end before it is killed. */
  demoStopMs: 15_000,
  /** A log longer than this is started afresh at the next start. */
  demoLogBytes: 4 * 1024 * 1024,
  /** Between two looks of the simulated people at the world. */
  peopleTickMs: 250,
} as const

assertRelations(Limits)
