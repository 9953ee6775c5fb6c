/** A CU16 frame as one plain sentence. Bits are shown raw, as lock numbers 1 to 16; what a 1 means is not decided here. */
import { Limits } from "../Limits.ts"
import type { Cu16Frame } from "./Frame.ts"

/** What the frame says, for people. */
export const describeFrame = (frame: Cu16Frame): string => {
  switch (frame.kind) {
    case "queryStatus":
      return `host asks board ${frame.board} for its status`
    case "unlock":
      return `host unlocks board ${frame.board} lock ${frame.lockIndex + 1} (index ${frame.lockIndex}); no answer follows`
    case "queryAllStatus":
      return "host asks all boards for their status"
    case "queryBusStatusOf":
      return `host sends the bus-wide status query to board ${frame.board} alone`
    case "unlockAll":
      return `host unlocks ALL locks of board ${frame.board}; no answer follows`
    case "status":
      return `board ${frame.board} answers: ${bits(frame.hooks, frame.presence)}`
    case "busStatus":
      return `board ${frame.board} answers the query to all: ${bits(frame.hooks, frame.presence)}`
    case "queryUnlockTime":
      return `host asks board ${frame.board} for its unlocking time`
    case "setUnlockTime":
      return `host sets the unlocking time of board ${frame.board} to ${frame.unlockTimeMs} ms`
    case "unlockTime":
      return `board ${frame.board} answers: unlocking time ${frame.unlockTimeMs} ms`
    case "delayedUnlock":
      return `host sets or starts an unlock of board ${frame.board} after ${frame.delaySeconds} s`
    case "queryDetection":
      return `host asks board ${frame.board} for its detection status`
    case "queryAllDetection":
      return "host asks all boards for their detection status"
    case "setBaudRate":
      return `host sets board ${frame.board} to ${baudRates[frame.baudCode] ?? "an unknown"} baud`
  }
}

const baudRates = [9_600, 19_200, 57_600, 115_200]

const bits = (hooks: number, presence: number) =>
  `hook bits 1 at ${numbers(hooks)}, presence bits 1 at ${numbers(presence)}`

const numbers = (word: number): string => {
  const set = Array.from({ length: Limits.locksPerBoard }, (_, index) => index).filter((index) => (word >> index) & 1)
  if (set.length === 0) return "none"
  return set.length === Limits.locksPerBoard ? "all" : set.map((index) => index + 1).join(" ")
}
