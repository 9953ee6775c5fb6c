/**
 * `cartwise verify check|test|deep`: what `npm run check`, `npm test` and `npm run test:deep` run.
 */
import { parseArgs } from "node:util"
import { exitCodeForMisuse } from "../Command.ts"
import { checkPlan, deepPlan, testPlan } from "../verify/Plans.ts"
import type { Step } from "../verify/Step.ts"
import { ensureSystemPackages } from "../verify/SystemPackages.ts"
import { exitCodeOf, runPlan, summarise } from "../verify/Verification.ts"

export const summary = "runs the checks and tests: check, test or deep"

const usage = [
  "usage: npm run check | npm test | npm run test:deep [-- options]",
  "",
  "  check             types, lint, format, tidy",
  "  test              check, generated docs, unit and system tests",
  "  deep [suite …]    the long suites, all or the named ones",
  "",
  "  --only <step>     run only this step (may be repeated)",
  "  --keep-going      go on after a step that failed",
].join("\n")

const plans: Readonly<Record<string, (suites: ReadonlyArray<string>) => ReadonlyArray<Step>>> = {
  check: () => checkPlan,
  test: () => testPlan,
  deep: deepPlan,
}

const parse = (args: ReadonlyArray<string>) =>
  parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      only: { type: "string", multiple: true, default: [] },
      "keep-going": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  })

const misuse = (message: string) => {
  console.error(`${message}\n\n${usage}`)
  return exitCodeForMisuse
}

export const run = async (args: ReadonlyArray<string>): Promise<number> => {
  let parsed: ReturnType<typeof parse>
  try {
    parsed = parse(args)
  } catch (error) {
    return misuse(error instanceof Error ? error.message : String(error))
  }
  const { values, positionals } = parsed
  if (values.help) {
    console.log(usage)
    return 0
  }
  const [name = "test", ...suites] = positionals
  const choose = Object.hasOwn(plans, name) ? plans[name] : undefined
  if (choose === undefined) return misuse(`there is nothing to verify called "${name}"`)
  const plan = choose(suites).filter((step) => values.only.length === 0 || values.only.includes(step.name))
  if (plan.length === 0) return misuse("no step has that name")
  if (name !== "check" && !ensureSystemPackages((line) => console.log(`cartwise: ${line}`))) {
    console.log("0 passed, 0 failed")
    return 1
  }
  const verification = await runPlan(plan, values["keep-going"])
  console.log(summarise(verification))
  return exitCodeOf(verification)
}
