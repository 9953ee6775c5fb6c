/**
 * `cartwise chaos`: the whole system as real programs, under load, with faults; every invariant judged after each round.
 * The same program runs as a deep test; here with as many rounds as one likes.
 */
import { parseArgs } from "node:util"
import { chaosFaults, chaosLanes } from "#test/chaos/ChaosPlan.ts"
import { type RoundReport, runChaos } from "#test/chaos/ChaosRun.ts"
import { allViolations, printChaos } from "#test/chaos/ChaosTable.ts"
import { type Command, exitCodeForMisuse } from "../Command.ts"

export const summary = "breaks the whole system under load, round after round, and judges the invariants"

const help = [
  "usage: npm run chaos -- [--rounds 3] [--seed N] [--only <words> …]",
  "",
  "Starts cloud, edge, boards, Mosquitto and Postgres as programs of their own, lets people unlock carts, breaks",
  "something, and judges every invariant after each round. Ends with 0 only if none was broken.",
  "",
  "  --rounds <n>      how often each program is killed and stopped; other faults strike a third as often",
  "  --seed <n>        who does what when; without it a new one, which is printed",
  "  --only <words>    only the faults whose names hold these words (may be repeated)",
  "  --verbose         with the last words of cloud and edge",
  "",
  "The faults:",
  ...chaosFaults.map(({ name, says }) => `  ${name.padEnd(24)} ${says}`),
].join("\n")

const seedMax = 2 ** 31
/** As a shell says of a program that was interrupted. */
const exitCodeForStopped = 130

const parse = (args: ReadonlyArray<string>) => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: "string", default: "3" },
      seed: { type: "string", default: String(Math.floor(Math.random() * seedMax)) },
      only: { type: "string", multiple: true, default: [] },
      verbose: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  })
  const [rounds, seed] = [Number(values.rounds), Number(values.seed)]
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error("--rounds is a whole number from 1")
  if (!Number.isInteger(seed)) throw new Error("--seed is a whole number")
  return { ...values, rounds, seed }
}

const say = ({ round, violations }: RoundReport): void => {
  const verdict = violations.length === 0 ? "ok" : violations.map(({ invariant, what }) => `${invariant}: ${what}`)
  const backMs = (round.convergedAtMs ?? Infinity) - round.healedAtMs
  const tookMs = round.healedAtMs - round.beganAtMs
  console.log(`${round.fault} ${round.number}: ${Math.round(tookMs)} ms, back after ${Math.round(backMs)} ms`, verdict)
}

export const run: Command["run"] = async (args) => {
  let options: ReturnType<typeof parse>
  try {
    options = parse(args)
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${help}`)
    return exitCodeForMisuse
  }
  const { rounds, seed, only, verbose } = options
  if (options.help) {
    console.log(help)
    return 0
  }
  const lanes = chaosLanes(rounds, only)
  if (lanes.length === 0) {
    console.error(`there is no such fault\n\n${help}`)
    return exitCodeForMisuse
  }
  console.log(`seed ${seed}: npm run chaos -- --rounds ${rounds} --seed ${seed}`)
  const stopping = new AbortController()
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stopping.abort())
  const reports = await runChaos({ seed, lanes, onRound: say, signal: stopping.signal }).catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error
    // A fault in the middle of its strike would start what it has just killed.
    process.exit(exitCodeForStopped)
  })
  if (verbose) for (const { lastWords } of reports) console.log(lastWords)
  printChaos(reports)
  return allViolations(reports).length === 0 ? 0 : 1
}
