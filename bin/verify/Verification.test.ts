/** What decides over pass and fail: totals, budgets, the last line and the exit code. */
import { assert, describe, it } from "@effect/vitest"
import { runStep, type Step } from "./Step.ts"
import { countTests } from "./TestTotals.ts"
import { exitCodeOf, runPlan, summarise } from "./Verification.ts"

const step = (name: string, code: string, budgetMs = 20_000): Step => ({
  name,
  budgetMs,
  command: [process.execPath, "-e", code],
})

const report = (...files: ReadonlyArray<{ readonly status: string; readonly tests: ReadonlyArray<string> }>) =>
  JSON.stringify({
    testResults: files.map(({ status, tests }) => ({
      name: "A.test.ts",
      status,
      assertionResults: tests.map((one) => ({ status: one })),
    })),
  })

describe("verification", () => {
  it("counts a skipped test and a file that does not load as failed", () => {
    assert.deepStrictEqual(countTests(report({ status: "passed", tests: ["passed", "passed"] })), {
      passed: 2,
      failed: 0,
    })
    assert.deepStrictEqual(countTests(report({ status: "passed", tests: ["passed", "pending"] })), {
      passed: 1,
      failed: 1,
    })
    assert.deepStrictEqual(countTests(report({ status: "failed", tests: ["passed", "failed"] })), {
      passed: 1,
      failed: 1,
    })
    assert.deepStrictEqual(countTests(report({ status: "failed", tests: [] })), { passed: 0, failed: 1 })
  })

  it("stops at the first step that fails and names what was not run", async () => {
    const verification = await runPlan([step("one", ""), step("two", "process.exit(3)"), step("three", "")], false)
    assert.deepStrictEqual(
      verification.outcomes.map((outcome) => [outcome.name, outcome.isOk]),
      [
        ["one", true],
        ["two", false],
      ],
    )
    assert.deepStrictEqual(verification.skipped, ["three"])
    assert.strictEqual(exitCodeOf(verification), 1)
  })

  it("goes on after a failure when asked to", async () => {
    const verification = await runPlan([step("one", "process.exit(1)"), step("two", "")], true)
    assert.deepStrictEqual(
      verification.outcomes.map((outcome) => outcome.isOk),
      [false, true],
    )
    assert.strictEqual(exitCodeOf(verification), 1)
  })

  it("ends a step that is over its budget and fails it", async () => {
    const outcome = await runStep(step("endless", "setInterval(() => undefined, 1000)", 300))
    assert.isTrue(outcome.isOverBudget)
    assert.isFalse(outcome.isOk)
  })

  it("says that a program is not there", async () => {
    const outcome = await runStep({ name: "absent", budgetMs: 20_000, command: ["no-such-program"] })
    assert.isFalse(outcome.isOk)
  })

  it("ends with the totals as the last line", () => {
    const text = summarise({ outcomes: [], skipped: ["unit"], totals: { passed: 12, failed: 3 } })
    assert.strictEqual(text.split("\n").at(-1), "12 passed, 3 failed")
  })

  it("fails when no test ran", () => {
    const outcome = { name: "unit", isOk: true, elapsedMs: 1, budgetMs: 2, isOverBudget: false }
    const verification = { outcomes: [outcome], skipped: [] }
    assert.strictEqual(exitCodeOf({ ...verification, totals: { passed: 0, failed: 0 } }), 1)
    assert.strictEqual(exitCodeOf({ ...verification, totals: { passed: 1, failed: 0 } }), 0)
    assert.strictEqual(exitCodeOf({ ...verification, totals: { passed: 1, failed: 1 } }), 1)
  })
})
