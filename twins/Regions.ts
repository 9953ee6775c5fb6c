/**
 * Ownership read off the machines: which host writes which region, which events and deadlines move which region, and
 * the part of a value that one host answers for. A host that feeds an event of a region it does not write has a
 * defect.
 */
import type { AnyStateMachine } from "xstate"
import type { Host, TwinKind } from "#core/domain/Ids.ts"
import type { TwinEvent } from "#core/domain/TwinEvent.ts"
import { machines } from "./Machines.ts"
import type { Stored } from "./Stored.ts"

/** One region of a machine. */
export interface Region {
  readonly name: string
  readonly writer: Host
  /** Types of the events that can move it, deadlines by their id. */
  readonly events: ReadonlyArray<string>
}

type StateNode = AnyStateMachine["root"]

const eventsUnder = (node: StateNode): ReadonlyArray<string> => [
  ...node.transitions.keys(),
  ...Object.values(node.states).flatMap(eventsUnder),
]

const read = (kind: TwinKind): ReadonlyArray<Region> =>
  Object.entries(machines[kind].regions).map(([name, writer]) => {
    const node = machines[kind].machine.root.states[name]
    return { name, writer, events: node === undefined ? [] : [...new Set(eventsUnder(node))].sort() }
  })

const regions: Readonly<Record<TwinKind, ReadonlyArray<Region>>> = {
  device: read("device"),
  controller: read("controller"),
  bay: read("bay"),
  cart: read("cart"),
  rental: read("rental"),
}

/** The regions of a kind of twin. */
export const regionsOf = (kind: TwinKind): ReadonlyArray<Region> => regions[kind]

/** Who may cause an event of this type (a deadline goes by its id); undefined if no region knows it. */
export const writerOf = (
  kind: TwinKind,
  event: Pick<TwinEvent, "type"> & { readonly id?: string },
): Host | undefined => {
  const type = event.type === "deadline.due" ? event.id : event.type
  return regions[kind].find(({ events }) => type !== undefined && events.includes(type))?.writer
}

/** Who fires a deadline. */
export const writerOfDeadline = (kind: TwinKind, id: string): Host | undefined =>
  writerOf(kind, { type: "deadline.due", id })

const deadlinePrefix = "xstate.after."

/** True if a machine has a deadline of this name. */
export const isDeadlineOf = (kind: TwinKind, id: string): boolean =>
  id.startsWith(deadlinePrefix) && writerOfDeadline(kind, id) !== undefined

/** The regions of a value that a host writes, by name: what a fact carries and what the mirror compares. */
export const valueOfHost = (
  kind: TwinKind,
  value: Stored["value"],
  host: Host,
): Readonly<Record<string, Stored["value"]>> => {
  const part: Record<string, Stored["value"]> = {}
  if (typeof value !== "object" || value === null || Array.isArray(value)) return part
  for (const { name, writer } of regions[kind]) {
    const region = (value as Readonly<Record<string, Stored["value"]>>)[name]
    if (writer === host && region !== undefined) part[name] = region
  }
  return part
}

/** True if two values name the same states, whatever the order of their keys. */
export const sameValue = (a: Stored["value"], b: Stored["value"]): boolean => {
  if (a === b) return true
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false
  const left = Object.entries(a)
  const right = b as Readonly<Record<string, Stored["value"]>>
  return (
    left.length === Object.keys(b).length &&
    left.every(([key, value]) => key in right && sameValue(value, right[key] as Stored["value"]))
  )
}
