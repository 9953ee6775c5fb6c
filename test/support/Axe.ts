/** axe-core run inside a page: the rules of WCAG 2.2 A and AA. */
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import type { Page } from "playwright-core"

interface Violation {
  readonly id: string
  readonly help: string
  readonly nodes: ReadonlyArray<{ readonly html: string }>
}

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8")

/** What fades in or changes its colour has done so: half-way between two colours there is little contrast. */
const atRest = `Promise.allSettled(document.getAnimations().map(({ playState, finished, effect }) =>
  playState === "running" && effect?.getComputedTiming().endTime <= 1000 ? finished : undefined))`

/** What is wrong with the page as it is, one line each. Evaluated over the debugger, so the page's CSP stays as it is. */
export const axeViolations = async (page: Page): Promise<ReadonlyArray<string>> => {
  await page.evaluate(atRest)
  await page.evaluate(source)
  const violations = await page.evaluate<ReadonlyArray<Violation>>(
    `axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }).then((result) => result.violations)`,
  )
  return violations.map(({ id, help, nodes }) => `${id}: ${help} (${nodes[0]?.html.slice(0, 200) ?? ""})`)
}
