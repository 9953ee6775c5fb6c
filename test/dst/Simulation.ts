/**
 * One simulation: the real edge programs, the real cloud services and the simulated world of boards and carts, on one
 * virtual clock and one seed. It alternates between mischief, in which anything may break and safety must hold, and calm, in
 * which nothing breaks any more and everything that was pending must be done, and said as it is.
 */
import { type Knob, knobsOf } from "./Knobs.ts"
import { type Plant, sound } from "./Plant.ts"
import { randomOf } from "#core/Random.ts"
import { System } from "./System.ts"
import { Violation } from "./Verdicts.ts"

export interface Scenario {
  readonly seed: number
  readonly days: number
  readonly branches: number
  readonly boards: number
  readonly baysPerBoard: number
  /** Visits of a branch in its busiest hour. */
  readonly perHour: number
  /** How often each enabled fault strikes, as a multiple of what is usual. */
  readonly intensity: number
  /** Hours between two calms. */
  readonly calmEveryHours: number
  /** The faults; undefined leaves the choice to the seed. */
  readonly knobs: ReadonlyArray<Knob> | undefined
}

export const usual: Omit<Scenario, "seed"> = {
  days: 1,
  branches: 4,
  boards: 2,
  baysPerBoard: 3,
  perHour: 4,
  intensity: 1,
  calmEveryHours: 6,
  knobs: undefined,
}

export interface Outcome {
  readonly scenario: Scenario
  readonly knobs: ReadonlyArray<Knob>
  readonly violation: Violation | undefined
  readonly sha256: string
  readonly lines: number
  readonly recent: ReadonlyArray<string>
  readonly pulses: number
  readonly commands: number
  readonly branchDays: number
  readonly sometimes: Readonly<Record<string, number>>
}

const dayMs = 86_400_000
const hourMs = 3_600_000
/** Everything starts at six in the morning of a Sunday, UTC. */
const startMs = Date.UTC(2026, 0, 4, 6)
/** How long calm lasts before it is judged: everything pending has a minute, and the longest back-offs before it. */
const calmMs = 240_000
/** The last part of it, in which nobody moves anything: what is judged is at rest. */
const stillMs = 30_000

/** Runs it to its end, or to the first violation. `onLine` is given every line of the trace. */
export const simulate = (scenario: Scenario, plant: Plant = sound, onLine?: (line: string) => void): Outcome => {
  const knobs = scenario.knobs ?? knobsOf(randomOf(scenario.seed, "knobs"))
  const system = new System(scenario, knobs, plant, startMs, onLine)
  const { sometimes, time, trace, verdicts } = system
  const quiet = () => {
    if (verdicts.violation !== undefined) throw verdicts.violation
  }
  const endMs = startMs + scenario.days * dayMs
  try {
    while (time.nowMs < endMs) {
      time.runUntil(Math.min(time.nowMs + scenario.calmEveryHours * hourMs, endMs), quiet)
      system.calm(calmMs - stillMs)
      const calmFromMs = time.nowMs
      time.runUntil(calmFromMs + calmMs, quiet)
      system.judgeRest(calmFromMs)
      quiet()
      system.mischief()
    }
  } catch (error) {
    if (!(error instanceof Violation)) throw error
  }
  return {
    scenario,
    knobs,
    violation: verdicts.violation,
    sha256: trace.sha256(),
    lines: trace.lines,
    recent: trace.recent(),
    pulses: system.judge.pulses,
    commands: system.commands.size,
    branchDays: ((time.nowMs - startMs) / dayMs) * scenario.branches,
    sometimes: sometimes.counts(),
  }
}
