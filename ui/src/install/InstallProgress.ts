/**
 * How far the walk along the bays has come, as a value. It is kept in this browser, so that a phone that goes to sleep or loses
 * its signal goes on where it was; nothing of it counts before it is signed. Pure.
 */
import { Schema } from "effect"
import { BayFound, type Finding } from "#core/api/Commissionings.ts"
import type { Bay } from "#core/api/Records.ts"
import type { Twin } from "#core/api/Twins.ts"
import type { CommandStage } from "#core/domain/Command.ts"
import { isFinal } from "#core/domain/Command.ts"
import { BayId, CommandId } from "#core/domain/Ids.ts"
import { remembered } from "../bays/remembered.ts"

/** What was seen at one bay since the walk began. */
const BayWalk = Schema.Struct({
  /** Its sensors have said: hook open and nothing there; hook closed and a cart there. */
  wasEmpty: Schema.Boolean,
  wasParked: Schema.Boolean,
  /** The installer says that they do not follow the cart. */
  isDeaf: Schema.Boolean,
  lock: BayFound.fields.lock,
  /** The newest unlock that was asked for here. */
  command: Schema.NullOr(CommandId),
})
export type BayWalk = typeof BayWalk.Type

export const InstallProgress = Schema.Record(Schema.String, BayWalk)
export type InstallProgress = typeof InstallProgress.Type

const untouched: BayWalk = { wasEmpty: false, wasParked: false, isDeaf: false, lock: "untested", command: null }

export const walkOf = (progress: InstallProgress, bayId: string): BayWalk => progress[bayId] ?? untouched

const withBay = (progress: InstallProgress, bayId: string, change: Partial<BayWalk>): InstallProgress => {
  const before = walkOf(progress, bayId)
  const isNews = Object.entries(change).some(([name, value]) => Reflect.get(before, name) !== value)
  return isNews ? { ...progress, [bayId]: { ...before, ...change } } : progress
}

/** Takes what a bay's sensors say now; a value that is only the last known shows nothing. */
export const look = (progress: InstallProgress, bayId: string, twin: Twin | undefined): InstallProgress => {
  if (twin === undefined || twin.stale) return progress
  const [hook, presence] = [remembered(twin, "hook"), remembered(twin, "presence")]
  if (hook === "open" && presence === "absent") return withBay(progress, bayId, { wasEmpty: true })
  if (hook === "closed" && presence === "present") return withBay(progress, bayId, { wasParked: true })
  return progress
}

/** The installer says that the sensors do not follow the cart, or takes it back. */
export const callDeaf = (progress: InstallProgress, bayId: string, isDeaf: boolean): InstallProgress =>
  withBay(progress, bayId, { isDeaf })

/** An unlock was asked for. */
export const test = (progress: InstallProgress, bayId: string, command: string): InstallProgress =>
  withBay(progress, bayId, { command: CommandId.make(command), lock: "untested" })

/** How far an unlock has come: confirmed by the sensor is good, and anything else that is over is bad. */
export const judge = (
  progress: InstallProgress,
  bayId: string,
  command: string,
  stage: CommandStage,
): InstallProgress => {
  if (walkOf(progress, bayId).command !== command || !isFinal(stage)) return progress
  return withBay(progress, bayId, { lock: stage === "confirmed" ? "good" : "bad" })
}

export const sensorsOf = ({ isDeaf, wasEmpty, wasParked }: BayWalk): Finding =>
  isDeaf ? "bad" : wasEmpty && wasParked ? "good" : "untested"

/** True once both parts of a bay were found good or bad. */
export const isWalked = (walk: BayWalk): boolean => sensorsOf(walk) !== "untested" && walk.lock !== "untested"

/** What is signed: every bay, walked or not. */
export const findings = (progress: InstallProgress, bays: ReadonlyArray<Bay>): ReadonlyArray<BayFound> =>
  bays.map(({ id }) => {
    const walk = walkOf(progress, id)
    return { bay_id: BayId.make(id), sensors: sensorsOf(walk), lock: walk.lock, command_id: walk.command }
  })
