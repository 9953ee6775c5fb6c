/** Which faults strike how often. The lanes run beside each other, each on a stack of its own. */
import type { PlannedFault } from "./ChaosRun.ts"
import { lineRounds } from "./LineRounds.ts"
import { messageRounds } from "./MessageRounds.ts"
import { processFaults } from "./ProcessFaults.ts"
import type { ChaosFault } from "./Scene.ts"
import { storageRounds } from "./StorageRounds.ts"

/** Every fault there is. */
export const chaosFaults: ReadonlyArray<ChaosFault> = [
  ...processFaults,
  ...messageRounds,
  ...storageRounds,
  ...lineRounds,
]

/** Of the rounds of a program that is killed or stopped, the share that every other fault gets. */
const othersShare = 1 / 3

/** The plan of each lane, with the faults whose names hold one of the words; all of them without a word. */
export const chaosLanes = (
  rounds: number,
  words: ReadonlyArray<string> = [],
): ReadonlyArray<ReadonlyArray<PlannedFault>> => {
  const planned = (faults: ReadonlyArray<ChaosFault>, times: number) =>
    faults
      .filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)))
      .map((fault) => ({ fault, rounds: times }))
  const fewer = Math.max(1, Math.floor(rounds * othersShare))
  const lanes = [
    planned(processFaults, rounds),
    planned([...messageRounds, ...storageRounds], fewer),
    planned(lineRounds, fewer),
  ]
  return lanes.filter((lane) => lane.length > 0)
}
