/**
 * Walks through a machine with `step`: every twin that the events of its cases and the deadlines of its states can
 * lead to, breadth first, so the first way found to a twin is a shortest one.
 *
 * Two twins are the same if value and context are; deadlines follow from the state. A deadline is delivered at `nowMs`,
 * early, so that the time does not grow without end.
 */
import type { TwinEvent } from "#core/domain/TwinEvent.ts"
import { type MachineCases, nowMs, samplesOf } from "./MachineCases.fixture.ts"
import { regionsOf } from "./Regions.ts"
import type { Stored } from "./Stored.ts"
import { initialOf, step, type Stepped } from "./Twin.ts"
import { regionWord } from "./Words.ts"

/** One accepted or refused event on the way. */
export interface Tried {
  readonly before: Stored
  readonly event: TwinEvent
  readonly stepped: Stepped
}

export interface Exploration {
  /** Every twin that can be reached, by `keyOf`. */
  readonly twins: ReadonlyMap<string, Stored>
  readonly tried: ReadonlyArray<Tried>
  /** The events of a shortest way from the first twin to this one. */
  readonly wayTo: (twin: Stored) => ReadonlyArray<TwinEvent>
}

/** Names a twin by its value, in whatever order its regions come, and its context. */
export const keyOf = ({ machine, value, context }: Stored): string =>
  JSON.stringify([regionsOf(machine).map(({ name }) => regionWord(value, name)), context])

/** The deadlines of a twin as events. */
export const deadlineEvents = ({ deadlines }: Stored): ReadonlyArray<TwinEvent> =>
  deadlines.map((deadline) => ({ type: "deadline.due", ...deadline, at: nowMs }))

const known = new Map<string, Exploration>()

/** All that can be reached from the first twin of a kind. Frozen, so that a step that writes to its input throws. */
export const exploreAll = (cases: MachineCases): Exploration => {
  const before = known.get(cases.kind)
  if (before !== undefined) return before
  const exploration = exploreFrom(frozen(initialOf(cases.kind, nowMs)), samplesOf(cases).map(frozen))
  known.set(cases.kind, exploration)
  return exploration
}

const exploreFrom = (first: Stored, samples: ReadonlyArray<TwinEvent>): Exploration => {
  const twins = new Map([[keyOf(first), first]])
  const cameBy = new Map<string, Tried>()
  const tried: Array<Tried> = []
  for (const [, before] of twins) {
    for (const event of [...samples.filter(({ type }) => type !== "deadline.due"), ...deadlineEvents(before)]) {
      const stepped = step(before, event)
      const attempt = { before, event, stepped }
      tried.push(attempt)
      const key = keyOf(stepped.next)
      if (twins.has(key)) continue
      twins.set(key, frozen(stepped.next))
      cameBy.set(key, attempt)
    }
  }
  const wayTo = (twin: Stored): ReadonlyArray<TwinEvent> => {
    const last = cameBy.get(keyOf(twin))
    return last === undefined ? [] : [...wayTo(last.before), last.event]
  }
  return { twins, tried, wayTo }
}

/** Freezes a value and all that is in it. */
export const frozen = <A>(value: A): A => {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    Object.values(value).forEach(frozen)
  }
  return value
}
