/**
 * What is verified, in which order, and how long each step may take on 2 cores. `npm test` has 10 minutes altogether,
 * `npm run test:deep` 30. A deep suite is one `test/*.deep.test.ts`; one that needs another budget is named here. The suite
 * `slow` is every `*.slow.test.ts` beside the code.
 */
import { readdirSync } from "node:fs"
import path from "node:path"
import type { Step } from "./Step.ts"

const second = 1_000
const minute = 60 * second
const testFolder = path.join(import.meta.dirname, "..", "..", "test")

/** A step that runs tests and leaves vitest's JSON report. */
export interface TestStep extends Step {
  readonly report: string
}

export const isTestStep = (step: Step): step is TestStep => "report" in step

const reportFolder = path.join("test", "results")

const vitest = (name: string, budgetMs: number, ...args: ReadonlyArray<string>): TestStep => {
  const report = path.join(reportFolder, `${name}.json`)
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`]
  return { name, budgetMs, report, command: ["vitest", "run", ...args, ...reporters] }
}

const types: Step = { name: "types", budgetMs: 2 * minute, command: ["tsc", "-b"] }
const lint: Step = { name: "lint", budgetMs: minute, command: ["oxlint"] }
const format: Step = { name: "format", budgetMs: minute, command: ["prettier", "--check", "--log-level=warn", "."] }
const docs: Step = { name: "docs", budgetMs: minute, command: ["node", "bin/cartwise.ts", "docs", "--check"] }
const tidy = vitest("tidy", minute, "--project", "unit", "bin/verify")

/** `npm run check`: what a change must pass before it is worth running. */
export const checkPlan: ReadonlyArray<Step> = [types, lint, format, tidy]

/** `npm test`. */
export const testPlan: ReadonlyArray<Step> = [
  types,
  lint,
  format,
  docs,
  vitest("unit", 6 * minute, "--project", "unit"),
  vitest("system", 5 * minute, "--project", "system"),
]

const suffix = ".deep.test.ts"
const deepBudgetMs = 5 * minute
const deepBudgetsMs: Readonly<Record<string, number>> = {
  dst: 9 * minute,
  chaos: 8 * minute,
  reconnect: 3 * minute,
  fuzz: 6 * minute,
}

const slow = vitest("slow", 4 * minute, "--project", "slow")

/** `npm run test:deep`, or only the named suites. */
export const deepPlan = (only: ReadonlyArray<string>): ReadonlyArray<Step> => [
  ...(only.length === 0 || only.includes(slow.name) ? [slow] : []),
  ...deepSuites(only),
]

const deepSuites = (only: ReadonlyArray<string>): ReadonlyArray<Step> =>
  readdirSync(testFolder)
    .filter((file) => file.endsWith(suffix))
    .map((file) => file.slice(0, -suffix.length))
    .filter((suite) => only.length === 0 || only.includes(suite))
    .sort()
    .map((suite) =>
      vitest(suite, deepBudgetsMs[suite] ?? deepBudgetMs, "--project", "deep", path.join("test", `${suite}${suffix}`)),
    )
