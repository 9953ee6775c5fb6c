/**
 * A machine as a drawing needs it: the states, nested, and the arrows between them. Everything is read from the
 * machine's own state nodes, so a chart can not say what the machine does not do; eventless (`always`) and timed
 * (`after`) transitions are in it too, which XState's own directed graph leaves out or names by internal ids.
 *
 * Arrows with the same two ends are one edge with several triggers. Not here: positions (laid out at build time) and
 * which states are lit (`Lit.ts`).
 */
import type { AnyStateMachine, AnyStateNode } from "xstate"
import type { TwinKind } from "#core/domain/Ids.ts"
import { machines } from "../Machines.ts"
import { delayNameOf } from "./DelayName.ts"

/** A state; `id` is its path from the machine, joined by dots, for example `latch.ajar.released`. */
export interface ChartState {
  readonly id: string
  readonly name: string
  readonly type: "atomic" | "compound" | "parallel" | "final"
  /** The state its parent starts in. */
  readonly initial: boolean
  readonly states: ReadonlyArray<ChartState>
}

/** Why an edge is taken: an event, a deadline (`after`, named by its delay) or at once (`always`), if the guard holds. */
export interface ChartTrigger {
  readonly on: "event" | "after" | "always"
  /** The event's type or the delay's name; empty for `always`. */
  readonly name: string
  readonly guard?: string
}

/** An arrow. `target` equal to `source` is a state entered again; a trigger that changes no state has no arrow. */
export interface ChartEdge {
  readonly source: string
  readonly target: string
  readonly triggers: ReadonlyArray<ChartTrigger>
}

export interface Chart {
  readonly machine: string
  readonly version: number
  /** The machine's regions. */
  readonly states: ReadonlyArray<ChartState>
  readonly edges: ReadonlyArray<ChartEdge>
}

/** The chart of one kind of twin. */
export const chartOf = (kind: TwinKind): Chart => {
  const { machine, version } = machines[kind]
  return { machine: kind, version, ...chartOfMachine(machine) }
}

/** The states and edges of any machine. */
export const chartOfMachine = (machine: AnyStateMachine): Pick<Chart, "states" | "edges"> => {
  const edges = new Map<string, { source: string; target: string; triggers: Array<ChartTrigger> }>()
  for (const { source, target, trigger } of arrowsOf(machine.root)) {
    const key = `${source}>${target}`
    const edge = edges.get(key) ?? { source, target, triggers: [] }
    edge.triggers.push(trigger)
    edges.set(key, edge)
  }
  return { states: statesOf(machine.root), edges: [...edges.values()] }
}

/** A state by its path from the machine; the machine itself is empty. */
export const idOf = (node: AnyStateNode): string => node.path.join(".")

const statesOf = (node: AnyStateNode): ReadonlyArray<ChartState> => {
  const initial = node.type === "compound" ? node.initial.target[0]?.key : undefined
  return Object.values<AnyStateNode>(node.states).map((child) => ({
    id: idOf(child),
    name: child.key,
    type: child.type === "history" ? "atomic" : child.type,
    initial: node.type === "parallel" || child.key === initial,
    states: statesOf(child),
  }))
}

interface Arrow {
  readonly source: string
  readonly target: string
  readonly trigger: ChartTrigger
}

const arrowsOf = (node: AnyStateNode): ReadonlyArray<Arrow> => {
  const own = [...node.transitions.values()].flat()
  const always = node.always ?? []
  const arrows = [...own, ...always].flatMap(({ eventType, guard, target }) =>
    (target ?? []).map((to: AnyStateNode) => ({
      source: idOf(node),
      target: idOf(to),
      trigger: triggerOf(eventType, guard),
    })),
  )
  return [...arrows, ...Object.values<AnyStateNode>(node.states).flatMap(arrowsOf)]
}

const triggerOf = (eventType: string, guard: unknown): ChartTrigger => {
  const delay = delayNameOf(eventType)
  const named = guard === undefined ? {} : { guard: guardName(guard) }
  if (delay !== undefined) return { on: "after", name: delay, ...named }
  return eventType === "" ? { on: "always", name: "", ...named } : { on: "event", name: eventType, ...named }
}

/** A guard by its name and params, for example `serviceIs disabled`. */
export const guardName = (guard: unknown): string => {
  if (typeof guard === "string") return guard
  if (typeof guard !== "object" || guard === null || !("type" in guard)) return "condition"
  const params = "params" in guard && typeof guard.params === "object" && guard.params !== null ? guard.params : {}
  return [String(guard.type), ...Object.values(params).map(String)].join(" ")
}
