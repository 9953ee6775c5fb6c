/**
 * What the tests of a machine are about, as data: the situations it can be in, and the cases, each an event with what
 * the guards look at. A machine's own list is its `X.classes.ts`.
 *
 * A case's name starts with the event's own word (`observed`, `due`), so that a table can say `verified *`.
 */
import type { TwinKind } from "#core/domain/Ids.ts"
import type { TwinEvent } from "#core/domain/TwinEvent.ts"
import { machines } from "./Machines.ts"
import type { Stored } from "./Stored.ts"
import { initialOf } from "./Twin.ts"
import { regionWord } from "./Words.ts"

type Value = Readonly<Record<string, Stored["value"]>>

/** A state of one region, with the memory that goes with it; the other regions are in their first states. */
export interface Situation {
  readonly value: Value
  readonly context?: Stored["context"]
}

/** An event, and how the situation is changed before it comes. */
export interface Case {
  readonly event: TwinEvent
  readonly value?: Value
  readonly context?: Stored["context"]
}

export interface MachineCases {
  readonly kind: TwinKind
  /** By `region.state`. */
  readonly situations: Readonly<Record<string, Situation>>
  readonly cases: Readonly<Record<string, Case>>
  /** One memory of every class that the guards tell apart. */
  readonly contexts: ReadonlyArray<Stored["context"]>
  /** States that no guard tells apart from the first of their region. */
  readonly alike: ReadonlyArray<string>
  /** States that are meant to be left by nothing. */
  readonly finals: ReadonlyArray<string>
}

/** Now, in all tests of machines. */
export const nowMs = 1_795_000_000_000

/** When every deadline of a test is due. */
export const dueAtMs = nowMs + 5_000

/** A pending deadline, delivered. */
export const due = (id: string): TwinEvent => ({ type: "deadline.due", id, dueAt: dueAtMs, at: dueAtMs })

/** The twin of a case before its event, with the deadlines of its state pending. */
export const storedOf = (kind: TwinKind, situation: Situation, given: Omit<Case, "event"> = {}): Stored => {
  const first = initialOf(kind, nowMs)
  const value = { ...(first.value as Value), ...situation.value, ...given.value }
  return {
    ...first,
    value,
    context: { ...first.context, ...situation.context, ...given.context },
    deadlines: deadlineIdsOf(kind, value).map((id) => ({ id, dueAt: dueAtMs })),
  }
}

/** The deadlines that a twin in this state has, by their ids, read off the machine. */
export const deadlineIdsOf = (kind: TwinKind, value: Stored["value"]): ReadonlyArray<string> => {
  const { machine } = machines[kind]
  const { _nodes: nodes } = machine.resolveState({ value: value as never, context: initialOf(kind, 0).context })
  return [...new Set(nodes.flatMap((node) => node.after.map(({ eventType }) => eventType)))]
}

/** All events of a machine's cases, each once. */
export const samplesOf = ({ cases }: MachineCases): ReadonlyArray<TwinEvent> => [
  ...new Map(Object.values(cases).map(({ event }) => [JSON.stringify(event), event])).values(),
]

type StateNode = (typeof machines)[TwinKind]["machine"]["root"]

const leavesUnder = (node: StateNode): ReadonlyArray<Stored["value"]> =>
  Object.values(node.states).flatMap((child) =>
    Object.keys(child.states).length === 0
      ? [child.key]
      : leavesUnder(child).map((inner) => ({ [child.key]: inner }) as Stored["value"]),
  )

/** Every state of every region, as its part of the value. */
export const leavesOf = (kind: TwinKind): Readonly<Record<string, ReadonlyArray<Stored["value"]>>> =>
  Object.fromEntries(
    Object.entries(machines[kind].machine.root.states).map(([region, node]) => [region, leavesUnder(node)]),
  )

/** Every combination of the states of all regions, but for those that no guard tells apart. */
export const configurationsOf = ({ kind, alike }: MachineCases): ReadonlyArray<Value> =>
  Object.entries(leavesOf(kind)).reduce<ReadonlyArray<Value>>(
    (sofar, [region, leaves]) => {
      const told = leaves.filter((leaf) => !alike.includes(pathOf(region, leaf)))
      return sofar.flatMap((value) => told.map((leaf) => ({ ...value, [region]: leaf })))
    },
    [{}],
  )

const pathOf = (region: string, leaf: Stored["value"]): string =>
  `${region}.${regionWord({ [region]: leaf } as Stored["value"], region)}`

/** Every state of every region, by its path: `latch.ajar.released`. */
export const statesOf = (kind: TwinKind): ReadonlyArray<string> =>
  Object.entries(leavesOf(kind)).flatMap(([region, leaves]) => leaves.map((leaf) => pathOf(region, leaf)))
