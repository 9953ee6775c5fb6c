/**
 * The board process (`BoardProcess.ts`) as tests use it: orders for the hand at it, each of which waits for the board's
 * own answer, and everything it heard on the wire.
 */
import { join } from "node:path"
import type { SimBayState } from "#twins/world/World.ts"
import { oneBoard } from "./OneBoard.ts"
import { type Program, startProgram } from "./Program.ts"

/** One unlock frame as the board heard it. */
export interface HeardPulse {
  readonly pulse: number
  readonly board: number
  readonly lockIndex: number
  readonly hex: string
  readonly at_ms: number
  /** Where the hook really was when the frame came. */
  readonly hook: "open" | "closed"
}

export interface Board {
  readonly program: Program
  /** Unlock frames heard so far. */
  readonly pulses: () => ReadonlyArray<HeardPulse>
  /** Instants at which a status request was heard, Unix milliseconds; only without `--no-polls`. */
  readonly polls: () => ReadonlyArray<number>
  /** Frames that are neither status requests nor unlocks of one lock, as hex. */
  readonly others: () => ReadonlyArray<string>
  /** Does something at bay `0/<lockIndex>`: a hand's verb, or `{ fault }`; waits until the board has said so. */
  readonly verb: (verb: string, lockIndex: number) => Promise<void>
  readonly fault: (fault: string, lockIndex: number) => Promise<void>
  /** Every bay as it really is. */
  readonly state: () => Promise<ReadonlyArray<SimBayState>>
}

interface Heard extends HeardPulse {
  readonly frame?: string
  readonly kind: string
}

/** Starts a board at one end of a cable; `onPulse` is told of each unlock frame as soon as the board says it. */
export const startBoard = async (
  tty: string,
  args: ReadonlyArray<string> = [],
  onPulse: (heard: HeardPulse) => void = () => {},
): Promise<Board> => {
  const path = join(import.meta.dirname, "BoardProcess.ts")
  const pulses: Array<HeardPulse> = []
  const polls: Array<number> = []
  const others: Array<string> = []
  const asked: Array<(answer: string) => void> = []
  const hear = (line: string) => {
    if (line.startsWith('{"answer"')) return asked.shift()?.(line)
    if (line.startsWith('{"pulse"')) {
      const heard = JSON.parse(line) as HeardPulse
      pulses.push(heard)
      return onPulse(heard)
    }
    if (!line.startsWith('{"frame"')) return
    const { kind, at_ms, frame } = JSON.parse(line) as Heard
    if (kind === "queryStatus" || kind === "queryAllStatus") polls.push(at_ms)
    else if (kind !== "unlock") others.push(frame ?? kind)
  }
  const program = startProgram(
    "board",
    process.execPath,
    [path, "--tty", tty, "--carts", String(oneBoard.carts), ...args],
    { onLine: hear },
  )
  await program.json("board")
  const ask = (order: object): Promise<string> =>
    new Promise((resolve, reject) => {
      asked.push(resolve)
      void program.ended.then(() => reject(new Error(`the board ended before it answered ${JSON.stringify(order)}`)))
      program.send(JSON.stringify(order))
    })
  return {
    program,
    pulses: () => pulses,
    polls: () => polls,
    others: () => others,
    verb: async (verb, lockIndex) => void (await ask({ verb, bay: `0/${lockIndex}` })),
    fault: async (fault, lockIndex) => void (await ask({ fault, bay: `0/${lockIndex}` })),
    state: async () => (JSON.parse(await ask({ state: true })) as { bays: ReadonlyArray<SimBayState> }).bays,
  }
}
