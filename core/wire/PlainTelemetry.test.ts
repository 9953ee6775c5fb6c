import { assert, describe, it } from "@effect/vitest"
import { readPlainTelemetry } from "./PlainTelemetry.ts"

describe("telemetry without a version", () => {
  it("is an event with its data, as the seed's record has it; its time without an offset is UTC", () => {
    const said = { event_type: "door", event_data: { open: true }, timestamp: "2026-11-25T10:00:00.250000" }
    assert.deepStrictEqual(readPlainTelemetry(said), {
      event: "door",
      data: { open: true },
      atMs: Date.UTC(2026, 10, 25, 10, 0, 0, 250),
    })
    assert.strictEqual(
      readPlainTelemetry({ ...said, timestamp: "2026-11-25T12:00:00+02:00" })?.atMs,
      Date.UTC(2026, 10, 25, 10),
    )
  })

  it("is any object, kept whole, when it is not so", () => {
    for (const said of [{ cpu: 0.4 }, { event_type: "x" }, { event_type: 7, event_data: {} }, {}]) {
      const read = readPlainTelemetry(said)
      assert.deepStrictEqual(read?.data, said)
      assert.isNaN(read?.atMs)
    }
  })

  it("is none when it says its version, or is no object", () => {
    for (const said of [{ v: 1 }, { v: null }, null, [], "text", 7]) assert.isUndefined(readPlainTelemetry(said))
  })
})
