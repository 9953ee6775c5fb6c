/** Every fault a simulated bay or board can have, by the name of the real one. A new fault is a file and a line here. */
import type { Fault } from "./Fault.ts"
import { boardSilent } from "./faults/BoardSilent.ts"
import { lineEcho } from "./faults/LineEcho.ts"
import { lineNoise } from "./faults/LineNoise.ts"
import { lockJammed } from "./faults/LockJammed.ts"
import { repliesLost } from "./faults/RepliesLost.ts"
import { repliesLostAfterPulse } from "./faults/RepliesLostAfterPulse.ts"
import { replyCutShort } from "./faults/ReplyCutShort.ts"
import { replyLate } from "./faults/ReplyLate.ts"
import { sensorWireCut } from "./faults/SensorWireCut.ts"

export const faultCatalogue = {
  lockJammed,
  sensorWireCut,
  boardSilent,
  repliesLost,
  repliesLostAfterPulse,
  replyCutShort,
  replyLate,
  lineNoise,
  lineEcho,
} as const satisfies Readonly<Record<string, Fault>>

export type FaultName = keyof typeof faultCatalogue

/** True for the name of a fault in the catalogue. */
export const isFaultName = (name: string): name is FaultName => Object.hasOwn(faultCatalogue, name)
