/** The scenario in which planted bugs are hunted: short and dense, with the faults on that the bug takes to show. */
import { randomOf } from "#core/Random.ts"
import { knobsOf } from "./Knobs.ts"
import { cloudPlants } from "./plants/CloudPlants.ts"
import { edgePlants, type PlantedBug } from "./plants/EdgePlants.ts"
import { type Scenario, usual } from "./Simulation.ts"

export const plantedBugs: ReadonlyArray<PlantedBug> = [...edgePlants, ...cloudPlants]

/** Seeds within which every planted bug must be caught. */
export const seedsToCatch = 60

export const huntFor = ({ needs, without = [] }: PlantedBug, seed: number): Scenario => ({
  ...usual,
  seed,
  days: 0.2,
  branches: 2,
  boards: 1,
  perHour: 20,
  intensity: 6,
  calmEveryHours: 1.2,
  knobs: [...new Set([...needs, ...knobsOf(randomOf(seed, "knobs"))])].filter((knob) => !without.includes(knob)),
})
