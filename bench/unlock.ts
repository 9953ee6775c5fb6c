/**
 * How long a person waits for a lock, and how much of that is ours: the whole system on real parts (Mosquitto, Postgres,
 * the edge on a tty, a board in another process that takes wire time and moves its hook as late as a real one).
 *
 * Two legs of each unlock, and both together: API call → first byte of the unlock frame at the board, and from there →
 * `confirmed` in the twin as the WebSocket pushes it. Beside each the floor, computed from the frames that were really
 * sent at 19,200 baud and the simulated mechanics: the frames on the critical path, which is the answer before the pulse,
 * the pulse, the mechanics, the answer on the wire when the hook opened, the answers it takes to believe. The rest is what
 * the software adds.
 */
import { loadavg } from "node:os"
import { parseArgs } from "node:util"
import { Limits } from "#core/Limits.ts"
import { connectLive } from "#test/support/LiveClient.ts"
import { oneBoard } from "#test/support/OneBoard.ts"
import { startTtyStack, type TtyStack } from "#test/support/TtyStack.ts"
import { percentile, printTable } from "./Table.ts"

export const summary = "API call → first byte on the serial line, and → confirmed, beside the floor"

/** What the software may add to the floor on an idle 2-core machine, milliseconds. */
const goal = { p50: 15, p99: 60 }

/** Five bytes of ten bits each. */
const requestMs = (5 * 10_000) / Limits.baudRate

interface Sample {
  readonly firstByteMs: number
  readonly firstByteFloorMs: number
  readonly confirmedMs: number
  readonly confirmedFloorMs: number
}

interface HeardUnlock {
  readonly at_ms: number
  readonly opens_after_ms: number | null
  /** When the board was asked for the answer that came before the pulse, and how long it took to give it. */
  readonly proof_asked_at_ms: number
  readonly proof_exchange_ms: number
}

const now = () => performance.timeOrigin + performance.now()

const pause = (ms: number) => new Promise((resolve) => void setTimeout(resolve, ms))

const measure = async (stack: TtyStack, lockIndex: number): Promise<Sample> => {
  const live = await connectLive(stack.url, stack.rest.token, { scope: "branch", id: oneBoard.branch })
  const before = stack.board().pulses().length
  const startMs = now()
  const confirmed = live
    .until("bay", oneBoard.bay(lockIndex), ({ value }) => JSON.stringify(value).includes("released"))
    .then(now)
  await stack.rest.unlock(oneBoard.cart(lockIndex), "bench")
  const confirmedAtMs = await confirmed
  live.close()
  const heard = stack.board().pulses()[before] as unknown as HeardUnlock | undefined
  if (heard === undefined) throw new Error("confirmed without a pulse on the wire")
  const exchangeMs = heard.proof_exchange_ms
  // The board may have been asked before anybody called: then only the rest of that answer had to be waited for.
  const proofMs = Math.max(0, heard.proof_asked_at_ms + exchangeMs - Math.max(startMs, heard.proof_asked_at_ms))
  const openAtMs = heard.at_ms + requestMs + (heard.opens_after_ms ?? 0)
  // A board looks when the request has arrived. An exchange that saw the hook still closed had to end first.
  const lastClosed = stack
    .board()
    .polls()
    .findLast((atMs) => atMs > heard.at_ms && atMs + requestMs < openAtMs)
  const askedMs = Math.max(openAtMs - requestMs, lastClosed === undefined ? 0 : lastClosed + exchangeMs)
  return {
    firstByteMs: heard.at_ms - startMs,
    firstByteFloorMs: proofMs,
    confirmedMs: confirmedAtMs - startMs,
    confirmedFloorMs: proofMs + (askedMs - heard.at_ms) + Limits.readsToBelieve * exchangeMs,
  }
}

/** Pulls the cart and pushes it back, so that the bay can be opened again. */
const putBack = async (stack: TtyStack, lockIndex: number): Promise<void> => {
  await stack.board().verb("take", lockIndex)
  await stack.rest.cartIs(oneBoard.branch, oneBoard.cart(lockIndex), "away")
  await stack.board().verb("return", lockIndex)
}

/** One leg of an unlock: how long it took, and how long it would take without any software. */
interface Leg {
  readonly name: string
  readonly total: (sample: Sample) => number
  readonly floor: (sample: Sample) => number
  /** The issue sets a goal for it. */
  readonly hasGoal: boolean
}

const legs: ReadonlyArray<Leg> = [
  { name: "API call → first byte", total: (s) => s.firstByteMs, floor: (s) => s.firstByteFloorMs, hasGoal: true },
  {
    name: "first byte → confirmed",
    total: (s) => s.confirmedMs - s.firstByteMs,
    floor: (s) => s.confirmedFloorMs - s.firstByteFloorMs,
    hasGoal: false,
  },
  { name: "API call → confirmed", total: (s) => s.confirmedMs, floor: (s) => s.confirmedFloorMs, hasGoal: true },
]

const addedTo = ({ total, floor }: Leg, samples: ReadonlyArray<Sample>, share: number): number =>
  percentile(
    samples.map((sample) => total(sample) - floor(sample)),
    share,
  )

const holds = (leg: Leg, samples: ReadonlyArray<Sample>): boolean =>
  addedTo(leg, samples, 0.5) <= goal.p50 && addedTo(leg, samples, 0.99) <= goal.p99

const row = (leg: Leg, samples: ReadonlyArray<Sample>): ReadonlyArray<string> => {
  const { name, total, floor, hasGoal } = leg
  const of = (value: (sample: Sample) => number, share: number) => percentile(samples.map(value), share)
  const floor50 = of(floor, 0.5)
  const ms = (value: number) => value.toFixed(1)
  return [
    name,
    ms(of(total, 0.5)),
    ms(of(total, 0.99)),
    ms(floor50),
    (of(total, 0.5) / floor50).toFixed(2),
    ms(addedTo(leg, samples, 0.5)),
    ms(addedTo(leg, samples, 0.99)),
    hasGoal ? (holds(leg, samples) ? "held" : "MISSED") : "–",
  ]
}

/**
 * Runs the bench; `--rounds n` unlocks each of the twelve bays n times. The first round, of programs that have only just
 * started, is shown by itself and does not count. Gives 1 if a goal is missed.
 */
export const run = async (args: ReadonlyArray<string>): Promise<number> => {
  const { values } = parseArgs({ args: [...args], options: { rounds: { type: "string", default: "4" } } })
  if (!(Number(values.rounds) >= 2)) throw new RangeError("--rounds is 2 or more: the first does not count")
  const busy = loadavg()[0] ?? Number.NaN
  const stack = await startTtyStack([])
  try {
    const all: Array<Sample> = []
    const locks = Array.from({ length: oneBoard.carts }, (_, lockIndex) => lockIndex)
    for (let round = 0; round < Number(values.rounds); round++) {
      for (const lockIndex of locks) {
        await stack.rest.cartIs(oneBoard.branch, oneBoard.cart(lockIndex), "secured")
        await pause(Limits.pulseGapMs)
        all.push(await measure(stack, lockIndex))
        await putBack(stack, lockIndex)
        process.stderr.write(`\r${all.length} of ${locks.length * Number(values.rounds)} unlocks`)
      }
    }
    process.stderr.write("\n")
    const cold = all.slice(0, locks.length)
    const samples = all.slice(locks.length)
    printTable(
      ["milliseconds", "p50", "p99", "floor p50", "ratio", "added p50", "added p99", `≤ ${goal.p50} and ≤ ${goal.p99}`],
      legs.map((leg) => row(leg, samples)),
    )
    const missed = legs.filter((leg) => leg.hasGoal && !holds(leg, samples))
    const coldly = legs.map((leg) => `${leg.name} +${addedTo(leg, cold, 0.5).toFixed(1)} ms`)
    console.log(
      `\nThe first ${cold.length}, of programs that have only just started (p50, not counted above): ${coldly.join(", ")}.`,
    )
    console.log(
      `${samples.length} unlocks, load average ${busy.toFixed(1)} before. ` +
        (missed.length === 0 ? "Both goals are held." : `Missed: ${missed.map(({ name }) => name).join("; ")}.`),
    )
    return missed.length === 0 ? 0 : 1
  } finally {
    await stack.stop()
  }
}
