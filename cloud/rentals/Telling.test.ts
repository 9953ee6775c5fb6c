import { assert, describe, it } from "vitest"
import { statesOf } from "#twins/MachineCases.fixture.ts"
import { segmentsOf } from "../sms/Segments.ts"
import { isStillSo, purposes, quietUntil, type Telling, tellingOf } from "./Telling.ts"
import { tellingText } from "./TellingText.ts"

const states = statesOf("rental").map((one) => one.slice("life.".length))
const abouts = Object.keys(purposes) as ReadonlyArray<Telling>

describe("what a shopper is told", () => {
  it("follows from how the rental moved", () => {
    const table: ReadonlyArray<readonly [string, string, Telling | undefined]> = [
      ["pickup.waiting", "active.inTime", "started"],
      ["pickup.waiting", "pickup.nagging", "notTaken"],
      ["active.inTime", "active.dueSoon", "dueSoon"],
      ["active.dueSoon", "overdue.mild", "overdue"],
      ["overdue.mild", "overdue.serious", undefined],
      ["overdue.severe", "overdue.lost", "lost"],
      ["settling", "returned", "returned"],
      ["settling", "returnedLate", "returnedLate"],
      ["settling", "active.inTime", undefined],
      ["forceCompleted", "active.inTime", undefined],
      ["disputed", "returned", undefined],
      ["returned", "active.inTime", "reopened"],
      ["returnedLate", "overdue.mild", "reopened"],
      ["disputed", "active.dueSoon", "reopened"],
      ["verifying", "failed", "notStarted"],
      ["unlocking", "failed", undefined],
      ["unlocking", "assigning", undefined],
    ]
    for (const [before, after, about] of table) assert.strictEqual(tellingOf(before, after, false), about, after)
  })

  it("is a correction when the reminder went out after the cart was back in time", () => {
    assert.strictEqual(tellingOf("settling", "returned", true), "correction")
    assert.strictEqual(tellingOf("settling", "returnedLate", true), "returnedLate")
  })

  it("is nothing when nothing moved", () => {
    for (const state of states) assert.isUndefined(tellingOf(state, state, true))
  })

  it("is dropped when it is no longer so", () => {
    assert.isTrue(isStillSo("dueSoon", "active.dueSoon"))
    assert.isFalse(isStillSo("dueSoon", "returned"))
    assert.isFalse(isStillSo("overdue", "settling"))
    assert.isFalse(isStillSo("started", "returned"))
    for (const state of states) assert.isTrue(isStillSo("returned", state))
  })

  it("is at most three parts long in every language, and names its cart", () => {
    for (const locale of ["he", "en", "ar", "ru"] as const) {
      for (const about of abouts) {
        const text = tellingText(locale, about, { cart: "TLV-17", bay: "B12", due: "14:05", ended: "13:40" })
        assert.isAtMost(segmentsOf(text), 3, `${locale} ${about}`)
        assert.notInclude(text, "undefined")
      }
    }
  })
})

describe("the night of a branch", () => {
  const at = (utc: string) => Date.parse(`2026-11-25T${utc}:00Z`)
  it("lasts from ten to seven by the branch's own clock", () => {
    // Two hours ahead of UTC in November.
    assert.isNull(quietUntil("returned", "Asia/Jerusalem", at("19:59")))
    assert.strictEqual(quietUntil("returned", "Asia/Jerusalem", at("20:00")), at("20:00") + 9 * 3_600_000)
    assert.strictEqual(quietUntil("overdue", "Asia/Jerusalem", at("04:59")), at("05:00"))
    assert.isNull(quietUntil("overdue", "Asia/Jerusalem", at("05:00")))
    assert.isNotNull(quietUntil("overdue", "UTC", at("05:00")))
  })

  it("does not keep from whoever stands there that the cart waits", () => {
    assert.isNull(quietUntil("notTaken", "UTC", at("23:30")))
    assert.isNull(quietUntil("notStarted", "UTC", at("23:30")))
  })
})
