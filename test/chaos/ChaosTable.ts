/** The outcome of a run as a table for people: what each fault cost, and what it broke. */
import { percentile, printTable } from "#bench/Table.ts"
import type { ChaosReport, RoundReport } from "./ChaosRun.ts"
import type { History } from "./History.ts"
import { invariantNames, type Violation } from "./Invariants.ts"

interface Span {
  readonly fromMs: number
  readonly untilMs: number
}

/** What became of the presses and commands of some rounds, by word: 3 busy, 2 expired. */
const outcomesIn = (history: History, spans: ReadonlyArray<Span>) => {
  const within = (atMs: number) => spans.some(({ fromMs, untilMs }) => fromMs <= atMs && atMs < untilMs)
  const presses = history.presses.filter(({ askedAtMs }) => within(askedAtMs))
  const commands = history.commands.filter(({ createdAtMs }) => within(createdAtMs))
  const refused = new Map<string, number>()
  const count = (word: string) => refused.set(word, (refused.get(word) ?? 0) + 1)
  for (const { status, reason } of presses) {
    if (status === undefined) count("no answer")
    else if (status !== 202) count(reason ?? String(status))
  }
  for (const { stage, reason } of commands) if (stage !== "confirmed") count(`${stage} ${reason ?? ""}`.trim())
  return {
    asked: presses.length,
    confirmed: commands.filter(({ stage }) => stage === "confirmed").length,
    pulses: history.pulses.filter(({ atMs }) => within(atMs)).length,
    refused: [...refused].map(([word, times]) => `${times} ${word}`).join(", "),
  }
}

const seconds = (ms: number): string => (Number.isFinite(ms) ? (ms / 1_000).toFixed(1) : "never")

/** How long each round took from the end of the fault until every bay was right. */
const recoveries = (rounds: ReadonlyArray<RoundReport>): ReadonlyArray<number> =>
  rounds.map(({ round }) => (round.convergedAtMs ?? Infinity) - round.healedAtMs)

/** All violations of the reports, those of the end included. */
export const allViolations = (reports: ReadonlyArray<ChaosReport>): ReadonlyArray<Violation> =>
  reports.flatMap(({ rounds, atTheEnd }) => [...rounds.flatMap(({ violations }) => violations), ...atTheEnd])

/** Prints what became of each fault, of each invariant, and every violation in words. */
export const printChaos = (reports: ReadonlyArray<ChaosReport>): void => {
  const rows = reports.flatMap(({ rounds, history }) =>
    [...Map.groupBy(rounds, ({ round }) => round.fault)].map(([fault, own]) => {
      const spans = own.map(({ round }) => {
        const next = rounds[rounds.findIndex((one) => one.round === round) + 1]
        return { fromMs: round.beganAtMs, untilMs: next?.round.beganAtMs ?? Infinity }
      })
      const { asked, confirmed, pulses, refused } = outcomesIn(history, spans)
      const times = recoveries(own)
      const broken = own.reduce((sum, { violations }) => sum + violations.length, 0)
      return [
        fault,
        own.length,
        asked,
        confirmed,
        pulses,
        `${seconds(percentile(times, 0.5))} / ${seconds(Math.max(...times))}`,
        broken,
        refused,
      ]
    }),
  )
  const heads = ["fault", "rounds", "asked", "confirmed", "pulses", "back after p50 / max, s", "violations", "refused"]
  printTable(heads, rows)
  const violations = allViolations(reports)
  console.log("")
  printTable(
    ["invariant", "violations"],
    invariantNames.map((name) => [name, violations.filter(({ invariant }) => invariant === name).length]),
  )
  for (const { invariant, what } of violations) console.log(`${invariant}: ${what}`)
}
