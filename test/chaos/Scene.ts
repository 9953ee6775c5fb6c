/** What a fault has at hand: the stack, the people, the witnesses, its own seeded stream, and time that passes under load. */
import { Effect } from "effect"
import type { Random } from "#core/Random.ts"
import type { ChaosStack } from "./ChaosStack.ts"
import type { Crowd } from "./Crowd.ts"
import type { Life } from "./History.ts"
import type { Witness } from "./Witness.ts"

export interface Scene {
  readonly stack: ChaosStack
  readonly crowd: Crowd
  readonly witness: Witness
  readonly random: Random
  /** Counts from 1. */
  readonly round: number
  /** Notes spans in which everybody could know that the device is away. */
  readonly awaySpans: Array<Life>
}

/** A fault of the catalogue. */
export interface ChaosFault {
  readonly name: string
  /** One line for people. */
  readonly says: string
  /** Mirror and bay may disagree afterwards: the bay's word is taken, and the disagreement is on record. */
  readonly mayDiverge?: boolean
  /** Breaks something under load, lets time pass, mends it. Gives what did not come out as it must, in words. */
  readonly strike: (scene: Scene) => Promise<ReadonlyArray<string>>
}

/** Lets so much time pass; people go on. */
export const pass = (ms: number): Promise<void> => Effect.runPromise(Effect.sleep(ms))
