/** The ways a page is looked at, and a visitor who is signed in and sees pages so. */
import type { Browser, Page } from "playwright-core"
import type { DemoReady } from "#bin/demo/Demo.ts"
import { eventually } from "../support/Eventually.ts"
import { signInAt } from "../support/signInAt.ts"
import type { Screen, Shown } from "./Screens.ts"

export interface Look {
  readonly name: string
  readonly theme: "light" | "dark"
  readonly language: "en" | "he"
  readonly viewport: { readonly width: number; readonly height: number }
}

const desk = { width: 1360, height: 900 }
const phone = { width: 360, height: 740 }

export const looks: ReadonlyArray<Look> = [
  { name: "light", theme: "light", language: "en", viewport: desk },
  { name: "dark", theme: "dark", language: "en", viewport: desk },
  { name: "hebrew", theme: "light", language: "he", viewport: desk },
  { name: "phone", theme: "light", language: "en", viewport: phone },
  { name: "phone-hebrew", theme: "dark", language: "he", viewport: phone },
]

/** A page that shows what it has to show, and where nothing moves any more, unless it shows a world that goes on. */
const settled = (mayMove: boolean) => `(() => {
  const main = document.querySelector("main, form, h1")
  const isWaiting = /^(?:Loading|טוען)/m.test(document.body.innerText)
  const moves = document.getAnimations().some(({ playState, effect }) =>
    playState === "running" && effect?.getComputedTiming().endTime <= 1000)
  return main !== null && !isWaiting && (${mayMove} || !moves)
})()`

export interface Visitor {
  readonly page: Page
  /** Opens a page and waits until it has settled; for a picture also until nothing is asked for any more. */
  readonly see: (screen: Screen, isForPicture?: boolean) => Promise<void>
  readonly leave: () => Promise<void>
}

/** Somebody who looks at the demo so; signed in unless they are a stranger. */
export const visit = async (
  browser: Browser,
  ready: Pick<DemoReady, "url" | "email" | "password">,
  shown: Shown,
  { theme, language, viewport }: Look,
  isStranger = false,
): Promise<Visitor> => {
  const context = await browser.newContext({ viewport, colorScheme: theme })
  const page = await context.newPage()
  if (isStranger) await page.goto(ready.url)
  else await signInAt(page, ready)
  await page.evaluate(`localStorage.setItem("cartwise.language", ${JSON.stringify(language)})`)
  return {
    page,
    see: async ({ address, first, goesOn = false }, isForPicture = false) => {
      await page.goto(ready.url + address(shown), { waitUntil: isForPicture ? "networkidle" : "load" })
      await eventually(async () => {
        if (!(await page.evaluate<boolean>(settled(goesOn)))) throw new Error(`${page.url()} has not settled`)
      })
      await first?.(page)
    },
    leave: () => context.close(),
  }
}
