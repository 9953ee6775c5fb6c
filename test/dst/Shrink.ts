/** Looks for less that fails the same way: a shorter run, fewer faults, fewer branches. */
import type { Plant } from "./Plant.ts"
import { type Outcome, type Scenario, simulate } from "./Simulation.ts"

/** Gives the smallest scenario found; `onStep` is told of every step that still fails. */
export const shrink = (failed: Outcome, plant: Plant, onStep: (outcome: Outcome) => void): Outcome => {
  let smallest = failed
  const keep = (scenario: Scenario): boolean => {
    const outcome = simulate(scenario, plant)
    if (outcome.violation?.invariant !== failed.violation?.invariant) return false
    smallest = outcome
    onStep(outcome)
    return true
  }
  /** Nothing after the violation is needed. */
  const cutTail = () => {
    const { scenario, violation } = smallest
    const { branches } = scenario
    const days = Math.min(scenario.days, (smallest.branchDays / branches) * 1.001)
    if (violation !== undefined && days < scenario.days) keep({ ...scenario, days, knobs: smallest.knobs })
  }
  cutTail()
  for (const knob of smallest.knobs) {
    keep({ ...smallest.scenario, knobs: smallest.knobs.filter((other) => other !== knob) })
  }
  for (const branches of [1, 2, 3]) {
    if (branches < smallest.scenario.branches && keep({ ...smallest.scenario, knobs: smallest.knobs, branches })) break
  }
  for (const calmEveryHours of [0.25, 0.5, 1, 2, 3]) {
    const { scenario } = smallest
    if (calmEveryHours >= scenario.calmEveryHours) break
    if (keep({ ...scenario, knobs: smallest.knobs, calmEveryHours })) break
  }
  cutTail()
  return smallest
}
