/** Bounds of signing in, of sessions of staff and of the audit log: a part of `Limits`. */
export const staffLimits = {
  staffTokenSeconds: 600,
  /** Longest token that is looked at. */
  tokenCharacters: 2_048,
  /** Tokens of a kind whose signature was right and need not be computed again. */
  tokensVerified: 10_000,
  /** How long a session goes on without a word, and at most however busy. */
  staffSessionIdleMs: 12 * 3_600_000,
  staffSessionMs: 7 * 24 * 3_600_000,
  /** A refresh token whose answer was lost may come again for so long. */
  refreshAgainMs: 30_000,
  /** Sessions that ended so long ago are forgotten. */
  staffSessionKeptMs: 30 * 24 * 3_600_000,
  /** Between a right password and the second factor. */
  secondFactorTicketSeconds: 300,
  /** Wrong codes in a row, and how long none is taken then. */
  secondFactorTries: 5,
  secondFactorWaitMs: 15 * 60_000,
  recoveryCodes: 10,
  passwordCharactersMin: 10,
  grantsPerUser: 50,
  /** Tickets for the live stream that wait to be used, and how long one is good. */
  liveTickets: 10_000,
  liveTicketMs: 30_000,
  /** How long an invitation, to set a first or a new password, is good. */
  invitationMs: 24 * 3_600_000,
  signInTriesPerMinute: 10,
  /** From one client, whatever the addresses: a branch may share one. */
  signInTriesPerClientPerMinute: 60,
  /** Clients, and pairs of e-mail address and client, whose sign-in tries are counted at the same time. */
  signInCounters: 10_000,
  /** Password hashes computed at the same time: each takes 32 MiB and a core. */
  passwordHashesAtOnce: 2,
  /** Sign-ins that wait for a turn, some two seconds of work; more are told to come again. */
  passwordHashesWaiting: 16,
  passwordRetrySeconds: 2,
  /** How long what a person may do is believed before it is read again; live connections ask as often. */
  personCacheMs: 2_000,
  /** Lines of the audit log that are sealed, or checked, at once; how long until the next look; when a seal is overdue. */
  auditSealsAtOnce: 500,
  auditSealMs: 1_000,
  auditSealGraceMs: 60_000,
} as const
