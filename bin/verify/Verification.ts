/**
 * Runs the steps of a plan one after the other, stops at the first that fails, and ends with a table of times beside
 * budgets and, as the very last line, the totals of the tests: `N passed, N failed`.
 */
import { mkdirSync, rmSync } from "node:fs"
import path from "node:path"
import { isTestStep } from "./Plans.ts"
import { runStep, type Step, type StepOutcome } from "./Step.ts"
import { addTotals, noTests, readTotals, type TestTotals } from "./TestTotals.ts"

export interface Verification {
  readonly outcomes: ReadonlyArray<StepOutcome>
  /** Steps that were not reached. */
  readonly skipped: ReadonlyArray<string>
  readonly totals: TestTotals
}

/** Runs the plan. With `keepGoing` a failed step does not stop the next. */
export const runPlan = async (plan: ReadonlyArray<Step>, keepGoing: boolean): Promise<Verification> => {
  const outcomes: Array<StepOutcome> = []
  let totals = noTests
  for (const step of plan) {
    if (!keepGoing && outcomes.some((outcome) => !outcome.isOk)) break
    console.log(`\n── ${step.name} (at most ${seconds(step.budgetMs)}) ──`)
    if (isTestStep(step)) {
      mkdirSync(path.dirname(step.report), { recursive: true })
      rmSync(step.report, { force: true })
    }
    const outcome = await runStep(step)
    const counted = isTestStep(step) ? readTotals(step.report) : noTests
    totals = addTotals(totals, counted)
    outcomes.push({ ...outcome, isOk: outcome.isOk && counted.failed === 0 })
  }
  return { outcomes, skipped: plan.slice(outcomes.length).map((step) => step.name), totals }
}

const seconds = (ms: number) => `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`

const verdict = (outcome: StepOutcome) => (outcome.isOk ? "ok" : outcome.isOverBudget ? "OVER BUDGET" : "FAILED")

/** The table and the last line. */
export const summarise = ({ outcomes, skipped, totals }: Verification): string => {
  const width = Math.max(...outcomes.map(({ name }) => name.length), ...skipped.map((name) => name.length), 4)
  const total = outcomes.reduce((sum, outcome) => sum + outcome.elapsedMs, 0)
  return [
    "",
    ...outcomes.map(
      (outcome) =>
        `${outcome.name.padEnd(width)}  ${seconds(outcome.elapsedMs).padStart(7)} of ${seconds(outcome.budgetMs).padStart(6)}  ${verdict(outcome)}`,
    ),
    ...skipped.map((name) => `${name.padEnd(width)}  not run`),
    `${"all".padEnd(width)}  ${seconds(total).padStart(7)}`,
    `${totals.passed} passed, ${totals.failed} failed`,
  ].join("\n")
}

/** 0 only if every step ran, every step passed and at least one test did. */
export const exitCodeOf = ({ outcomes, skipped, totals }: Verification): number =>
  skipped.length === 0 && outcomes.every((outcome) => outcome.isOk) && totals.failed === 0 && totals.passed > 0 ? 0 : 1
