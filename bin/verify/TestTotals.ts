/**
 * What a run of vitest proved, read from its JSON report. A test that was skipped proves nothing and a file that could
 * not be loaded has no tests, so both count as failed.
 */
import { Schema } from "effect"
import { readFileSync } from "node:fs"

export interface TestTotals {
  readonly passed: number
  readonly failed: number
}

export const noTests: TestTotals = { passed: 0, failed: 0 }

const Report = Schema.fromJsonString(
  Schema.Struct({
    testResults: Schema.Array(
      Schema.Struct({
        name: Schema.String,
        status: Schema.String,
        assertionResults: Schema.Array(Schema.Struct({ status: Schema.String })),
      }),
    ),
  }),
)

export const addTotals = (one: TestTotals, other: TestTotals): TestTotals => ({
  passed: one.passed + other.passed,
  failed: one.failed + other.failed,
})

/** Counts the tests of a report's text. Throws if it is no report of vitest. */
export const countTests = (report: string): TestTotals =>
  Schema.decodeUnknownSync(Report)(report)
    .testResults.map(({ status, assertionResults }): TestTotals => {
      const passed = assertionResults.filter((test) => test.status === "passed").length
      const notPassed = assertionResults.length - passed
      const isBrokenFile = notPassed === 0 && status !== "passed"
      return { passed, failed: notPassed + (isBrokenFile ? 1 : 0) }
    })
    .reduce(addTotals, noTests)

/** The totals of a report file; a run that left no readable report is one failure. */
export const readTotals = (file: string): TestTotals => {
  try {
    return countTests(readFileSync(file, "utf8"))
  } catch {
    return { passed: 0, failed: 1 }
  }
}
