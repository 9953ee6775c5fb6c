/** One message of telemetry as the rows that are kept of it. */
import type { Schema } from "effect"
import { fromInstant } from "#core/domain/Instant.ts"
import type { TelemetryType } from "#core/domain/Telemetry.ts"
import type { TelemetryMessage } from "#core/wire/Telemetry.ts"
import { believedAt } from "../registry/BelievedTime.ts"
import type { DeviceAddress } from "../registry/Directory.ts"
import type { TelemetryRow } from "../store/Telemetry.ts"

type Part = readonly [type: TelemetryType, source: string | null, data: Readonly<Record<string, Schema.Json>>]

/**
 * When it was said, as far as that can be: an instant before anything that is kept, or after now, is not one. Telemetry is
 * never sent later than at once, so then it was said when it came.
 */
export const saidAt = (message: Pick<TelemetryMessage, "at">, receivedMs: number, keptForMs: number): number => {
  const told = fromInstant(message.at)
  const atMs = Number.isFinite(told) ? believedAt(told, receivedMs) : receivedMs
  return atMs < receivedMs - keptForMs ? receivedMs : atMs
}

/** The rows of a message: a computer, a journal, every bus, the program, and its commands if there were any. */
export const telemetryRows = (
  device: Pick<DeviceAddress, "deviceId" | "chainId">,
  message: TelemetryMessage,
  receivedMs: number,
  keptForMs: number,
): ReadonlyArray<TelemetryRow> => {
  const { host, rss_bytes, journal, buses, commands, session } = message
  const { clock_uncertainty_ms, connections, malformed, unexpected, defects } = message
  const vitals = { ...host, ...(rss_bytes === undefined ? {} : { rss_bytes }) }
  const parts: ReadonlyArray<Part> = [
    ["vitals", null, vitals],
    ["journal", null, { ...journal, unacknowledged: Math.max(0, journal.written - journal.acknowledged) }],
    ...buses.map(({ name, ...counters }): Part => ["bus", name, counters]),
    ["program", null, { clock_uncertainty_ms, connections, malformed, unexpected, defects }],
    ["commands", null, Object.fromEntries(commands.map(({ what, times }) => [what, times]))],
  ]
  const atMs = saidAt(message, receivedMs, keptForMs)
  const { chainId, deviceId } = device
  return parts
    .filter(([, , data]) => Object.keys(data).length > 0)
    .map(([type, source, data]) => ({ chainId, deviceId, type, source, data, session, atMs, receivedMs }))
}
