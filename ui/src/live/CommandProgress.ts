/**
 * The stages of a command as the page has heard of them, from the API and over the live socket, in any order. Nothing
 * is assumed: a stage is shown when somebody said that it was reached.
 */
import { type CommandKind, type CommandReason, type CommandStage, isFinal, mayFollow } from "#core/domain/Command.ts"

export interface ReachedStage {
  readonly stage: CommandStage
  readonly atMs: number
  readonly reason?: CommandReason | string
}

/** The road of a command that goes well; other stages end it. */
export const happyRoad = [
  "created",
  "sent",
  "accepted",
  "executing",
  "executed",
  "confirmed",
] as const satisfies ReadonlyArray<CommandStage>

/** Adds stages that were not known yet; keeps them in the order in which stages follow one another. */
export const learn = (
  known: ReadonlyArray<ReachedStage>,
  heard: ReadonlyArray<ReachedStage>,
): ReadonlyArray<ReachedStage> => {
  const fresh = heard.filter(({ stage }) => !known.some((reached) => reached.stage === stage))
  if (fresh.length === 0) return known
  return [...known, ...fresh].sort((a, b) => (mayFollow(a.stage, b.stage) ? -1 : mayFollow(b.stage, a.stage) ? 1 : 0))
}

/** The furthest stage reached. */
export const currentStage = (reached: ReadonlyArray<ReachedStage>): ReachedStage | undefined => reached.at(-1)

/** True once nothing can change any more. */
export const isOver = (reached: ReadonlyArray<ReachedStage>): boolean => {
  const current = currentStage(reached)
  return current !== undefined && isFinal(current.stage)
}

/** A line of the tracker: a stage that was reached, is awaited next, or lies ahead. */
export interface TrackLine {
  readonly stage: CommandStage
  readonly state: "reached" | "awaited" | "ahead"
  readonly atMs?: number
  readonly reason?: CommandReason | string
}

/**
 * The lines to show: what was reached, then what is left of the road. A stage that was passed without word of it (an
 * edge may report `executed` before the page hears `accepted`) is left out rather than claimed.
 */
export const trackLines = (
  reached: ReadonlyArray<ReachedStage>,
  kind: CommandKind = "unlock",
): ReadonlyArray<TrackLine> => {
  // Only an unlock has a pulse between being begun and being seen to have worked.
  const road = happyRoad.filter((stage) => stage !== "executed" || kind === "unlock")
  const current = currentStage(reached)
  const done = reached.map((line): TrackLine => ({ ...line, state: "reached" }))
  if (current === undefined) return road.map((stage) => ({ stage, state: stage === "created" ? "awaited" : "ahead" }))
  const ahead = road.filter((stage) => mayFollow(current.stage, stage))
  return [...done, ...ahead.map((stage, index): TrackLine => ({ stage, state: index === 0 ? "awaited" : "ahead" }))]
}
