import { assert, describe, it } from "vitest"
import { telemetryMetrics } from "#core/domain/Telemetry.ts"
import { languages, wordsOf } from "../words/Language.ts"
import { quantityText } from "./quantityText.ts"
import { parseTelemetrySearch } from "./TelemetrySearch.ts"

const device = "device:00000003-0000-4000-8000-000000000001"

describe("the address of the telemetry explorer", () => {
  it("keeps what it names, and leaves out what is none", () => {
    const search = { of: device, metric: "vitals.load_1m", range: "7d", sort: "-at" } as const
    assert.deepStrictEqual(parseTelemetrySearch(search), search)
    for (const bad of [
      { of: "device:1" },
      { of: `${device}:more` },
      { of: device.replace("device", "user") },
      { metric: "vitals.secrets" },
      { range: "toString" },
      { range: "8d" },
    ]) {
      assert.deepStrictEqual(parseTelemetrySearch(bad), {}, JSON.stringify(bad))
    }
  })

  it("names numbers that every language has a word for", () => {
    for (const language of languages) {
      const words: Readonly<Record<string, string>> = wordsOf(language).telemetry.metrics
      assert.sameMembers(
        Object.keys(words),
        telemetryMetrics.map(({ type, metric }) => `${type}.${metric}`),
      )
    }
  })
})

describe("a quantity", () => {
  it("is said with its unit, large ones in larger units", () => {
    assert.strictEqual(quantityText("en", 51.46, "celsius"), "51.5°C")
    assert.strictEqual(quantityText("en", 3_221_225_472, "bytes"), "3 GiB")
    assert.strictEqual(quantityText("en", 1_536, "bytes"), "1.5 KiB")
    assert.strictEqual(quantityText("en", 12, "bytes"), "12 B")
    assert.strictEqual(quantityText("en", 7_200, "seconds"), "2 h")
    assert.strictEqual(quantityText("en", 90, "seconds"), "1.5 min")
    assert.strictEqual(quantityText("en", 7.254, "milliseconds"), "7.3ms")
    assert.strictEqual(quantityText("en", 12_345, "count"), "12,345")
  })
})
