/** `cartwise dst`: runs deterministic simulations of the whole system, and any one of them again. */
import { commandOf, dstHelp, type DstOptions, parseDstOptions } from "#test/dst/CommandLine.ts"
import { plantedBugs } from "#test/dst/Hunt.ts"
import { type Plant, sound } from "#test/dst/Plant.ts"
import { shrink } from "#test/dst/Shrink.ts"
import { type Outcome, simulate } from "#test/dst/Simulation.ts"
import { type Command, exitCodeForMisuse } from "../Command.ts"

export const summary = "simulate the whole system on a virtual clock, from a seed"

const plantOf = (name: string | undefined): Plant | undefined =>
  name === undefined ? sound : plantedBugs.find(({ plant }) => plant.name === name)?.plant

const say = (outcome: Outcome, options: DstOptions): void => {
  const { branchDays, commands, lines, pulses, scenario, sha256, violation } = outcome
  const did = `${branchDays.toFixed(2)} branch-days, ${commands} commands, ${pulses} pulses, ${lines} lines`
  console.error(`seed ${scenario.seed}: ${did}, sha256 ${sha256}`)
  if (violation === undefined) return
  const replayed = { ...scenario, knobs: outcome.knobs }
  console.error(`  ${violation.message}\n  replay: ${commandOf(replayed, options.plant)} --trace`)
}

export const run: Command["run"] = async (args) => {
  const options = parseDstOptions(args)
  if (options === "help") {
    console.log(dstHelp)
    return 0
  }
  const plant = "wrong" in options ? undefined : plantOf(options.plant)
  if ("wrong" in options || plant === undefined) {
    const bugs = plantedBugs.map(({ plant: { name } }) => name).join(", ")
    console.error("wrong" in options ? options.wrong : `There is no planted bug of that name. There are: ${bugs}.`)
    return exitCodeForMisuse
  }
  let failures = 0
  for (let nth = 0; nth < options.seeds; nth++) {
    const scenario = { ...options.scenario, seed: options.scenario.seed + nth }
    const onLine = options.trace ? (line: string) => void process.stdout.write(`${line}\n`) : undefined
    const outcome = simulate(scenario, plant, onLine)
    say(outcome, options)
    if (outcome.violation === undefined) continue
    failures += 1
    if (options.shrink)
      say(
        shrink(outcome, plant, () => void process.stderr.write(".")),
        options,
      )
  }
  return failures === 0 ? 0 : 1
}
