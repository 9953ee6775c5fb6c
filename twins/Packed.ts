/**
 * A stored twin as it lies in a database or a journal: small, because there are many. The memory is a list in the order of
 * its version's names, a deadline goes by the name of its delay instead of XState's path of its state.
 *
 * Everything else (hosts, the wire, the API, the screen) speaks of twins in the stored form; `readStored` reads both.
 */
import type { Schema } from "effect"
import { delayNameOf } from "./chart/DelayName.ts"
import { machines } from "./Machines.ts"
import { regionsOf } from "./Regions.ts"
import type { Stored } from "./Stored.ts"

/** Names of a machine's memory by version. */
export type MemoryNames = Readonly<Record<number, ReadonlyArray<string>>>

export type Packed = Omit<Stored, "context" | "deadlines"> & {
  readonly context: ReadonlyArray<Schema.Json>
  /** Due instants by the name of the delay. */
  readonly deadlines: Readonly<Record<string, number>>
}

/** Packs a twin of the version its machine has now. */
export const pack = ({ context, deadlines, ...rest }: Stored): Packed => ({
  ...rest,
  context: namesOf(rest.machine, rest.version).map((name) => context[name] ?? null),
  deadlines: Object.fromEntries(deadlines.map(({ id, dueAt }) => [delayNameOf(id) ?? id, dueAt])),
})

/** Gives the stored form of packed JSON; any other JSON as it is, also a twin that was never packed. */
export const unpack = (raw: unknown): unknown => {
  if (!isObject(raw)) return raw
  const { machine, version, context, deadlines } = raw
  if (!Array.isArray(context) || !isObject(deadlines) || !isKind(machine)) return raw
  const names = namesOf(machine, Number(version))
  if (names.length !== context.length) return raw
  return {
    ...raw,
    context: Object.fromEntries(names.map((name, at) => [name, context[at]])),
    deadlines: Object.entries(deadlines).map(([name, dueAt]) => ({ id: idsOf(machine).get(name) ?? name, dueAt })),
  }
}

type Kind = Stored["machine"]

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const isKind = (machine: unknown): machine is Kind => typeof machine === "string" && Object.hasOwn(machines, machine)

const namesOf = (kind: Kind, version: number): ReadonlyArray<string> => machines[kind].memory[version] ?? []

const known = new Map<Kind, ReadonlyMap<string, string>>()

/** The ids of a machine's deadlines by the name of their delay; no two share a delay. */
const idsOf = (kind: Kind): ReadonlyMap<string, string> => {
  const before = known.get(kind)
  if (before !== undefined) return before
  const types = regionsOf(kind).flatMap(({ events }) => events)
  const ids = new Map(
    types.flatMap((type) => (delayNameOf(type) === undefined ? [] : [[delayNameOf(type) ?? "", type]])),
  )
  known.set(kind, ids)
  return ids
}
