/**
 * What a twin's value lights up in its chart: the states it is in, the edges it may take next, and the edges it took
 * last. Pure; knows nothing of drawing.
 */
import type { Stored } from "../Stored.ts"
import type { Chart, ChartEdge } from "./Chart.ts"
import { delayNameOf } from "./DelayName.ts"

/** Ids of the states a value is in, parents before children. A value that is no statechart's lights nothing. */
export const litStates = (value: Stored["value"]): ReadonlySet<string> => new Set(pathsOf(value, ""))

const pathsOf = (value: Stored["value"] | undefined, prefix: string): ReadonlyArray<string> => {
  if (typeof value === "string") return [prefix + value]
  if (typeof value !== "object" || value === null || Array.isArray(value)) return []
  return Object.entries(value).flatMap(([name, inner]) => [prefix + name, ...pathsOf(inner, `${prefix}${name}.`)])
}

/** The innermost states that a twin is in after a step and was not in before. */
export const enteredStates = (before: Stored["value"], after: Stored["value"]): ReadonlyArray<string> => {
  const left = litStates(before)
  const entered = [...litStates(after)].filter((state) => !left.has(state))
  return entered.filter((state) => !entered.some((other) => other.startsWith(`${state}.`)))
}

/**
 * The edges that can be taken next, if their guard holds then. Left out are edges that lead to where the twin already
 * is, and an outer state's edge for an event that an inner state certainly takes itself.
 */
export const possibleEdges = ({ edges }: Pick<Chart, "edges">, lit: ReadonlySet<string>): ReadonlyArray<ChartEdge> => {
  const leaving = edges.filter(({ source }) => lit.has(source))
  const isTakenInside = ({ source, triggers }: ChartEdge): boolean =>
    triggers.every(({ on, name }) =>
      leaving.some(
        (inner) =>
          inner.source.startsWith(`${source}.`) &&
          inner.triggers.some((trigger) => trigger.on === on && trigger.name === name && trigger.guard === undefined),
      ),
    )
  return leaving.filter((edge) => (!lit.has(edge.target) || edge.source === edge.target) && !isTakenInside(edge))
}

/** The event that moved a twin, as history tells it: a deadline names its id. */
export interface TakenEvent {
  readonly type: string
  readonly id?: string
}

/**
 * The edges that led from one set of lit states to the next on an event: the edges of the event itself, those that
 * another region took at once because of it, and, if a state was left as soon as it was entered, both steps. Empty if
 * the chart has no such way (a divergence).
 */
export const takenEdges = (
  { edges }: Pick<Chart, "edges">,
  from: ReadonlySet<string>,
  event: TakenEvent,
  to: ReadonlySet<string>,
): ReadonlyArray<ChartEdge> => {
  const leaving = edges.filter((edge) => from.has(edge.source))
  const started = leaving.filter((edge) => hasTrigger(edge, event))
  const arrivedBy = (candidates: ReadonlyArray<ChartEdge>) =>
    innermost(candidates.filter((edge) => to.has(edge.target) && arrived(edge, from, to)))
  const direct = arrivedBy(started)
  const atOnce = arrivedBy(leaving.filter((edge) => isEventless(edge) && !started.includes(edge)))
  if (direct.length + atOnce.length > 0) return [...direct, ...atOnce]
  const passedThrough = started.flatMap((first) =>
    edges
      .filter((next) => isWithin(next.source, first.target) && isEventless(next) && to.has(next.target))
      .map((next) => [first, next] as const),
  )
  return passedThrough[0] ?? []
}

const arrived = (edge: ChartEdge, from: ReadonlySet<string>, to: ReadonlySet<string>): boolean =>
  !from.has(edge.target) || edge.source === edge.target || !to.has(edge.source)

/** An inner state's transition wins over its parent's. */
const innermost = (edges: ReadonlyArray<ChartEdge>): ReadonlyArray<ChartEdge> =>
  edges.filter((edge) => !edges.some((other) => other !== edge && other.source.startsWith(`${edge.source}.`)))

const hasTrigger = (edge: ChartEdge, event: TakenEvent): boolean => {
  const delay = event.type === "deadline.due" ? delayNameOf(event.id ?? "") : undefined
  return edge.triggers.some(({ on, name }) =>
    delay === undefined ? on === "event" && name === event.type : on === "after" && name === delay,
  )
}

const isEventless = (edge: ChartEdge): boolean => edge.triggers.some(({ on }) => on === "always")
const isWithin = (id: string, ancestor: string): boolean => id === ancestor || id.startsWith(`${ancestor}.`)
