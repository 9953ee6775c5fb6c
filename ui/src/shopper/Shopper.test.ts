import { assert, describe, it } from "vitest"
import { Limits } from "#core/Limits.ts"
import { chartOf, type ChartState } from "#twins/chart/Chart.ts"
import { secondsUntilReset } from "./secondsUntilReset.ts"
import { placeText } from "./placeText.ts"
import { refusalText } from "./refusalText.ts"
import { rentalScreen } from "./RentalScreen.ts"
import { refusalOf } from "./ShopperApi.ts"
import { shopperPlace } from "./ShopperPlace.ts"
import { clockText, shopperLanguages, shopperWords, spanText } from "./words/ShopperLanguage.ts"

const leaves = (states: ReadonlyArray<ChartState>): ReadonlyArray<string> =>
  states.flatMap(({ id, states }) => (states.length === 0 ? [id] : leaves(states)))

describe("the screen of a rental", () => {
  it("is there for every state of its machine, and only a doubtful one sends to the staff", () => {
    const states = leaves(chartOf("rental").states).map((id) => id.replace(/^life\./u, ""))
    assert.include(states, "pickup.nagging")
    assert.deepStrictEqual(
      states.filter((state) => rentalScreen(state) === "staff"),
      ["uncertain"],
    )
    assert.strictEqual(rentalScreen("levitating"), "staff")
  })

  it("says to pull only when the lock has said that it is open", () => {
    const states = leaves(chartOf("rental").states).map((id) => id.replace(/^life\./u, ""))
    assert.deepStrictEqual(
      states.filter((state) => rentalScreen(state) === "pull"),
      ["pickup.waiting", "pickup.nagging"],
    )
  })
})

describe("the place of a cart", () => {
  const row = Array.from({ length: 16 }, (_, at) => `A${at + 1}`)

  it("is counted from the nearer end", () => {
    const at = (label: string) => placeText(shopperWords.en, row, label)
    assert.strictEqual(at("A3"), "third from the left")
    assert.strictEqual(at("A8"), "eighth from the left")
    assert.strictEqual(at("A9"), "eighth from the right")
    assert.strictEqual(at("A16"), "first from the right")
    assert.include(at("B1"), "B1")
    assert.strictEqual(placeText(shopperWords.en, ["A1"], "A1"), "the only one there")
  })

  it("is in words for every bay of a board, in every language, each another", () => {
    for (const language of shopperLanguages) {
      assert.strictEqual(new Set(row.map((label) => placeText(shopperWords[language], row, label))).size, row.length)
    }
  })
})

describe.each(shopperLanguages)("the shopper's words in %s", (language) => {
  it("leave nothing empty", () => {
    assert.notInclude(JSON.stringify(shopperWords[language]), '""')
  })

  it("name a refusal that nobody has heard of as the system not answering, and say how long to wait", () => {
    const { refused } = shopperWords[language]
    assert.strictEqual(refusalText(language, refusalOf("<html>")), refused.unavailable)
    assert.strictEqual(
      refusalText(language, refusalOf({ type: "urn:cartwise:problem:levitated" })),
      refused.unavailable,
    )
    const wait = refusalOf({ type: "urn:cartwise:problem:too_many_requests", retry_after_s: 90 })
    assert.include(refusalText(language, wait), spanText(language, 90_000))
  })

  it("count with the digits that are printed on bays", () => {
    assert.match(clockText(language, Date.UTC(2026, 0, 1, 12, 30), "Asia/Jerusalem"), /14:30/u)
    assert.include(spanText(language, 25_000), "25")
    assert.include(shopperWords[language].freeCarts(12), "12")
  })
})

describe("a kiosk that nobody touches", () => {
  it("warns ten seconds before it starts over", () => {
    assert.isUndefined(secondsUntilReset(0))
    assert.isUndefined(secondsUntilReset(Limits.kioskIdleMs - Limits.kioskWarningMs - 1))
    assert.strictEqual(secondsUntilReset(Limits.kioskIdleMs - Limits.kioskWarningMs), 10)
    assert.strictEqual(secondsUntilReset(Limits.kioskIdleMs - 1), 1)
    assert.strictEqual(secondsUntilReset(Limits.kioskIdleMs + 5_000), 0)
  })
})

describe("an address", () => {
  it("is of a phone or of a kiosk of a branch, or none of a shopper", () => {
    assert.deepStrictEqual(shopperPlace("/s/TLV-01"), { seat: "own_phone", branch: "TLV-01" })
    assert.deepStrictEqual(shopperPlace("/k/TLV-01/"), { seat: "kiosk", branch: "TLV-01" })
    for (const other of ["/", "/s", "/s/", "/s/a/b", "/branches/x"]) assert.isUndefined(shopperPlace(other), other)
  })
})
