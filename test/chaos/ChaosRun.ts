/**
 * One run: a stack, people, witnesses, and one fault after the other, some of them several times. After every round people
 * go home, every bay must soon be shown as it is, and all invariants are judged on everything that was seen so far.
 */
import { randomOf } from "#core/Random.ts"
import { isFinal } from "#core/domain/Command.ts"
import { eventually } from "../support/Eventually.ts"
import { type ChaosStack, startChaosStack } from "./ChaosStack.ts"
import { nowMs } from "./Clock.ts"
import { Crowd } from "./Crowd.ts"
import type { History, Life, Round, Take } from "./History.ts"
import { type Violation, violationsIn } from "./Invariants.ts"
import { conservation } from "./RentalRules.ts"
import { apartFrom } from "./Reality.ts"
import { Renters } from "./Renters.ts"
import { type ChaosFault, pass } from "./Scene.ts"
import { WireWitness } from "./WireWitness.ts"
import { PulseWitness, Witness } from "./Witness.ts"

/** How often a fault strikes. */
export interface PlannedFault {
  readonly fault: ChaosFault
  readonly rounds: number
}

/** One round for the table. */
export interface RoundReport {
  readonly round: Round
  readonly violations: ReadonlyArray<Violation>
}

export interface ChaosReport {
  readonly seed: number
  readonly rounds: ReadonlyArray<RoundReport>
  /** Found only when all was over. */
  readonly atTheEnd: ReadonlyArray<Violation>
  readonly history: History
  readonly lastWords: string
}

export interface ChaosOptions {
  readonly seed: number
  /** Run beside each other; each has its own stack and the next seed. */
  readonly lanes: ReadonlyArray<ReadonlyArray<PlannedFault>>
  /** Told of each round when it is judged. */
  readonly onRound?: (report: RoundReport) => void
  /** Ends the run early; it then fails, and nothing is left running. */
  readonly signal?: AbortSignal
}

/** How long the way back may take before it is given up; the invariants are stricter. */
const patienceMs = 75_000
/** At the end also a sensor that flickered under the load has had its minute of rest, and a heartbeat has followed. */
const lastPatienceMs = 100_000
/** Rarely enough that no look is turned away for asking too often. */
const lookEveryMs = 250
/** A moment of ordinary life before each fault, so that something is under way. */
const calmMs = 1_000

class Run {
  readonly #stack: ChaosStack
  readonly #crowd: Crowd
  readonly #renters: Renters
  readonly #witness: Witness
  readonly #seed: number
  readonly #rounds: Array<Round> = []
  readonly #awaySpans: Array<Life> = []
  readonly #known = new Set<string>()

  constructor(stack: ChaosStack, witness: Witness, renters: Renters, seed: number) {
    this.#stack = stack
    this.#renters = renters
    this.#seed = seed
    this.#witness = witness
    this.#crowd = new Crowd(stack, seed, (commandId) => this.#witness.rest.follow(commandId))
  }

  async round(fault: ChaosFault, number: number): Promise<RoundReport> {
    const { name } = fault
    const random = randomOf(this.#seed, `${name}/${number}`)
    const scene = {
      stack: this.#stack,
      crowd: this.#crowd,
      witness: this.#witness,
      random,
      round: number,
      awaySpans: this.#awaySpans,
    }
    const beganAtMs = nowMs()
    this.#crowd.open()
    this.#renters.open()
    await pass(calmMs)
    const surprises = [...(await fault.strike(scene).catch((error: unknown) => [`it could not be struck: ${error}`]))]
    const healedAtMs = nowMs()
    const inSync = fault.mayDiverge === true ? ["inSync", "diverged"] : ["inSync"]
    await this.#stack
      .ready(patienceMs, inSync)
      .catch((error: unknown) => surprises.push(`the branch stays away: ${error}`))
    this.#renters.close()
    await this.#crowd.close()
    const { apart, convergedAtMs } = await this.#converge()
    const acceptedAtMs = this.#witness.wire.acceptedAtMs
    const connectedAtMs = acceptedAtMs !== undefined && acceptedAtMs > healedAtMs ? acceptedAtMs : undefined
    this.#rounds.push({
      fault: name,
      number,
      beganAtMs,
      healedAtMs,
      connectedAtMs,
      convergedAtMs,
      apart,
      surprises,
    })
    return { round: this.#rounds.at(-1) as Round, violations: this.#news(await this.#judge(false)) }
  }

  /** Waits until everything that was begun has its end, or will never have one. */
  async end(): Promise<{ readonly atTheEnd: ReadonlyArray<Violation>; readonly history: History }> {
    await Promise.all([this.#crowd.silent(), this.#renters.silent()])
    await eventually(
      async () => {
        const { commands, published, rentals, stored } = await this.#look(false)
        const out = conservation({ isOver: true, rentals, takes: this.#takes() }).length
        const open = commands.filter(({ stage }) => !isFinal(stage)).length
        const journals = Map.groupBy(published, ({ journal }) => journal)
        const late = [...journals].filter(
          ([journal, facts]) => Math.max(...facts.map(({ seq }) => seq)) > (stored.get(journal)?.watermark ?? 0),
        ).length
        if (open + late + out > 0) throw new Error(`${open} commands and ${out} rentals are open`)
      },
      { timeoutMs: lastPatienceMs, everyMs: 500 },
    ).catch(() => undefined)
    const history = await this.#look(true)
    return { atTheEnd: this.#news(violationsIn(history)), history }
  }

  stop(): void {
    this.#witness.stop()
  }

  async #converge(): Promise<{ readonly apart: ReadonlyArray<string>; readonly convergedAtMs: number | undefined }> {
    let apart: ReadonlyArray<string> = ["nothing was shown"]
    const look = async () => {
      apart = apartFrom(await this.#stack.board.state(), await this.#witness.rest.bays())
      // A pulse may still come for somebody who has gone home: the hand closes after it.
      for (const bay of await this.#stack.board.state()) {
        if (bay.hook === "open" && bay.cart !== null) await this.#stack.board.verb("return", bay.lockIndex)
      }
      if (apart.length > 0) throw new Error(apart.join("; "))
      return nowMs()
    }
    const convergedAtMs = await eventually(look, { timeoutMs: patienceMs, everyMs: lookEveryMs }).catch(() => undefined)
    return { apart, convergedAtMs }
  }

  #look(isOver: boolean): Promise<History> {
    const { presses } = this.#crowd
    const { rentings } = this.#renters
    const deeds = { presses, rentings, takes: this.#takes(), rounds: this.#rounds, awaySpans: this.#awaySpans }
    return this.#witness.history(deeds, isOver)
  }

  #takes(): ReadonlyArray<Take> {
    return [...this.#crowd.takes, ...this.#renters.takes]
  }

  async #judge(isOver: boolean): Promise<ReadonlyArray<Violation>> {
    return violationsIn(await this.#look(isOver))
  }

  /** What was not said in an earlier round. */
  #news(violations: ReadonlyArray<Violation>): ReadonlyArray<Violation> {
    return violations.filter(({ invariant, what }) => {
      const key = `${invariant}: ${what}`
      const isNew = !this.#known.has(key)
      this.#known.add(key)
      return isNew
    })
  }
}

/** A stack with its run, not yet begun. */
const prepare = async (seed: number) => {
  const pulses = new PulseWitness()
  const wire = new WireWitness()
  const stack = await startChaosStack(seed, { onPulse: pulses.hear, onEdgeLine: wire.listen })
  const renters = await Renters.of(stack, seed)
  return { seed, stack, run: new Run(stack, new Witness(stack, pulses, wire, seed), renters, seed) }
}

/** Runs the plans beside each other, each on a stack of its own; whatever becomes of them, nothing is left running. */
export const runChaos = async ({ seed, lanes, onRound, signal }: ChaosOptions): Promise<ReadonlyArray<ChaosReport>> => {
  const prepared: Array<Awaited<ReturnType<typeof prepare>>> = []
  try {
    // One after the other: a port that was found free is taken before the next is looked for.
    for (const lane of lanes.keys()) prepared.push(await prepare(seed + lane))
    const stopped = new Promise<never>((_, reject) => {
      const stop = () => reject(new Error("the run was stopped"))
      if (signal?.aborted === true) stop()
      signal?.addEventListener("abort", stop)
    })
    const reports = Promise.all(
      prepared.map(async ({ run, seed: own, stack }, lane) => {
        const rounds: Array<RoundReport> = []
        for (const { fault, rounds: wanted } of lanes[lane] ?? []) {
          for (let number = 1; number <= wanted; number++) {
            const report = await run.round(fault, number)
            rounds.push(report)
            onRound?.(report)
          }
        }
        return { seed: own, rounds, ...(await run.end()), lastWords: stack.lastWords() }
      }),
    )
    return await Promise.race([reports, stopped])
  } finally {
    for (const { run, stack } of prepared) {
      run.stop()
      await stack.stop()
    }
  }
}
