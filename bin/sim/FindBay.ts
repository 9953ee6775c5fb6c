/** Which simulated bay a person means: by id, by label, or by `BRANCH/LABEL` where two branches print the same label. */
import type { SimulatedBay } from "./SimulatorControl.ts"

/** A bay as people write it. */
export const bayInFull = (bay: SimulatedBay): string =>
  bay.branch === undefined || bay.branch === null ? bay.label : `${bay.branch}/${bay.label}`

/** All bays the words could mean, in any case: one if they are clear, none if there is no such bay. */
export const baysMeant = (bays: ReadonlyArray<SimulatedBay>, words: string): ReadonlyArray<SimulatedBay> => {
  const wanted = words.toLowerCase()
  return bays.filter((bay) => [bay.id, bay.label, bayInFull(bay)].some((name) => name.toLowerCase() === wanted))
}
