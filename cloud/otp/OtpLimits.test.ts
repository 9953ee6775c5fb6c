import { assert, describe, it } from "vitest"
import { Limits } from "#core/Limits.ts"
import { mayRequest, type OtpCounts } from "./OtpLimits.ts"

const none = { count: 0, sinceOldestMs: 0 }
const nothing: OtpCounts = {
  sinceLastMs: null,
  phone: none,
  phoneDaily: none,
  client: none,
  clientDaily: none,
  kiosk: none,
  chainDaily: none,
  phoneFailures: { count: 0, sinceLastMs: 0 },
  chainFailures: 0,
}
const verdict = (counts: Partial<OtpCounts>, atKiosk = false) => mayRequest({ ...nothing, ...counts }, atKiosk)
const dayMs = 24 * 3_600_000

describe("a code", () => {
  it("is sent to whoever asks for the first time", () => {
    assert.deepStrictEqual(verdict({}), { may: "send" })
  })

  it.each([
    ["phone_gap", { sinceLastMs: 10_000 }, Limits.otpResendAfterMs - 10_000],
    ["phone", { phone: { count: Limits.otpSendsPerPhone, sinceOldestMs: 60_000 } }, Limits.otpSendsPerPhoneMs - 60_000],
    [
      "phone_daily",
      { phoneDaily: { count: Limits.otpSendsPerPhoneDaily, sinceOldestMs: 3_600_000 } },
      dayMs - 3_600_000,
    ],
    ["client", { client: { count: Limits.otpSendsPerClient, sinceOldestMs: 0 } }, Limits.otpSendsPerClientMs],
    ["client_daily", { clientDaily: { count: Limits.otpSendsPerClientDaily, sinceOldestMs: 0 } }, dayMs],
    ["chain_daily", { chainDaily: { count: Limits.otpSendsPerChainDaily, sinceOldestMs: 0 } }, dayMs],
    [
      "phone_failures",
      { phoneFailures: { count: Limits.otpFailuresPerPhone, sinceLastMs: 60_000 } },
      Limits.otpFailuresPerPhoneWaitMs - 60_000,
    ],
  ])("waits for the rule %s, exactly as long as that lasts", (rule, counts, waitMs) => {
    assert.deepStrictEqual(verdict(counts), { may: "wait", rule, waitMs })
  })

  it("waits for the longest of several rules", () => {
    const both = { sinceLastMs: 0, client: { count: Limits.otpSendsPerClient, sinceOldestMs: 0 } }
    assert.deepInclude(verdict(both), { rule: "client" })
  })

  it("is sent just below every limit", () => {
    const below = {
      sinceLastMs: Limits.otpResendAfterMs,
      phone: { count: Limits.otpSendsPerPhone - 1, sinceOldestMs: 0 },
      phoneFailures: { count: Limits.otpFailuresPerPhone - 1, sinceLastMs: 0 },
      chainFailures: Limits.otpFailuresPerChain - 1,
    }
    assert.deepStrictEqual(verdict(below), { may: "send" })
  })

  it("is sent at a kiosk to one shopper after the other, up to the kiosk's own measure", () => {
    const busy = { count: Limits.otpSendsPerClientDaily, sinceOldestMs: 60_000 }
    assert.deepInclude(verdict({ client: busy, clientDaily: busy }, true), { may: "send" })
    const flooded = { count: Limits.otpSendsPerKiosk, sinceOldestMs: 60_000 }
    const waitMs = Limits.otpSendsPerKioskMs - 60_000
    assert.deepStrictEqual(verdict({ kiosk: flooded }, true), { may: "wait", rule: "kiosk", waitMs })
    assert.deepStrictEqual(verdict({ kiosk: flooded }), { may: "send" })
  })

  it("is sent only at the kiosk while somebody tries many numbers of a chain", () => {
    const attacked = { chainFailures: Limits.otpFailuresPerChain }
    assert.deepStrictEqual(verdict(attacked), { may: "only_at_kiosk" })
    assert.deepStrictEqual(verdict(attacked, true), { may: "send" })
  })
})
