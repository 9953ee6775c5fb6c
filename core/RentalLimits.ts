/** The bounds of rentals, part of `Limits`: read them there. */
export const rentalLimits = {
  /** How long a shopper may have a cart, unless the chain says otherwise. */
  rentalMs: 120 * 60_000,
  /** How old a rental an attendant may decide about. */
  rentalSettleRecentMs: 24 * 3_600_000,
  /** How long before it is due a rental is due soon. */
  rentalDueSoonMs: 15 * 60_000,
  /** How long past due a rental is not yet overdue. */
  rentalGraceMs: 10 * 60_000,
  /** Overdue for so long is serious, for so long severe. */
  rentalSeriousMs: 30 * 60_000,
  rentalSevereMs: 60 * 60_000,
  /** How long past due a cart counts as lost. */
  rentalLostMs: 24 * 3_600_000,
  /** Carts that are tried for one rental: the first, and another if it did not open. */
  rentalAttempts: 2,
  /** Carts that a shopper may say did not come out, in that time; then a person must look. */
  rentalOtherCarts: 2,
  rentalOtherCartsMs: 10 * 60_000,
  /** How long choosing and reserving a cart may take. */
  rentalAssignMs: 5_000,
  /** How long an unlock without an outcome waits for evidence before a person is asked. */
  rentalVerifyMs: 60_000,
  /** How long closing a rental by hand can be undone. */
  rentalUndoMs: 5 * 60_000,
  /** How long after the end a rental can be disputed, and how long a dispute may stay open. */
  rentalDisputeWindowMs: 24 * 3_600_000,
  rentalDisputeMs: 7 * 24 * 3_600_000,
  /** How far from now a branch may be said to close. */
  closingWithinMs: 24 * 3_600_000,
  /** A bay that was read longer ago than this lends no cart. */
  rentalFreshMs: 90_000,
  /** Lines of a bay's history that a rental takes at once; the rest with the next look. */
  rentalEvidenceRows: 100,
  /** Open rentals of a branch in one answer. */
  rentalsListed: 500,
  /** Shoppers whose rentals are read in one statement, such statements at the same time, and how many wait at most. */
  viewsReadTogether: 100,
  viewsReadAtOnce: 2,
  viewsWaiting: 5_000,
  /** How long after a rental has failed evidence that its cart left opens it again. */
  rentalReopenMs: 24 * 3_600_000,
  /** Rentals that begin in one transaction, such transactions at the same time, and how many wait for theirs at most. */
  rentalsBegunTogether: 50,
  rentalsBegunAtOnce: 2,
  rentalsWaiting: 1_000,
  /** When somebody who finds no room among them is told to come again. */
  rentalsWaitingRetrySeconds: 1,
  /** Rentals that are brought up to date in one transaction, and such transactions at the same time. */
  rentalsFollowedTogether: 50,
  rentalsFollowedAtOnce: 3,
  /** Lines of the history of one rental, or of its bay, in one answer. */
  rentalLines: 500,
  /** How much longer a cart may be had when a person extends a rental, in minutes. */
  rentalExtensionMinutes: 240,
  /** Messages to shoppers that are claimed at once, and how often it is looked for them. */
  rentalMessagesAtOnce: 50,
  rentalMessageLookMs: 30_000,
  /** A message that was claimed so long ago and has no outcome perhaps went out. */
  rentalMessageSendingMs: 120_000,
  /** How often a message that certainly did not go out is tried, and after how long again. */
  rentalMessageAttempts: 5,
  rentalMessageAgainMs: 5 * 60_000,
  /** How long a message about a rental is of use. */
  rentalMessageLifetimeMs: 3_600_000,
  /** A return at a bay whose sensor is in doubt is judged again after so long. */
  returnAgainMs: 30_000,
  /** Rentals that are named for one return. */
  returnCandidates: 20,
  /** A rental is reminded by a person at most so often. */
  rentalRemindMs: 30 * 60_000,
  /** A return is of whoever announced it at that bay so long before or after. */
  returnIntentMs: 3 * 60_000,
  /** How often every open rental is looked at, whatever was heard. */
  rentalLookMs: 15_000,
} as const
