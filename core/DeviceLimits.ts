/** The bounds of a device's identity, part of `Limits`: read them there. */
export const deviceLimits = {
  /** A claim code: so many characters of Crockford's base 32 are 100 bits; good once, for so long. */
  claimCharacters: 20,
  claimLifetimeMs: 24 * 3_600_000,
  /** Claims of one branch that may wait for their devices. */
  claimsPerBranch: 200,
  /** How far the time in a device's proof may be off, and how long its nonce is remembered: longer than both ways. */
  proofSkewMs: 5 * 60_000,
  nonceKeptMs: 11 * 60_000,
  /** How long an access token of a device with a key is good, and how long before its end the device asks for another. */
  deviceTokenMs: 3_600_000,
  deviceTokenRenewMs: 10 * 60_000,
  /** How old a device's key gets before the device changes it. */
  deviceKeyMs: 90 * 24 * 3_600_000,
  /** How long it is believed that a token is still good: revocation works within 5 s. */
  deviceTokenCacheMs: 3_000,
  deviceTokensCached: 50_000,
  /** Between two looks at whether the devices on the embedded broker may still be there. */
  brokerLookMs: 2_000,
  /** Refused registrations from one network address in a minute; those a branch takes in without a claim within an hour. */
  registrationsRefusedPerClient: 5,
  registrationsRefusedMs: 60_000,
  registrationsPerBranch: 20,
  registrationsPerBranchMs: 3_600_000,
  /** Tries to register are kept for so long, for people who look into what happened. */
  registrationTriesKeptMs: 90 * 24 * 3_600_000,
  /** How the bays of a branch stand: rows, and bays in one. */
  bayRows: 40,
  baysInRow: 80,
  /** HTTP heartbeats are written together: how many in one statement, and how many wait at most. */
  beatsAtOnce: 1_000,
  beatsWaiting: 10_000,
  /** How an edge that is not known yet tries again: first wait, longest while the cloud is away, and while it refuses. */
  enrolRetryFirstMs: 250,
  enrolAwayMaxMs: 1_000,
  enrolRetryMaxMs: 30_000,
  /** How long one try may take. */
  enrolAnswerMs: 10_000,
  /** When the first device of a program has joined, how long its start waits for the others. */
  joinOthersMs: 5_000,
  /** Bays that one report of commissioning signs for, and reports of a branch in one answer. */
  commissioningBays: 400,
  commissioningsListed: 20,

  // --- a branch in a browser ------------------------------------------------------------------------------------
  /** Lines of history, and frames of the bus, that it remembers of each twin. */
  miniatureLines: 40,
  /** How long a message between edge and cloud takes there, and how long a cut line goes unnoticed. */
  miniatureLineMs: 40,
  miniatureNoticeMs: 2_000,
  /** How often its edge says that it is there, and its people look about. */
  miniatureBeatMs: 1_000,
  /** Facts that wait there for a line that is cut; the oldest are forgotten, and a snapshot makes good for them. */
  miniatureFacts: 10_000,
  /** Ended rentals that it remembers. */
  miniatureRentals: 20,
} as const
