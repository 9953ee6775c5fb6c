/** How a device is, as one message: its computer, its journal, its buses, and what it took on and refused. */
import { toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import type { BusTelemetry, HostVitals, TelemetryMessage } from "#core/wire/Telemetry.ts"

import type { Rs485Bus } from "../bus/Rs485Bus.ts"
import type { CommandDesk } from "../commands/CommandDesk.ts"
import type { Hub } from "../hub/Hub.ts"
import type { Journal } from "../journal/Journal.ts"
import type { SyncTally } from "./DeviceSync.ts"
import type { DeviceTime } from "./DeviceTime.ts"
import type { Voice } from "./Voice.ts"

/** The program's memory in bytes, and its computer. */
export type Vitals = () => { readonly rssBytes: number; readonly host: HostVitals }

export interface TelemetryParts {
  readonly voice: Voice
  readonly time: DeviceTime
  readonly journal: Journal
  readonly buses: ReadonlyArray<Rs485Bus>
  readonly desk: CommandDesk
  readonly hub: Pick<Hub, "defects">
  readonly tally: SyncTally
  readonly vitals: Vitals | undefined
}

/** The telemetry of this moment. */
export const telemetryOf = (parts: TelemetryParts): TelemetryMessage => {
  const { voice, time, journal, buses, desk, hub, tally } = parts
  const vitals = parts.vitals?.()
  const { failure, ...status } = journal.status()
  return {
    v: 1,
    session: voice.session,
    at: toInstant(time.nowMs()),
    simulated: voice.device.simulated,
    ...(vitals === undefined ? {} : { rss_bytes: vitals.rssBytes, host: vitals.host }),
    journal: { ...journal.watermarks(), ...status, failure: failure?.slice(0, Limits.textCharacters) ?? null },
    buses: buses.map(busTelemetry),
    commands: Object.entries(desk.counts()).map(([what, times]) => ({ what, times })),
    defects: hub.defects,
    clock_uncertainty_ms: time.sync.uncertaintyMs(time.monoMs()) ?? null,
    connections: tally.connections,
    malformed: tally.malformed,
    unexpected: tally.unexpected,
  }
}

/** What happened on a bus, as it is told. */
export const busTelemetry = (bus: Rs485Bus): BusTelemetry => {
  const counters = bus.counters()
  return {
    name: bus.name,
    state: bus.health().state,
    tx_bytes: counters.txBytes,
    rx_bytes: counters.rxBytes,
    answers: counters.answers,
    timeouts: counters.timeouts,
    late: counters.late,
    echoes: counters.echoes,
    foreign: counters.foreign,
    garbage_bytes: counters.garbageBytes,
    bad_sums: counters.badSums,
    reopened: counters.reopened,
    pulses: counters.pulses,
    latency_p50_ms: counters.latencyP50Ms ?? null,
    latency_p99_ms: counters.latencyP99Ms ?? null,
  }
}
