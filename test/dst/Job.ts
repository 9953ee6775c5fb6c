/** One simulation as a worker is asked for it, and what it gives back: plain data, so that it can go between threads. */
import { huntFor, plantedBugs, seedsToCatch } from "./Hunt.ts"
import { sound } from "./Plant.ts"
import { type Outcome, type Scenario, simulate } from "./Simulation.ts"

export type Job =
  | { readonly kind: "run"; readonly scenario: Scenario }
  /** Runs seeds until the bug of this name is caught. */
  | { readonly kind: "hunt"; readonly bug: string }

export interface JobDone extends Omit<Outcome, "violation"> {
  readonly violation: { readonly invariant: string; readonly message: string } | undefined
  /** Seeds that were run. */
  readonly seeds: number
}

export const runJob = (job: Job): JobDone => {
  if (job.kind === "run") return { ...plain(simulate(job.scenario, sound)), seeds: 1 }
  const bug = plantedBugs.find(({ plant }) => plant.name === job.bug)
  if (bug === undefined) throw new RangeError(`there is no planted bug ${job.bug}`)
  for (let seed = 1; ; seed++) {
    const outcome = simulate(huntFor(bug, seed), bug.plant)
    const { violation } = outcome
    if ((violation !== undefined && bug.caughtBy.includes(violation.invariant)) || seed === seedsToCatch)
      return { ...plain(outcome), seeds: seed }
  }
}

const plain = ({ violation, ...outcome }: Outcome) => ({
  ...outcome,
  violation: violation === undefined ? undefined : { invariant: violation.invariant, message: violation.message },
})
