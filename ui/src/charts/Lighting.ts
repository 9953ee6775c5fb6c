/**
 * What a live twin lights up in its drawing: the states it is in, the ways out of them, and the way it last took.
 * Pure.
 */
import type { Twin, TwinHistoryEvent } from "#core/api/Twins.ts"
import { litStates, possibleEdges, takenEdges, type TakenEvent } from "#twins/chart/Lit.ts"
import type { ChartDrawing, DrawnEdge } from "#twins/chart/Drawing.ts"

export interface Lighting {
  readonly lit: ReadonlySet<string>
  /** The edges that leave a lit state, in the order of their numbers. */
  readonly possible: ReadonlyArray<DrawnEdge>
  /** The edges of the last transition; empty if none was seen or nothing changed state. */
  readonly taken: ReadonlyArray<DrawnEdge>
  /** The event of the last transition. */
  readonly last: TwinHistoryEvent | undefined
}

/** `events` are the twin's last ones, newest first; refused ones moved nothing. */
export const lightingOf = (
  drawing: ChartDrawing,
  value: Twin["value"] | undefined,
  events: ReadonlyArray<TwinHistoryEvent>,
): Lighting => {
  const lit = value === undefined ? new Set<string>() : litStates(value)
  const accepted = events.filter((event) => event.accepted)
  const moved = accepted.findIndex((event, index) => !same(event.value, accepted[index + 1]?.value))
  const [last, before] = [accepted[moved], accepted[moved + 1]]
  const chart = { ...drawing, states: [] }
  const taken =
    last === undefined || before === undefined || value === undefined || !same(last.value, value)
      ? []
      : takenEdges(chart, before.value, takenEventOf(last.event), last.value)
  const drawn = (edges: ReadonlyArray<{ readonly source: string; readonly target: string }>) =>
    drawing.edges.filter((edge) => edges.some(({ source, target }) => source === edge.source && target === edge.target))
  return { lit, possible: drawn(possibleEdges(chart, lit)), taken: drawn(taken), last }
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

const takenEventOf = (event: TwinHistoryEvent["event"]): TakenEvent => {
  if (typeof event !== "object" || event === null || Array.isArray(event)) return { type: "" }
  const type: unknown = Reflect.get(event, "type")
  const id: unknown = Reflect.get(event, "id")
  return { type: typeof type === "string" ? type : "", ...(typeof id === "string" ? { id } : {}) }
}
