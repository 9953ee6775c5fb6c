/**
 * One function runs every machine everywhere: at the edge, in the cloud, in the simulator and in the browser.
 *
 *   step(stored, event) → { next, intents, accepted, reason? }
 *
 * Pure and synchronous: same input, same result. An event that the state cannot take comes back as `accepted: false`
 * with a reason, because XState would swallow it in silence. Deadlines are data in `next.deadlines`: XState never
 * re-arms `after` when a snapshot is restored, so the host keeps them with the twin and hands a due one back as
 * `deadline.due`.
 *
 * It uses the transition function of the machine with one shared scope per machine instead of the public
 * `transition()`, which builds a throw-away actor for every call (6x slower); a differential test keeps both equal.
 */
import {
  type AnyActorScope,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  createActor,
  type ExecutableActionObject,
} from "xstate"
import type { Deadline, DeadlineDue } from "#core/domain/Deadline.ts"
import type { TwinKind } from "#core/domain/Ids.ts"
import type { TwinEvent } from "#core/domain/TwinEvent.ts"
import { whyBayRefusesUnlock } from "./bay/BayRefusal.ts"
import { type Intent, isIntent } from "./Intent.ts"
import { machines } from "./Machines.ts"
import { isDeadlineOf } from "./Regions.ts"
import type { Stored } from "./Stored.ts"

/** What became of an event. */
export interface Stepped {
  /** The twin after the event; the same object when the event was refused. */
  readonly next: Stored
  readonly intents: ReadonlyArray<Intent>
  readonly accepted: boolean
  /** Why it was refused: a stable code. */
  readonly reason?: string
}

/** A state of a machine, resolved once: XState's snapshot of it with some context. */
interface Configuration {
  readonly snapshot: AnyMachineSnapshot
  /** It has eventless transitions: after an event it does not know it may still move, and that is no answer to the event. */
  readonly movesByItself: boolean
}

interface Runner {
  readonly run: (stored: Stored, event: { readonly type: string }) => AnyMachineSnapshot | undefined
  /** Whether `run` would take it, for less. */
  readonly takes: (stored: Stored, event: { readonly type: string }) => boolean
  readonly actions: () => ReadonlyArray<ExecutableActionObject>
}

const noClock = { setTimeout: () => 0, clearTimeout: () => {} }

/** A scope that runs nothing: executed actions are handed to `onAction` as data. */
const inertScope = (machine: AnyStateMachine, onAction: (action: ExecutableActionObject) => void): AnyActorScope => {
  const self = createActor(machine, { clock: noClock })
  return {
    self,
    id: "",
    sessionId: "",
    system: self.system,
    logger: () => {},
    defer: () => {},
    stopChild: () => {},
    emit: () => {},
    actionExecutor: onAction,
  }
}

const makeRunner = (kind: TwinKind): Runner => {
  const { machine } = machines[kind]
  let executed: Array<ExecutableActionObject> = []
  const scope = inertScope(machine, (action) => void executed.push(action))
  const resolved = new Map<string, Configuration>()
  const resolve = (stored: Stored): Configuration => {
    const key = JSON.stringify(stored.value)
    const known = resolved.get(key)
    if (known !== undefined) return known
    const snapshot = machine.resolveState({ value: stored.value as never, context: stored.context })
    const configuration = { snapshot, movesByItself: snapshot._nodes.some(({ always }) => always !== undefined) }
    resolved.set(key, configuration)
    return configuration
  }
  return {
    run: (stored, event) => {
      executed = []
      const { snapshot, movesByItself } = resolve(stored)
      const before = { ...snapshot, context: stored.context } as AnyMachineSnapshot
      if (movesByItself && !before.can(event)) return undefined
      const after = machine.transition(before, event, scope)
      // A transition to where it already is, without actions, leaves the very same snapshot and yet was taken.
      return after === before && !before.can(event) ? undefined : after
    },
    takes: (stored, event) => {
      const now = { ...resolve(stored).snapshot, context: stored.context } as AnyMachineSnapshot
      return now.can(event)
    },
    actions: () => executed,
  }
}

const runners: Partial<Record<TwinKind, Runner>> = {}
const runnerOf = (kind: TwinKind): Runner => (runners[kind] ??= makeRunner(kind))

const refuse = (stored: Stored, reason: string): Stepped => ({ next: stored, intents: [], accepted: false, reason })

const whyRefused = (stored: Stored, event: TwinEvent): string => {
  if (event.type === "bay.unlock" && isRegions(stored.value)) {
    return whyBayRefusesUnlock(stored.value["latch"], stored.value["service"])
  }
  return "not_possible_now"
}

const isRegions = (value: Stored["value"]): value is Readonly<Record<string, Stored["value"]>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** A deadline's id becomes the type of an event, so it must be the name of a deadline, whoever stored it. */
const isPending = ({ machine, deadlines }: Stored, due: DeadlineDue): boolean =>
  isDeadlineOf(machine, due.id) && deadlines.some(({ id, dueAt }) => id === due.id && dueAt === due.dueAt)

/**
 * Takes a twin and an event of its kind, gives the twin after it. A deadline is refused unless exactly this id and
 * instant are stored. Throws only for a defect of a machine.
 */
export const step = (stored: Stored, event: TwinEvent): Stepped => {
  const isDeadline = event.type === "deadline.due"
  if (isDeadline && !isPending(stored, event)) return refuse(stored, "deadline_not_pending")
  const runner = runnerOf(stored.machine)
  const after = runner.run(stored, isDeadline ? ({ type: event.id, at: event.at } as { type: string }) : event)
  if (after === undefined) return refuse(stored, whyRefused(stored, event))
  const { intents, deadlines } = readActions(runner.actions(), event, stored.deadlines)
  return {
    next: {
      machine: stored.machine,
      version: stored.version,
      value: after.value as Stored["value"],
      context: after.context as Stored["context"],
      deadlines,
      revision: stored.revision + 1,
    },
    intents,
    accepted: true,
  }
}

/** Sorts the actions of one step into intents and changes of the pending deadlines. */
const readActions = (
  actions: ReadonlyArray<ExecutableActionObject>,
  event: TwinEvent,
  pending: ReadonlyArray<Deadline>,
): { readonly intents: ReadonlyArray<Intent>; readonly deadlines: ReadonlyArray<Deadline> } => {
  const fired = event.type === "deadline.due" ? event.id : undefined
  let deadlines = fired === undefined ? pending : pending.filter(({ id }) => id !== fired)
  const intents: Array<Intent> = []
  for (const action of actions) {
    if (isRaise(action)) {
      const { id, delay } = action.params
      deadlines = [...deadlines.filter((deadline) => deadline.id !== id), { id, dueAt: event.at + delay }]
    } else if (isCancel(action)) {
      const { sendId } = action.params
      deadlines = deadlines.filter(({ id }) => id !== sendId)
    } else if (isIntent(action)) {
      intents.push({ type: action.type, params: action.params } as Intent)
    }
  }
  return { intents, deadlines }
}

interface Raise {
  readonly params: { readonly id: string; readonly delay: number }
}
interface Cancel {
  readonly params: { readonly sendId: string }
}
const isRaise = (action: object): action is Raise => "type" in action && action.type === "xstate.raise"
const isCancel = (action: object): action is Cancel => "type" in action && action.type === "xstate.cancel"

/** A twin of which nothing is known yet, with the deadlines of its first state counted from `atMs`. */
export const initialOf = (kind: TwinKind, atMs: number): Stored => {
  const { machine, version } = machines[kind]
  const deadlines: Array<Deadline> = []
  const scope = inertScope(machine, (action) => {
    if (isRaise(action)) deadlines.push({ id: action.params.id, dueAt: atMs + action.params.delay })
  })
  const snapshot: AnyMachineSnapshot = machine.getInitialSnapshot(scope, undefined)
  return {
    machine: kind,
    version,
    value: snapshot.value as Stored["value"],
    context: snapshot.context as Stored["context"],
    deadlines,
    revision: 0,
  }
}

/** Why an event would be refused now; undefined if it would be taken. For buttons, before anybody presses them. */
export const whyNot = (stored: Stored, event: TwinEvent): string | undefined => {
  if (event.type === "deadline.due") return step(stored, event).reason
  return runnerOf(stored.machine).takes(stored, event) ? undefined : whyRefused(stored, event)
}
