/** `cartwise screenshots`: pictures of every page of the real demo, in every look, to be looked at by somebody. */
import { mkdirSync } from "node:fs"
import { rm } from "node:fs/promises"
import path from "node:path"
import { parseArgs } from "node:util"
import { looks, visit } from "#test/pages/Looks.ts"
import { screens, somethingToShow } from "#test/pages/Screens.ts"
import { startBrowser } from "#test/support/Browser.ts"
import { demoPlace, startDemo } from "#test/support/Demo.ts"
import { signIn } from "#test/support/Rest.ts"
import { type Command, exitCodeForMisuse } from "../Command.ts"

export const summary = "takes pictures of every page of the demo: light, dark, Hebrew, on a phone"

const help = [
  "usage: npm run screenshots -- [--out <folder>] [--only <words> …]",
  "",
  "Starts a demo of its own, gives it something to show, and leaves <folder>/<look>/<page>.png.",
  "",
  "  --out <folder>    where the pictures go; without it test/results/screenshots",
  "  --only <words>    only pages and looks whose names hold these words (may be repeated)",
].join("\n")

const parse = (args: ReadonlyArray<string>) =>
  parseArgs({
    args: [...args],
    options: {
      out: { type: "string", default: path.join("test", "results", "screenshots") },
      only: { type: "string", multiple: true, default: [] },
      help: { type: "boolean", short: "h", default: false },
    },
  }).values

/** Takes them all; gives their number. */
const take = async (out: string, only: ReadonlyArray<string>): Promise<number> => {
  const place = await demoPlace()
  const { program, ready } = await startDemo(place, [])
  const browser = await startBrowser()
  let taken = 0
  try {
    const shown = await somethingToShow(await signIn(ready.url, ready.email, ready.password))
    for (const look of looks) {
      for (const isStranger of [true, false]) {
        const wanted = screens.filter(({ name, isPublic = false }) => {
          const words = `${look.name}/${name}`
          return isPublic === isStranger && (only.length === 0 || only.some((word) => words.includes(word)))
        })
        if (wanted.length === 0) continue
        const { page, see, leave } = await visit(browser, ready, shown, look, isStranger)
        mkdirSync(path.join(out, look.name), { recursive: true })
        for (const screen of wanted) {
          await see(screen, true)
          await page.screenshot({ path: path.join(out, look.name, `${screen.name}.png`) })
          taken += 1
        }
        await leave()
      }
    }
  } finally {
    await browser.close()
    await program.stop("SIGINT")
    await rm(place.dataDir, { recursive: true, force: true })
  }
  return taken
}

export const run: Command["run"] = async (args) => {
  let options: ReturnType<typeof parse>
  try {
    options = parse(args)
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${help}`)
    return exitCodeForMisuse
  }
  if (options.help) {
    console.log(help)
    return 0
  }
  const taken = await take(options.out, options.only)
  console.log(`${taken} pictures in ${options.out}`)
  return taken === 0 ? 1 : 0
}
