/** A simulation as the words that run it again: `npm run dst -- --seed 123 …`. */
import { parseArgs } from "node:util"
import { isKnob, type Knob, knobs } from "./Knobs.ts"
import { type Scenario, usual } from "./Simulation.ts"

export interface DstOptions {
  readonly scenario: Scenario
  /** So many seeds from the first one on. */
  readonly seeds: number
  /** Name of a planted bug. */
  readonly plant: string | undefined
  readonly trace: boolean
  readonly shrink: boolean
}

export const dstHelp = `usage: npm run -s dst -- [options]

Runs the whole system on a virtual clock: the real edge programs, the real cloud services and the simulated world, with
stand-ins for broker, disk, serial line and database. One seed decides everything: same seed, same trace, byte for byte.

  --seed <n>           the seed (default 1)
  --seeds <n>          so many seeds from that one on (default 1)
  --days <n>           how long, may be a fraction (default ${usual.days})
  --branches <n>       (default ${usual.branches}), with --boards <n> and --bays <n> each
  --per-hour <n>       visits of a branch in its busiest hour (default ${usual.perHour})
  --intensity <n>      how often the faults strike, as a multiple (default ${usual.intensity})
  --calm-every <n>     hours between two calms, in which everything must come to rest (default ${usual.calmEveryHours})
  --knobs <a,b,…>      exactly these faults; "none" for none (default: the seed chooses)
  --plant <name>       with a planted bug
  --trace              print the trace (NDJSON) on standard output
  --shrink             on a failure, look for a shorter run with fewer faults that fails the same way
  --help

Ends with 0 if every invariant held, 1 if one was broken, 2 if called wrongly.

faults: ${knobs.join(", ")}`

const numbers = {
  seed: "seed",
  days: "days",
  branches: "branches",
  boards: "boards",
  bays: "baysPerBoard",
  "per-hour": "perHour",
  intensity: "intensity",
  "calm-every": "calmEveryHours",
} as const satisfies Readonly<Record<string, keyof Scenario>>

/** The options, `"help"`, or what is wrong with them. */
export const parseDstOptions = (args: ReadonlyArray<string>): DstOptions | "help" | { readonly wrong: string } => {
  const parsed = parse(args)
  if ("wrong" in parsed) return parsed
  const { values } = parsed
  if (values.help === true) return "help"
  const scenario: Record<string, unknown> = { ...usual, seed: 1 }
  for (const [option, field] of Object.entries(numbers)) {
    const text = values[option as keyof typeof values]
    if (text === undefined) continue
    const number = Number(text)
    if (!(number > 0)) return { wrong: `--${option} must be a number above 0, not "${String(text)}".` }
    scenario[field] = number
  }
  const chosen = knobsIn(values.knobs)
  if (chosen !== undefined && "wrong" in chosen) return chosen
  const seeds = Number(values.seeds ?? 1)
  if (!Number.isInteger(seeds) || seeds < 1) return { wrong: `--seeds must be a whole number above 0.` }
  return {
    scenario: { ...(scenario as unknown as Scenario), knobs: chosen?.knobs },
    seeds,
    plant: values.plant,
    trace: values.trace === true,
    shrink: values.shrink === true,
  }
}

/** The one command that runs a scenario again. */
export const commandOf = (scenario: Scenario, plant?: string): string => {
  const words = Object.entries(numbers).flatMap(([option, field]) =>
    field !== "seed" && scenario[field] === usual[field] ? [] : [`--${option} ${scenario[field]}`],
  )
  const faults = scenario.knobs === undefined ? [] : [`--knobs ${scenario.knobs.join(",") || "none"}`]
  const planted = plant === undefined ? [] : [`--plant "${plant}"`]
  return ["npm run -s dst --", ...words, ...faults, ...planted].join(" ")
}

const parse = (args: ReadonlyArray<string>) => {
  const text = { type: "string" } as const
  const flag = { type: "boolean" } as const
  try {
    return parseArgs({
      args: [...args],
      options: {
        seed: text,
        seeds: text,
        days: text,
        branches: text,
        boards: text,
        bays: text,
        "per-hour": text,
        intensity: text,
        "calm-every": text,
        knobs: text,
        plant: text,
        trace: flag,
        shrink: flag,
        help: flag,
      },
    })
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : String(error) }
  }
}

const knobsIn = (
  words: string | undefined,
): { readonly knobs: ReadonlyArray<Knob> } | { readonly wrong: string } | undefined => {
  if (words === undefined) return undefined
  if (words === "none") return { knobs: [] }
  const names = words.split(",")
  const unknown = names.filter((name) => !isKnob(name))
  return unknown.length === 0 ? { knobs: names.filter(isKnob) } : { wrong: `There is no fault ${unknown.join(", ")}.` }
}
