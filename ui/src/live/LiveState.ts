/**
 * What the live socket writes and the page reads: how the link is, and what commands have reached.
 */
import { type Atom, createAtom } from "@xstate/store"
import { clockAtom } from "./Clock.ts"
import { learn, type ReachedStage } from "./CommandProgress.ts"
import { type Link, livenessOf, unheard } from "./Liveness.ts"

export const linkAtom = createAtom<Link>(unheard)

/** True while values may be shown as live. */
export const isLiveAtom = createAtom(() => livenessOf(linkAtom.get(), clockAtom.get().ownMs).state === "live")

/** Grows whenever word of an alarm came: the list of alarms is asked for again. */
export const alarmsHeardAtom = createAtom(0)

const commands = new Map<string, Atom<ReadonlyArray<ReachedStage>>>()

/** The stages of a command heard of so far, by its id. */
export const stagesAtom = (commandId: string): Atom<ReadonlyArray<ReachedStage>> => {
  const known = commands.get(commandId)
  if (known !== undefined) return known
  const made = createAtom<ReadonlyArray<ReachedStage>>([])
  commands.set(commandId, made)
  return made
}

/** Takes word of a command's stages, whoever brings it. */
export const hearStages = (commandId: string, heard: ReadonlyArray<ReachedStage>): void => {
  stagesAtom(commandId).set((known) => learn(known, heard))
}
