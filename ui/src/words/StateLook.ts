/**
 * How a state looks: its tone and its picture. The word comes from the dictionary; a chip always shows all three, so
 * that colour is never alone. A state this table does not know looks unknown, never fine.
 */
import type { TwinKind } from "#core/domain/Ids.ts"
import { regionWord } from "#twins/Words.ts"
import type { Words } from "./English.ts"

export type Tone = "good" | "busy" | "warn" | "bad" | "away" | "unknown"

export const pictures = [
  "unknown",
  "parked",
  "opening",
  "open",
  "waiting",
  "entering",
  "out",
  "empty",
  "settling",
  "alert",
  "jammed",
  "fine",
  "slow",
  "noise",
  "cut",
  "stopped",
  "compare",
  "wrench",
] as const
export type Picture = (typeof pictures)[number]

export interface Look {
  readonly tone: Tone
  readonly picture: Picture
}

const unknownLook: Look = { tone: "unknown", picture: "unknown" }
const look = (tone: Tone, picture: Picture): Look => ({ tone, picture })

const looks: Readonly<Record<TwinKind, Readonly<Record<string, Look>>>> = {
  bay: {
    "latch.dark": unknownLook,
    "latch.secured": look("good", "parked"),
    "latch.releasing.pulsing": look("busy", "opening"),
    "latch.releasing.watching": look("busy", "opening"),
    "latch.releasing.verifying": look("busy", "opening"),
    "latch.ajar.undetermined": look("warn", "open"),
    "latch.ajar.released": look("busy", "open"),
    "latch.ajar.lingering": look("warn", "waiting"),
    "latch.ajar.entering": look("busy", "entering"),
    "latch.ajar.unlatched": look("warn", "open"),
    "latch.empty": look("away", "empty"),
    "latch.settling": look("busy", "settling"),
    "latch.latchedEmpty": look("warn", "alert"),
    "latch.jammed": look("bad", "jammed"),
    "sensor.trusted": look("good", "fine"),
    "sensor.suspect": look("warn", "noise"),
    "service.inService": look("good", "fine"),
    "service.returnOnly": look("warn", "entering"),
    "service.maintenance": look("warn", "wrench"),
    "service.disabled": look("away", "stopped"),
  },
  cart: {
    "dock.unknown": unknownLook,
    "dock.secured": look("good", "parked"),
    "dock.releasing": look("busy", "opening"),
    "dock.released": look("busy", "open"),
    "dock.away": look("away", "out"),
    "custody.unplaced": look("away", "unknown"),
    "custody.available": look("good", "fine"),
    "custody.reserved": look("busy", "waiting"),
    "custody.rented": look("away", "out"),
    "custody.overdue": look("bad", "waiting"),
    "custody.maintenance": look("warn", "wrench"),
    "custody.missing": look("bad", "alert"),
    "custody.retired": look("away", "stopped"),
  },
  controller: {
    "link.probing": look("unknown", "compare"),
    "link.polling": look("good", "fine"),
    "link.slow": look("warn", "slow"),
    "link.garbled": look("bad", "noise"),
    "link.silent": look("bad", "cut"),
    "link.busDown": look("bad", "cut"),
    "link.disabled": look("away", "stopped"),
  },
  device: {
    "connection.enrolled": unknownLook,
    "connection.pending": look("busy", "waiting"),
    "connection.online": look("good", "fine"),
    "connection.lost": look("warn", "cut"),
    "connection.offline": look("bad", "cut"),
    "connection.quarantined": look("bad", "stopped"),
    "connection.decommissioned": look("away", "stopped"),
    "sync.unsynced": look("unknown", "compare"),
    "sync.comparing": look("busy", "compare"),
    "sync.inSync": look("good", "fine"),
    "sync.diverged": look("bad", "alert"),
    "health.unknown": unknownLook,
    "health.ok": look("good", "fine"),
    "health.degraded": look("warn", "alert"),
    "health.faulted": look("bad", "alert"),
  },
  rental: {
    "life.new": look("unknown", "compare"),
    "life.assigning": look("busy", "compare"),
    "life.unlocking": look("busy", "opening"),
    "life.verifying": look("warn", "compare"),
    "life.uncertain": look("bad", "alert"),
    "life.pickup.waiting": look("busy", "open"),
    "life.pickup.nagging": look("warn", "waiting"),
    "life.active.inTime": look("good", "out"),
    "life.active.dueSoon": look("warn", "waiting"),
    "life.overdue.mild": look("warn", "alert"),
    "life.overdue.serious": look("bad", "waiting"),
    "life.overdue.severe": look("bad", "waiting"),
    "life.overdue.lost": look("bad", "alert"),
    "life.settling": look("busy", "settling"),
    "life.returned": look("good", "parked"),
    "life.returnedLate": look("warn", "parked"),
    "life.disputed": look("warn", "noise"),
    "life.forceCompleted": look("away", "wrench"),
    "life.failed": look("bad", "cut"),
    "life.cancelled": look("away", "stopped"),
    "life.refused": look("away", "cut"),
  },
}

/** The path of the state a region is in, for example `latch.ajar.released`. */
export const statePath = (value: unknown, region: string): string =>
  `${region}.${isJson(value) ? regionWord(value, region) : "unknown"}`

const isJson = (value: unknown): value is Parameters<typeof regionWord>[0] => value !== undefined

/** The look of a state by its path. */
export const lookOf = (kind: TwinKind, path: string): Look => looks[kind][path] ?? unknownLook

/** The word of a state by its path; a state without a word is named as the machine names it. */
export const stateWord = (words: Words, kind: TwinKind, path: string): string => {
  const known: Readonly<Record<string, string>> = words.states[kind]
  return known[path] ?? path.slice(path.lastIndexOf(".") + 1)
}

/** A bay's state in the one or two words a cell of the map has room for: what exactly it does to open is for its panel. */
export const bayCellWord = (words: Words, path: string): string =>
  stateWord(words, "bay", path.startsWith("latch.releasing.") ? "latch.releasing" : path)

/** Every latch state of a bay with its look, for the legend. */
export const latchLooks: ReadonlyArray<readonly [path: string, look: Look]> = Object.entries(looks.bay)
  .filter(([path]) => path.startsWith("latch."))
  .filter(([path]) => !path.startsWith("latch.releasing.") || path.endsWith("pulsing"))

/** What a bay counts as in the branch's tally. */
export type BayGroup = keyof Words["branch"]["tally"]
export const bayGroups: ReadonlyArray<BayGroup> = ["parked", "empty", "moving", "attention", "unknown"]

const groupOfTone: Readonly<Record<Tone, BayGroup>> = {
  good: "parked",
  away: "empty",
  busy: "moving",
  warn: "attention",
  bad: "attention",
  unknown: "unknown",
}

/** The group of a bay: by its latch, and unknown for one of which the page has heard nothing. */
export const bayGroupOf = (value: unknown): BayGroup => groupOfTone[lookOf("bay", statePath(value, "latch")).tone]
