import { assert, describe, it } from "@effect/vitest"
import { DeviceId, ChainId } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { telemetryMetrics } from "#core/domain/Telemetry.ts"
import { deviceExamples } from "#core/wire/Examples.ts"
import type { TelemetryMessage } from "#core/wire/Telemetry.ts"
import { idOf } from "../SmallRegistry.fixture.ts"
import { telemetryRows } from "./telemetryRows.ts"

const device = { deviceId: DeviceId.make(idOf(3, 1)), chainId: ChainId.make(idOf(1, 1)) }
const example = deviceExamples.telemetry as TelemetryMessage
const dayMs = 86_400_000
const now = Date.parse("2026-11-25T12:00:00.000Z")
const rowsAt = (at: string) => telemetryRows(device, { ...example, at }, now, 90 * dayMs)

describe("the rows of a message of telemetry", () => {
  it("are the computer, the journal, every bus, the program and its commands, at the time that was told", () => {
    const rows = rowsAt("2026-11-25T11:59:58.000Z")
    assert.deepStrictEqual(
      rows.map(({ type, source }) => [type, source]),
      [
        ["vitals", null],
        ["journal", null],
        ...example.buses.map(({ name }) => ["bus", name]),
        ["program", null],
        ["commands", null],
      ],
    )
    assert.deepInclude(rows[0]?.data, { cpu_temperature_c: 51.5, rss_bytes: 91_000_000 })
    assert.strictEqual(rows[1]?.data["unacknowledged"], 0)
    assert.isTrue(rows.every(({ atMs, receivedMs }) => atMs === now - 2_000 && receivedMs === now))
  })

  it("leave out what nothing is said of", () => {
    const { host: _, rss_bytes: __, ...bare } = example
    const rows = telemetryRows(device, { ...bare, commands: [], buses: [] }, now, dayMs)
    assert.deepStrictEqual(
      rows.map(({ type }) => type),
      ["journal", "program"],
    )
  })

  it("are of the moment they came where the clock tells a time that cannot be", () => {
    const tooOld = toInstant(now - 90 * dayMs - 1)
    for (const at of ["1970-01-01T00:00:07.000Z", "2099-06-01T00:00:00.000Z", "2026-13-01T00:00:00.000Z", tooOld]) {
      assert.deepStrictEqual(new Set(rowsAt(at).map(({ atMs }) => atMs)), new Set([now]), at)
    }
    // A little ahead is a clock; a month late is still kept.
    assert.strictEqual(rowsAt(toInstant(now + 500))[0]?.atMs, now)
    assert.strictEqual(rowsAt(toInstant(now - 40 * dayMs))[0]?.atMs, now - 40 * dayMs)
  })

  it("hold every number that the charts name, except what this computer does not tell", () => {
    const rows = rowsAt(example.at)
    const missing = telemetryMetrics.filter(
      ({ type, metric }) => !rows.some((row) => row.type === type && metric in row.data),
    )
    assert.deepStrictEqual(
      missing.map(({ metric }) => metric),
      ["memory_total_bytes", "disk_free_bytes", "disk_total_bytes"],
    )
  })
})
