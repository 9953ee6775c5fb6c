/**
 * Why an event would be refused, from the machine's own transitions: either no state the twin is in knows the event, and
 * then in which states it would mean something; or one does, and then which conditions do not hold.
 */
import type { AnyStateNode } from "xstate"
import type { TwinEvent } from "#core/domain/TwinEvent.ts"
import { machines } from "../Machines.ts"
import type { Stored } from "../Stored.ts"
import { step, type Stepped } from "../Twin.ts"
import { guardName, idOf } from "./Chart.ts"
import { enteredStates, litStates } from "./Lit.ts"

export interface Taken {
  readonly taken: true
  readonly stepped: Stepped
  /** The innermost states that it would enter; empty if it changes memory only. */
  readonly enters: ReadonlyArray<string>
}

export interface NotTaken {
  readonly taken: false
  /** A stable code. */
  readonly reason: string
  /** Conditions of the states the twin is in, none of which holds. Empty if no such state knows the event. */
  readonly guards: ReadonlyArray<string>
  /** States in which the event means something, if it means nothing now. */
  readonly knownIn: ReadonlyArray<string>
}

export type Answer = Taken | NotTaken

/** What a twin would answer to an event now. Changes nothing. */
export const whyNotTaken = (stored: Stored, event: TwinEvent): Answer => {
  const stepped = step(stored, event)
  if (stepped.accepted) return { taken: true, stepped, enters: enteredStates(stored.value, stepped.next.value) }
  const lit = litStates(stored.value)
  const name = event.type === "deadline.due" ? event.id : event.type
  const knowing = transitionsOn(machines[stored.machine].machine.root, name)
  const here = knowing.filter(({ source }) => source === "" || lit.has(source))
  return {
    taken: false,
    reason: stepped.reason ?? "not_possible_now",
    guards: [...new Set(here.flatMap(({ guard }) => guard ?? []))],
    knownIn: here.length > 0 ? [] : [...new Set(knowing.map(({ source }) => source))],
  }
}

interface Knowing {
  readonly source: string
  readonly guard: string | undefined
}

const transitionsOn = (node: AnyStateNode, name: string): ReadonlyArray<Knowing> => [
  ...(node.transitions.get(name) ?? []).map(({ guard }) => ({
    source: idOf(node),
    guard: guard === undefined ? undefined : guardName(guard),
  })),
  ...Object.values<AnyStateNode>(node.states).flatMap((child) => transitionsOn(child, name)),
]
