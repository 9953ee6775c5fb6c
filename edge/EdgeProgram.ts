/**
 * The edge program: every device of one config, the simulator if there are simulated buses, and the line that says that it
 * is ready. Devices share the process and nothing else.
 */
import { randomUUID } from "node:crypto"

import { Effect, type Scope } from "effect"

import { MetricBook } from "#core/metrics/MetricBook.ts"

import { verifyWith } from "./commands/CommandKeys.ts"
import type { BusConfig, DeviceConfig, EdgeConfig } from "./config/EdgeConfig.ts"
import { keepDevice } from "./DeviceLives.ts"
import type { DeviceProgram } from "./DeviceProgram.ts"
import { readHostVitals } from "./HostVitals.ts"
import { logIndicator } from "./indicator/Indicator.ts"
import { type DirectoryTaken, openDataDirectory } from "./journal/DataDirectory.ts"
import type { DiskError } from "./journal/Disk.ts"
import type { SerialLink } from "./link/SerialLink.ts"
import { makeTcpLink } from "./link/TcpLink.ts"
import { makeTtyLink } from "./link/TtyLink.ts"
import { meteredDisk } from "./metrics/MeteredDisk.ts"
import { type MetricsPortTaken, startMetricsPort } from "./metrics/MetricsPort.ts"
import { type ControlPortTaken, startSimControl } from "./sim/SimControl.ts"
import { type SimHost, type ShownBus, startSimHost } from "./sim/SimHost.ts"
import { makeMqttLink } from "./sync/MqttLink.ts"

export interface EdgeProgram {
  /** Every device as it is in its present life. */
  readonly devices: () => ReadonlyArray<DeviceProgram>
  /** Where the simulator is controlled; undefined without one. */
  readonly control: string | undefined
  readonly buses: ReadonlyArray<ShownBus>
  /** Where the metrics are served; undefined if nowhere. */
  readonly metrics: string | undefined
}

/** Why an edge can not start; `message` is a sentence for people. */
export type EdgeStartError = ControlPortTaken | DirectoryTaken | DiskError | MetricsPortTaken

/** Starts everything in the config; it runs as long as the scope lives. */
export const startEdge = Effect.fn("startEdge")(function* (
  config: EdgeConfig,
): Effect.fn.Return<EdgeProgram, EdgeStartError, Scope.Scope> {
  // First all data, so that a second edge on the same data touches nothing else.
  const disks = yield* Effect.forEach(config.devices, ({ id }) => openDataDirectory(config.data_dir, id))
  const simulator = config.simulator
  const host = simulator === undefined ? undefined : yield* startSimHost(config, simulator)
  const control =
    simulator === undefined || host === undefined ? undefined : yield* startSimControl(host, simulator.control_port)
  const verify = verifyWith(config.command_keys)
  const counted = new MetricBook()
  const lives: Array<() => DeviceProgram> = []
  for (const [index, device] of config.devices.entries()) {
    const disk = disks[index]
    if (disk === undefined) continue
    const links = device.buses.map((bus, busIndex) => linkOf(host, device, bus, busIndex))
    const mqtt = makeMqttLink(device.broker ?? config.broker)
    const newId = Effect.sync(() => randomUUID())
    const vitals = () => ({ rssBytes: process.memoryUsage.rss(), host: readHostVitals(config.data_dir) })
    const indicator = device.simulated && host !== undefined ? host.indicator : logIndicator
    const ports = { disk: meteredDisk(disk, counted), links, mqtt, newId, verify, vitals, indicator }
    lives.push(yield* keepDevice(device, ports))
  }
  const devices = () => lives.map((life) => life())
  const port = config.metrics_port
  const metrics = port === undefined ? undefined : yield* startMetricsPort(counted, devices, port)
  return { devices, control, buses: host?.shown ?? [], metrics }
})

const linkOf = (host: SimHost | undefined, device: DeviceConfig, { link }: BusConfig, busIndex: number): SerialLink => {
  switch (link.kind) {
    case "tty":
      return makeTtyLink({ path: link.path, baudRate: link.baudrate })
    case "tcp":
      return makeTcpLink({ host: link.host, port: link.port })
    case "simulated": {
      if (host === undefined) throw new RangeError("a simulated bus without a simulator passed the config's checks")
      return host.linkOf(device, busIndex)
    }
  }
}
