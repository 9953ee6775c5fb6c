/** The bounds of alarms, part of `Limits`: read them there. */
export const alarmLimits = {
  /**
   * After the cloud has started it raises no alarm that time or levels raise for so long: devices that lost it come back
   * meanwhile, and what was stored may be old.
   */
  alarmGraceMs: 30_000,
  /** Everything is evaluated at least so often, whatever was heard. */
  alarmLookMs: 30_000,
  /** How long what was heard is gathered before it is evaluated, and so the shortest time between two evaluations. */
  alarmGatherMs: 1_000,
  /** A look is followed by a rest of so many times what it took: looks never take more than a twentieth of the time. */
  alarmRest: 20,
  /** Twins that were heard of and wait to be evaluated; with more of them everything is. */
  alarmTwinsHeard: 2_048,
  /** Alarms at the places of one evaluation; more wait for the next. */
  alarmRows: 20_000,
  /** Unlocks without an answer of one bay in a while that ask for somebody. */
  alarmNoAnswers: 2,
  alarmNoAnswersMs: 10 * 60_000,
  /** Jammed locks of one board that say that its locks have no power. */
  alarmJamsOfSupply: 3,
  /** Percent of the carts of a branch that can be lent: fewer is an alarm, more ends it. */
  alarmLowCartsPercent: 10,
  alarmEnoughCartsPercent: 15,
  /** Messages of a chain in a while, of which more than so many percent could not be sent; fewer messages say nothing. */
  alarmSmsWindowMs: 5 * 60_000,
  alarmSmsMessages: 3,
  alarmSmsFailedPercent: 20,
  /** Wrong codes in a chain in the window of `otpFailuresWindowMs` that look like somebody trying numbers. */
  alarmOtpFailures: 25,
  /** Network addresses at their limit of codes at the same time that look like somebody spending the chain's money. */
  alarmOtpClients: 3,
  /** The longest delay that somebody may give a rule. */
  alarmDelayMaxMs: 24 * 3_600_000,
  /** How long an alarm may be shelved, and how much may be said about one at once. */
  alarmShelfMaxMs: 7 * 24 * 3_600_000,
  /** What happened to an alarm, in one answer. */
  alarmHistoryLines: 500,
} as const
