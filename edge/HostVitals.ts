/**
 * What the computer says of itself: memory, load, disk, temperature. What its system does not tell is left out; a
 * Raspberry Pi tells all of it.
 */
import { readFileSync, statfsSync } from "node:fs"
import { availableParallelism, freemem, loadavg, totalmem, uptime } from "node:os"

import { Schema } from "effect"

import { HostVitals } from "#core/wire/Telemetry.ts"

/** Thousandths of a degree Celsius, on Linux. */
const temperatureFile = "/sys/class/thermal/thermal_zone0/temp"

/** Reads the vitals now; `dataFolder` is where the journal lies. */
export const readHostVitals = (dataFolder: string): HostVitals => ({
  uptime_s: Math.round(uptime()),
  load_1m: loadavg()[0] ?? 0,
  cores: availableParallelism(),
  memory_total_bytes: totalmem(),
  memory_free_bytes: freemem(),
  ...temperature(),
  ...disk(dataFolder),
})

const isTemperature = Schema.is(HostVitals.fields.cpu_temperature_c)

const temperature = (): HostVitals => {
  try {
    const celsius = Number(readFileSync(temperatureFile, "utf8")) / 1_000
    // A sensor that is not there tells of absolute zero, or worse.
    return isTemperature(celsius) ? { cpu_temperature_c: celsius } : {}
  } catch {
    return {}
  }
}

const disk = (folder: string): HostVitals => {
  try {
    const { bavail, blocks, bsize } = statfsSync(folder)
    return { disk_total_bytes: blocks * bsize, disk_free_bytes: bavail * bsize }
  } catch {
    return {}
  }
}
