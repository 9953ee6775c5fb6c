/**
 * Every page of the real demo, on a screen and in Hebrew on a phone in the dark: no accessibility violation that axe can find (WCAG 2.2 A and AA), and nothing
 * wider than the screen.
 */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import type { DemoReady } from "#bin/demo/Demo.ts"
import type { Browser } from "playwright-core"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { looks, visit } from "./pages/Looks.ts"
import { screens, type Shown, somethingToShow } from "./pages/Screens.ts"
import { axeViolations } from "./support/Axe.ts"
import { startBrowser } from "./support/Browser.ts"
import { demoPlace, startDemo } from "./support/Demo.ts"
import type { Program } from "./support/Program.ts"
import { signIn } from "./support/Rest.ts"

let program: Program
let ready: DemoReady
let browser: Browser
let shown: Shown

beforeAll(async () => {
  ;({ program, ready } = await startDemo(await demoPlace()))
  shown = await somethingToShow(await signIn(ready.url, ready.email, ready.password))
  browser = await startBrowser()
})

afterAll(async () => {
  await browser?.close()
  await program?.stop("SIGINT")
})

/** Both themes, both directions, wide and narrow. */
const judged = looks.filter(({ name }) => name === "light" || name === "phone-hebrew")

const routes = (): ReadonlyArray<string> =>
  [...readFileSync(join(import.meta.dirname, "../ui/src/Router.tsx"), "utf8").matchAll(/\bpath: "([^"]+)"/gu)].map(
    ([, path]) => path ?? "",
  )

describe("every page", () => {
  it("is on the list of those that are looked at", () => {
    const listed = new Set(screens.map(({ route }) => route))
    assert.deepEqual(
      routes().filter((path) => !listed.has(path)),
      [],
    )
  })

  it.each(judged)("is accessible and fits: $name", async (look) => {
    const wrong: Array<string> = []
    for (const isStranger of [true, false]) {
      const { page, see, leave } = await visit(browser, ready, shown, look, isStranger)
      for (const screen of screens.filter(({ isPublic = false }) => isPublic === isStranger)) {
        await see(screen)
        const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
        if (tooWide > 0) wrong.push(`${screen.name}: ${tooWide} pixels wider than the screen`)
        for (const violation of await axeViolations(page)) wrong.push(`${screen.name}: ${violation}`)
      }
      await leave()
    }
    assert.deepEqual(wrong, [])
  })
})
