/** What a program said that knows no more than the seed, as the row that is kept of it. */
import type { PlainTelemetry } from "#core/wire/PlainTelemetry.ts"
import { believedAt } from "../registry/BelievedTime.ts"
import type { DeviceAddress } from "../registry/Directory.ts"
import type { TelemetryRow } from "../store/Telemetry.ts"

/** Takes when it came and how long rows are kept, in milliseconds: a time that cannot be is when it came. */
export const reportRow = (
  { chainId, deviceId }: Pick<DeviceAddress, "deviceId" | "chainId">,
  { event, data, atMs: toldMs }: PlainTelemetry,
  receivedMs: number,
  keptForMs: number,
): TelemetryRow => {
  const toldAt = Number.isFinite(toldMs) ? believedAt(toldMs, receivedMs) : receivedMs
  const atMs = toldAt < receivedMs - keptForMs ? receivedMs : toldAt
  return { chainId, deviceId, type: "report", source: event === "" ? null : event, data, session: 0, atMs, receivedMs }
}
