/**
 * How many events a second of CPU `step` works off on each machine, beside the same events in a hand-written reducer (as
 * fast as it can be) and in XState's public `transition()` with snapshots kept (as most people would use it); and how
 * many bytes a stored twin takes.
 *
 * CPU time, not wall time, so that a busy machine spoils less. The three are measured in turns, several rounds, and the
 * median round counts. Before measuring, all three must come to the same states.
 */
import { parseArgs } from "node:util"
import { type AnyMachineSnapshot, transition } from "xstate"
import { TwinKind } from "#core/domain/Ids.ts"
import type { TwinEventOf } from "#core/domain/TwinEvent.ts"
import { Limits } from "#core/Limits.ts"
import { machines } from "#twins/Machines.ts"
import { pack } from "#twins/Packed.ts"
import { reachable } from "#twins/Reachable.fixture.ts"
import { regionsOf } from "#twins/Regions.ts"
import type { Stored } from "#twins/Stored.ts"
import { initialOf, step } from "#twins/Twin.ts"
import { regionWord } from "#twins/Words.ts"
import { reduceBay } from "./step/BayReducer.ts"
import * as Reducers from "./step/Reducers.ts"
import { newReducedRental, reduceRental } from "./step/RentalReducer.ts"
import { restsAfter, tripBeginsMs, trips } from "./step/Trips.ts"
import { percentile, printTable } from "./Table.ts"

export const summary = "events per CPU-second of step, a hand-written reducer and transition(); bytes per stored twin"

const goals = { cartEventsPerSecond: 100_000 }

/** A rental remembers more than hardware does, and there are few. */
const mostBytes = (kind: TwinKind): number => (kind === "rental" ? Limits.storedRentalBytes : Limits.storedTwinBytes)

const twinCount = 1_000
const rounds = 5

/** Something that works off events: `take` gives the twin after one, `words` the states of its regions. */
interface Contender<A, E> {
  readonly first: A
  readonly take: (twin: A, event: E) => A
  readonly wordOf: (twin: A, region: string) => string
}

/** A contender at the start, whatever it keeps its twins in. */
interface Runner {
  /** The states after each event of two trips. */
  readonly states: () => ReadonlyArray<string>
  /** Events per second of CPU, over at least `seconds` of it. */
  readonly eventsPerSecond: (seconds: number) => number
}

/** Every twin takes each event before the next comes. */
const runner = <K extends TwinKind, A>(kind: K, { first, take, wordOf }: Contender<A, TwinEventOf<K>>): Runner => {
  const trip = trips[kind]
  return {
    states: () => {
      let twin = first
      return [...trip, ...trip].map((event) => {
        twin = take(twin, event)
        return regionsOf(kind)
          .map(({ name }) => wordOf(twin, name))
          .join(" ")
      })
    },
    eventsPerSecond: (seconds) => {
      let twins = Array.from({ length: twinCount }, () => first)
      const start = process.cpuUsage()
      let events = 0
      let spent = 0
      while (spent < seconds) {
        for (const event of trip) twins = twins.map((twin) => take(twin, event))
        events += trip.length * twinCount
        const { user, system } = process.cpuUsage(start)
        spent = (user + system) / 1_000_000
      }
      return events / spent
    },
  }
}

const stepped = <K extends TwinKind>(kind: K): Contender<Stored, TwinEventOf<K>> => ({
  first: initialOf(kind, tripBeginsMs),
  take: (twin, event) => step(twin, event).next,
  wordOf: ({ value }, region) => regionWord(value, region),
})

const publicApi = <K extends TwinKind>(kind: K): Contender<AnyMachineSnapshot, TwinEventOf<K>> => {
  const { machine } = machines[kind]
  const { value, context } = initialOf(kind, tripBeginsMs)
  return {
    first: machine.resolveState({ value: value as never, context }),
    take: (twin, event) =>
      transition(machine, twin, event.type === "deadline.due" ? { type: event.id, at: event.at } : event)[0],
    wordOf: ({ value }, region) => regionWord(value, region),
  }
}

const byHand = <A extends object, E>(first: A, take: (twin: A, event: E) => A): Contender<A, E> => ({
  first,
  take,
  wordOf: (twin, region) => String(Object.entries(twin).find(([name]) => name === region)?.[1]),
})

const reducers: Readonly<Record<TwinKind, Runner>> = {
  cart: runner("cart", byHand(Reducers.newCart, Reducers.reduceCart)),
  bay: runner("bay", byHand(Reducers.newBay, reduceBay)),
  device: runner("device", byHand(Reducers.newDevice, Reducers.reduceDevice)),
  controller: runner("controller", byHand(Reducers.newController, Reducers.reduceController)),
  rental: runner("rental", byHand(newReducedRental, reduceRental)),
}

/** What a twin takes on disk as JSON, late in its life. */
const bytesOf = (twin: Stored): number =>
  new TextEncoder().encode(JSON.stringify(pack({ ...twin, revision: 100_000 }))).length

/** The same after every event of a trip. */
const bytesOnTrip = (kind: TwinKind): ReadonlyArray<number> => {
  let twin: Stored = initialOf(kind, tripBeginsMs)
  return trips[kind].map((event) => {
    twin = step(twin, event).next
    return bytesOf(twin)
  })
}

const verdict = (holds: boolean): string => (holds ? "pass" : "FAIL")
const count = (value: number): string => Math.round(value).toLocaleString("en-US")

interface Speeds {
  readonly step: number
  readonly byHand: number
  readonly transition: number
}

/** Throws unless all three come to the same states. */
const speedsOf = (kind: TwinKind, seconds: number): Speeds => {
  const racers = [runner(kind, stepped(kind)), reducers[kind], runner(kind, publicApi(kind))]
  const [expected = "", ...others] = racers.map(({ states }) => states().join("\n"))
  if (others.some((states) => states !== expected)) throw new Error(`the three ${kind}s do not do the same`)
  for (const { eventsPerSecond } of racers) eventsPerSecond(seconds / rounds)
  const laps = Array.from({ length: rounds }, () =>
    racers.map(({ eventsPerSecond }) => eventsPerSecond(seconds / rounds)),
  )
  const median = (racer: number) =>
    percentile(
      laps.map((lap) => lap[racer] ?? Number.NaN),
      0.5,
    )
  return { step: median(0), byHand: median(1), transition: median(2) }
}

const speedRow = (kind: TwinKind, { step, byHand, transition }: Speeds): ReadonlyArray<string> => [
  kind,
  count(step),
  count(byHand),
  count(transition),
  `1/${Math.round(byHand / step)}`,
  `${(step / transition).toFixed(1)}x`,
  ...(kind === "cart"
    ? [`≥ ${count(goals.cartEventsPerSecond)}`, verdict(step >= goals.cartEventsPerSecond)]
    : ["–", "–"]),
]

/** Runs the bench; `--seconds n` is the CPU time for each number. Gives 1 if a goal is missed. */
export const run = async (args: ReadonlyArray<string>): Promise<number> => {
  const { values } = parseArgs({ args: [...args], options: { seconds: { type: "string", default: "2" } } })
  const seconds = Number(values.seconds)
  if (!(seconds > 0)) throw new RangeError(`--seconds is a number above 0, not ${values.seconds}`)
  const speeds = TwinKind.literals.map((kind) => [kind, speedsOf(kind, seconds)] as const)
  console.log(`events per CPU-second, ${twinCount} twins in turn, median of ${rounds} rounds`)
  printTable(
    ["machine", "step", "by hand", "transition()", "step / by hand", "step / transition()", "goal", ""],
    speeds.map(([kind, speed]) => speedRow(kind, speed)),
  )
  console.log(
    "\nbytes of a stored twin as JSON: as it is most of its life, over one trip, and in whatever state it can be",
  )
  const sizes = TwinKind.literals.map((kind) => {
    const trip = bytesOnTrip(kind)
    const states = reachable(kind).map(bytesOf)
    return { kind, trip, rest: trip[restsAfter[kind]] ?? 0, states: states.length, most: Math.max(...states) }
  })
  const mean = (bytes: ReadonlyArray<number>) => bytes.reduce((sum, one) => sum + one, 0) / bytes.length
  printTable(
    ["machine", "at rest", "trip mean", "twins", "most", "goal for the most", ""],
    sizes.map(({ kind, trip, rest, states, most }) => [
      kind,
      rest,
      count(mean(trip)),
      count(states),
      most,
      `≤ ${mostBytes(kind)}`,
      verdict(most <= mostBytes(kind)),
    ]),
  )
  const fast = speeds.every(([kind, { step }]) => kind !== "cart" || step >= goals.cartEventsPerSecond)
  return fast && sizes.every(({ kind, most }) => most <= mostBytes(kind)) ? 0 : 1
}
