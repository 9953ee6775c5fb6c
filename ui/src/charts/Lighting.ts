/**
 * What a live twin lights up in its drawing: the states it is in, the ways out of them, and the way it last took.
 * Pure.
 */
import type { TwinHistoryEvent } from "#core/api/TwinHistory.ts"
import type { Twin } from "#core/api/Twins.ts"
import { litStates, possibleEdges, takenEdges, type TakenEvent } from "#twins/chart/Lit.ts"
import type { ChartEdge } from "#twins/chart/Chart.ts"
import type { ChartDrawing, DrawnEdge } from "#twins/chart/Drawing.ts"

/** A state that can be reached next, and the edges that lead there; its number is its place in the list. */
export interface WayOut {
  readonly target: string
  readonly edges: ReadonlyArray<DrawnEdge>
}

export interface Lighting {
  readonly lit: ReadonlySet<string>
  /** The ways out of the lit states. */
  readonly possible: ReadonlyArray<WayOut>
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
  const last = accepted[moved]
  const before = accepted[moved + 1]?.value
  const from = before !== undefined ? litStates(before) : last?.revision === 1 ? initialStates(drawing) : undefined
  const isCurrent = last !== undefined && value !== undefined && same(last.value, value)
  const taken = isCurrent && from !== undefined ? takenEdges(drawing, from, takenEventOf(last.event), lit) : []
  const drawn = (edges: ReadonlyArray<ChartEdge>): ReadonlyArray<DrawnEdge> =>
    drawing.edges.filter((edge) => edges.includes(edge))
  const ways = Map.groupBy(drawn(possibleEdges(drawing, lit)), ({ target }) => target)
  return { lit, possible: [...ways].map(([target, edges]) => ({ target, edges })), taken: drawn(taken), last }
}

/** The states a new twin is in. */
const initialStates = ({ states }: ChartDrawing): ReadonlySet<string> => {
  const entered = new Set<string>()
  for (const { id, initial } of states) {
    const parent = id.slice(0, Math.max(0, id.lastIndexOf(".")))
    if (initial && (parent === "" || entered.has(parent))) entered.add(id)
  }
  return entered
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

const takenEventOf = (event: TwinHistoryEvent["event"]): TakenEvent => {
  if (typeof event !== "object" || event === null || Array.isArray(event)) return { type: "" }
  const type: unknown = Reflect.get(event, "type")
  const id: unknown = Reflect.get(event, "id")
  return { type: typeof type === "string" ? type : "", ...(typeof id === "string" ? { id } : {}) }
}
