/**
 * The faults of a simulation, each a knob that a seed turns on or off (swarm testing: a run with everything at once hides
 * what needs quiet elsewhere). The number is how often it strikes in a branch-day, or how likely it is each time.
 */
import type { Random } from "#core/Random.ts"

/** Knobs that strike at instants: times a day, for each device or for the one part they hit. */
export const strikes = {
  edgeCrash: 12,
  edgeCrashMidCommand: 10,
  cloudCrash: 10,
  brokerCrash: 6,
  databaseCrash: 6,
  edgePause: 8,
  cloudPause: 6,
  partition: 8,
  oneWay: 6,
  dayLong: 0.3,
  connectionReset: 12,
  clockJump: 6,
  diskFull: 4,
  serialNoise: 4,
  serialEcho: 3,
  serialLate: 4,
  repliesLost: 4,
  replyCutShort: 3,
  boardSilent: 4,
  unplug: 3,
  jam: 4,
  sensorCut: 2,
  forcedOpen: 4,
  retainedGhost: 4,
  staleWill: 6,
  replay: 8,
  oldSnapshot: 16,
  heldCommand: 10,
  lateCommand: 8,
  repeatedCommand: 12,
  retainedCommand: 4,
  bounce: 6,
  poison: 6,
  strangerCommand: 4,
} as const

/** Knobs that lie on everything that passes: how likely, each time. */
export const shares = {
  lost: 0.02,
  repeated: 0.03,
  reordered: 0.02,
  delayTail: 0.05,
  commitBreaks: 0.01,
} as const

export type Knob = keyof typeof strikes | keyof typeof shares | "clockOffset" | "slowDisk" | "slowDatabase"

export const knobs: ReadonlyArray<Knob> = [
  ...(Object.keys(strikes) as ReadonlyArray<keyof typeof strikes>),
  ...(Object.keys(shares) as ReadonlyArray<keyof typeof shares>),
  "clockOffset",
  "slowDisk",
  "slowDatabase",
]

export const isKnob = (name: string): name is Knob => (knobs as ReadonlyArray<string>).includes(name)

/** The knobs that a seed turns on: about a third of them, sometimes none. */
export const knobsOf = (random: Random): ReadonlyArray<Knob> => {
  const share = random.pick([0, 0.15, 0.35, 0.35, 0.6]) ?? 0
  return knobs.filter(() => random.chance(share))
}
