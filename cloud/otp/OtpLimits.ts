/**
 * How often codes may be asked for and guessed, decided from what was counted. Pure: the counts come from the rows of the
 * codes themselves, so a restart forgets nothing.
 */
import { Limits } from "#core/Limits.ts"

/** What was sent before, and failed, for the number, the client and the chain of a request. */
export interface OtpCounts {
  /** Milliseconds since a code was last sent to the number; null if never. */
  readonly sinceLastMs: number | null
  /** Milliseconds since the oldest of the codes that still count against the number's window. */
  readonly phone: Counted
  readonly phoneDaily: Counted
  /** Codes for own phones at the client's address. */
  readonly client: Counted
  readonly clientDaily: Counted
  /** Those of kiosks at the client's address, which serve one shopper after the other. */
  readonly kiosk: Counted
  readonly chainDaily: Counted
  /** Wrong codes in the last hour, and how long ago the last one was. */
  readonly phoneFailures: { readonly count: number; readonly sinceLastMs: number }
  readonly chainFailures: number
}

/** So many in a window, the oldest of them so long ago. */
export interface Counted {
  readonly count: number
  readonly sinceOldestMs: number
}

export type OtpVerdict =
  | { readonly may: "send" }
  | { readonly may: "wait"; readonly waitMs: number; readonly rule: string }
  | { readonly may: "only_at_kiosk" }

const dayMs = 24 * 60 * 60_000

const over = ({ count, sinceOldestMs }: Counted, most: number, windowMs: number): number =>
  count < most ? 0 : Math.max(1, windowMs - sinceOldestMs)

/** Whether a code may be sent now; of several reasons to wait the longest. */
export const mayRequest = (counts: OtpCounts, atKiosk: boolean): OtpVerdict => {
  const { sinceLastMs, phoneFailures } = counts
  const waits: ReadonlyArray<readonly [rule: string, waitMs: number]> = [
    ["phone_gap", sinceLastMs === null ? 0 : Limits.otpResendAfterMs - sinceLastMs],
    ["phone", over(counts.phone, Limits.otpSendsPerPhone, Limits.otpSendsPerPhoneMs)],
    ["phone_daily", over(counts.phoneDaily, Limits.otpSendsPerPhoneDaily, dayMs)],
    ...(atKiosk
      ? ([["kiosk", over(counts.kiosk, Limits.otpSendsPerKiosk, Limits.otpSendsPerKioskMs)]] as const)
      : ([
          ["client", over(counts.client, Limits.otpSendsPerClient, Limits.otpSendsPerClientMs)],
          ["client_daily", over(counts.clientDaily, Limits.otpSendsPerClientDaily, dayMs)],
        ] as const)),
    ["chain_daily", over(counts.chainDaily, Limits.otpSendsPerChainDaily, dayMs)],
    ["phone_failures", failureWait(phoneFailures)],
  ]
  const [rule, waitMs] = waits.reduce((longest, wait) => (wait[1] > longest[1] ? wait : longest))
  if (waitMs > 0) return { may: "wait", waitMs, rule }
  return counts.chainFailures >= Limits.otpFailuresPerChain && !atKiosk ? { may: "only_at_kiosk" } : { may: "send" }
}

/** How long a number waits after too many wrong codes, milliseconds; 0 if it need not. */
export const failureWait = ({ count, sinceLastMs }: OtpCounts["phoneFailures"]): number =>
  count < Limits.otpFailuresPerPhone ? 0 : Math.max(0, Limits.otpFailuresPerPhoneWaitMs - sinceLastMs)
