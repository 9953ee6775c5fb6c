/** The bounds of the live stream, at both of its ends, part of `Limits`: read them there. */
export const liveLimits = {
  liveClients: 1_000,
  liveSubscriptionsPerClient: 16,
  liveMessageBytes: 16 * 1024,
  /** Requests of one client that wait, as they are served one by one; one more costs it the connection. */
  liveRequestsWaiting: 32,
  /** Whole scopes read from the database at the same time: most of its connections are for devices and people. */
  liveReadsAtOnce: 4,
  /** Wait before changes that could not be read are read again. */
  liveRetryMs: 500,
  /** A client with more than this unsent gets no more deltas until it has drained, then one coalesced state. */
  liveBufferedBytes: 256 * 1024,
  /** Twins of one message, as text; a scope or a change with more of them is said in several. */
  liveTwinsBytes: 128 * 1024,
  /** Twins of a scope read at one time; the next are read when the client has taken these. */
  liveTwinsRead: 256,
  liveAuthenticateMs: 5_000,
  /** From one look at what was committed to the next; the first after a pause is at once. */
  liveBatchMs: 33,
  /** From the end of a look to the next when a stage of a command is owed, for which somebody waits; never sooner. */
  liveCommandBatchMs: 5,
  /** A client that has not taken its data for this long is dropped. */
  liveStalledMs: 30_000,
  /** Between two looks at whether a slow client has drained. */
  liveDrainPollMs: 100,
  livePingMs: 15_000,
  /** How often the server says that it is there when it has nothing else to say. */
  liveAliveMs: 3_000,
  /** Silence after which a dashboard says `delayed`, and after which it gives the socket up and calls all stale. */
  liveDelayedAfterMs: 8_000,
  liveSilentAfterMs: 20_000,
  /** First and longest wait of a dashboard before it connects again. */
  liveReconnectFirstMs: 500,
  liveReconnectMaxMs: 15_000,
} as const
