/** Looks through the devices of the program and writes what is true now into a fresh book. */
import type { MetricBook } from "#core/metrics/MetricBook.ts"

import type { BusCounters } from "../bus/BusCounters.ts"
import type { DeviceProgram } from "../DeviceProgram.ts"
import { EdgeFamilies } from "./EdgeFamilies.ts"

/** The counts of a bus by the result they stand for. */
const results = {
  answer: "answers",
  timeout: "timeouts",
  late: "late",
  echo: "echoes",
  foreign: "foreign",
  bad_sum: "badSums",
} as const satisfies Record<string, keyof BusCounters>

const addBus = (book: MetricBook, counters: BusCounters): void => {
  for (const [result, name] of Object.entries(results)) book.count(EdgeFamilies.frames, { result }, counters[name])
  book.count(EdgeFamilies.reopened, {}, counters.reopened)
  book.count(EdgeFamilies.pulses, { result: "written" }, counters.pulses)
}

const addCommands = (book: MetricBook, counts: Readonly<Record<string, number>>): void => {
  for (const [what, commands] of Object.entries(counts)) {
    if (what === "accepted") book.count(EdgeFamilies.accepted, {}, commands)
    else if (what === "repeated") book.count(EdgeFamilies.duplicates, {}, commands)
    else if (what === "expired") book.count(EdgeFamilies.expired, {}, commands)
    else book.count(EdgeFamilies.rejected, { reason: what }, commands)
  }
}

const largest = (values: ReadonlyArray<number | undefined>): number | undefined =>
  values.reduce((most, value) => (value === undefined || (most ?? -Infinity) > value ? most : value), undefined)

/** Adds what all devices of a program say together. */
export const takeEdgeCensus = (book: MetricBook, devices: ReadonlyArray<DeviceProgram>): void => {
  const buses = devices.flatMap((device) => device.buses.map((bus) => bus.counters()))
  for (const counters of buses) addBus(book, counters)
  for (const [quantile, name] of [
    ["0.5", "latencyP50Ms"],
    ["0.99", "latencyP99Ms"],
  ] as const) {
    const slowest = largest(buses.map((counters) => counters[name]))
    if (slowest !== undefined) book.set(EdgeFamilies.roundtrip, slowest / 1_000, { quantile })
  }
  const journals = devices.map(({ journal }) => ({ ...journal.status(), ...journal.watermarks() }))
  const sum = (of: (journal: (typeof journals)[number]) => number) =>
    journals.reduce((total, journal) => total + of(journal), 0)
  book.set(
    EdgeFamilies.journalBytes,
    sum(({ bytes }) => bytes),
  )
  book.set(
    EdgeFamilies.journalPending,
    sum(({ pending }) => pending),
  )
  book.set(
    EdgeFamilies.journalUnacknowledged,
    sum(({ written, acknowledged }) => Math.max(0, written - acknowledged)),
  )
  book.count(
    EdgeFamilies.journalLost,
    {},
    sum(({ lost }) => lost),
  )
  for (const { desk, hub, tally } of devices) {
    addCommands(book, desk.counts())
    book.count(EdgeFamilies.connections, {}, tally.connections)
    book.count(EdgeFamilies.malformed, {}, tally.malformed)
    book.count(EdgeFamilies.defects, {}, hub.defects)
  }
  const skew = largest(devices.map(({ time }) => skewMs(time)))
  if (skew !== undefined) book.set(EdgeFamilies.skew, skew / 1_000)
}

/** How far the wall clock is off, either way; undefined while the cloud's time is not known. */
const skewMs = (time: DeviceProgram["time"]): number | undefined => {
  const estimate = time.sync.estimate(time.monoMs())
  return estimate === undefined ? undefined : Math.abs(time.wallMs() - estimate)
}
