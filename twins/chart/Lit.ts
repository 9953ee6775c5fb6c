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

/** Edges that leave a lit state: what can happen next, if its guard holds then. */
export const possibleEdges = (chart: Chart, lit: ReadonlySet<string>): ReadonlyArray<ChartEdge> =>
  chart.edges.filter(({ source }) => lit.has(source))

/** The event that moved a twin, as history tells it: a deadline names its id. */
export interface TakenEvent {
  readonly type: string
  readonly id?: string
}

/**
 * The edges that led from one value to the next on an event: the edge of the event itself and, if the state it
 * entered was left at once, the eventless one after it. Empty if the chart has no such way (a divergence).
 */
export const takenEdges = (
  chart: Chart,
  before: Stored["value"],
  event: TakenEvent,
  after: Stored["value"],
): ReadonlyArray<ChartEdge> => {
  const from = litStates(before)
  const to = litStates(after)
  const started = chart.edges.filter((edge) => from.has(edge.source) && hasTrigger(edge, event))
  const direct = started.filter((edge) => to.has(edge.target) && arrived(edge, from, to))
  if (direct.length > 0) return innermost(direct)
  const passedThrough = started.flatMap((first) =>
    chart.edges
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
