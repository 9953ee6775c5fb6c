/**
 * What the dashboard costs a browser: the real pages in headless Chromium over the real cloud, one branch of 10,000 carts, of
 * whose twins 2,000 a second change and come over the real WebSocket. For the bay map and for the table of carts: frames a
 * second, the longest time without one, and the share of its time for which the page's main thread is busy.
 *
 * Chromium draws in software here, in threads beside the main one, on the same cores as the cloud, Postgres and whoever makes
 * the changes: frames may be missed because of those; what the main thread is busy with is the page's own.
 */
import { gzipSync } from "node:zlib"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { Effect } from "effect"
import type { Browser, Page } from "playwright-core"
import { buildUi } from "#bin/demo/UiBuild.ts"
import { startBrowser } from "#test/support/Browser.ts"
import type { RegistryDocument } from "#core/domain/RegistryDocument.ts"
import { Limits } from "#core/Limits.ts"
import { branchIdOf, registryOf } from "./ingest/Fleet.ts"
import { type FeedStage, openFeedStage, person } from "./live/FeedStage.ts"
import { printTable } from "./Table.ts"

export const summary = "frames and main thread of the dashboard with 10,000 carts, first paint, size of its JavaScript"

const usage = `usage: npm run bench -- ui [options]

  --carts n     carts of the branch (10000)
  --updates n   twins that change each second (2000)
  --seconds n   how long each page is watched (6)`

const goals = { fps: 55, mainThread: 0.5, firstPaintMs: 1_000, initialBytes: 250_000 }
const warmUpSeconds = 2
const pageMs = 60_000

interface Watched {
  readonly page: string
  readonly fps: number
  readonly longestGapMs: number
  readonly mainThread: number
}

const dist = join(import.meta.dirname, "..", "ui", "dist")

/** Bytes, compressed, of the scripts that the dashboard's page asks for before anything is shown. */
const initialBytes = (): number => {
  const html = readFileSync(join(dist, "index.html"), "utf8")
  const scripts = [...html.matchAll(/(?:src|href)="\/([^"]+\.js)"/gu)].map(([, file = ""]) => file)
  return scripts.reduce((sum, file) => sum + gzipSync(readFileSync(join(dist, file))).length, 0)
}

const boardsPerDevice = Limits.busesPerDevice * Limits.boardsPerBus

/** One branch with so many boards, as many at each device as it may have; what is printed on bays and carts is unique in it. */
const oneBranch = (boards: number): (typeof RegistryDocument)["Encoded"] => {
  const registry = registryOf(boards)
  const [chain] = registry.chains
  const [branch] = chain?.branches ?? []
  if (chain === undefined || branch === undefined) throw new RangeError("there is no branch without boards")
  const all = chain.branches.flatMap(({ devices }) => devices)
  const controllers = all
    .flatMap((device) => device.controllers)
    .map((board, at) => ({
      ...board,
      controller_address: at % Limits.boardsPerBus,
      port: `/dev/ttyUSB${Math.floor((at % boardsPerDevice) / Limits.boardsPerBus)}`,
      bays: board.bays.map((bay) => ({
        ...bay,
        label: `${at + 1}-${bay.label}`,
        cart: bay.cart && { ...bay.cart, cart_number: `${at + 1}-${bay.cart.cart_number}` },
      })),
    }))
  const devices = all.slice(0, Math.ceil(boards / boardsPerDevice)).map((device, at) => ({
    ...device,
    controllers: controllers.slice(at * boardsPerDevice, (at + 1) * boardsPerDevice),
  }))
  return { ...registry, chains: [{ ...chain, branches: [{ ...branch, devices }] }] }
}

const signedIn = async (browser: Browser, url: string): Promise<Page> => {
  const page = await browser.newPage({ viewport: { width: 1360, height: 900 } })
  await page.goto(url)
  await page.getByLabel("E-mail").fill(person.email)
  await page.getByLabel("Password").fill(person.password)
  await page.getByRole("button", { name: "Sign in" }).click()
  await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor()
  return page
}

/** Milliseconds from the start of a navigation to the branch until a frame shows its first bay. */
const firstPaint = async (page: Page, url: string): Promise<number> => {
  await page.addInitScript(() => {
    const look = () => {
      if (document.querySelector("[data-bay]") === null) return void requestAnimationFrame(look)
      requestAnimationFrame(() => Object.assign(globalThis, { firstBayMs: performance.now() }))
    }
    requestAnimationFrame(look)
  })
  await page.goto(`${url}/branches/${branchIdOf(1)}`)
  await page.waitForFunction(() => "firstBayMs" in globalThis, undefined, { timeout: pageMs })
  return await page.evaluate(() => Number(Reflect.get(globalThis, "firstBayMs")))
}

/** Counts frames while twins change. */
const watch = async (
  stage: FeedStage,
  page: Page,
  name: string,
  updates: number,
  seconds: number,
): Promise<Watched> => {
  await page.locator("[data-live='live']").waitFor({ timeout: pageMs })
  await stage.change(updates, warmUpSeconds)
  const devtools = await page.context().newCDPSession(page)
  await devtools.send("Performance.enable", { timeDomain: "timeTicks" })
  const busySeconds = async () => {
    const { metrics } = await devtools.send("Performance.getMetrics")
    const of = (wanted: string) => metrics.find((metric) => metric.name === wanted)?.value ?? Number.NaN
    return { busy: of("TaskDuration"), at: of("Timestamp") }
  }
  const frames = page.evaluate(
    (ms) =>
      new Promise<{ count: number; longestGapMs: number; tookMs: number }>((resolve) => {
        const begun = performance.now()
        let [count, longestGapMs, last] = [0, 0, begun]
        const tick = (now: number) => {
          count += 1
          longestGapMs = Math.max(longestGapMs, now - last)
          last = now
          if (now - begun < ms) requestAnimationFrame(tick)
          else resolve({ count, longestGapMs, tookMs: now - begun })
        }
        requestAnimationFrame(tick)
      }),
    seconds * 1_000,
  )
  const before = await busySeconds()
  await stage.change(updates, seconds)
  const { count, longestGapMs, tookMs } = await frames
  const after = await busySeconds()
  await devtools.detach()
  const mainThread = (after.busy - before.busy) / (after.at - before.at)
  return { page: name, fps: (count * 1_000) / tookMs, longestGapMs, mainThread }
}

const report = (watched: ReadonlyArray<Watched>, paintMs: number, bytes: number): boolean => {
  const verdict = (held: boolean) => (held ? "held" : "MISSED")
  const fast = ({ fps }: Watched) => fps >= goals.fps
  const idle = ({ mainThread }: Watched) => mainThread < goals.mainThread
  const percent = (share: number) => `${(share * 100).toFixed(0)} %`
  printTable(
    ["page", "frames a second", `≥ ${goals.fps}`, "longest gap, ms", "main thread", `< ${percent(goals.mainThread)}`],
    watched.map((one) => [
      one.page,
      one.fps.toFixed(0),
      verdict(fast(one)),
      one.longestGapMs.toFixed(0),
      percent(one.mainThread),
      verdict(idle(one)),
    ]),
  )
  const [painted, small] = [paintMs < goals.firstPaintMs, bytes < goals.initialBytes]
  console.log()
  printTable(
    ["", "", "goal", ""],
    [
      ["first bay of the branch shown, ms", paintMs.toFixed(0), `< ${goals.firstPaintMs}`, verdict(painted)],
      ["initial JavaScript, bytes gzip", bytes, `< ${goals.initialBytes}`, verdict(small)],
    ],
  )
  return watched.every((one) => fast(one) && idle(one)) && painted && small
}

const numberOf = (name: string, value: string): number => {
  const number = Number(value)
  if (!(number > 0)) throw new RangeError(`--${name} is a number above 0, not ${value}\n\n${usage}`)
  return number
}

/** Runs the bench; gives 1 if a goal is missed. */
export const run = async (args: ReadonlyArray<string>): Promise<number> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      carts: { type: "string", default: "10000" },
      updates: { type: "string", default: "2000" },
      seconds: { type: "string", default: "6" },
      help: { type: "boolean", default: false },
    },
  })
  if (values.help) {
    console.log(usage)
    return 0
  }
  const [updates, seconds] = [numberOf("updates", values.updates), numberOf("seconds", values.seconds)]
  const boards = Math.ceil(numberOf("carts", values.carts) / Limits.locksPerBoard)
  await Effect.runPromise(buildUi((text) => console.error(text)))
  const stage = await openFeedStage(oneBranch(boards), boards)
  const browser = await startBrowser()
  try {
    const page = await signedIn(browser, stage.url)
    const paintMs = await firstPaint(page, stage.url)
    const map = await watch(stage, page, "bay map", updates, seconds)
    await page.goto(`${stage.url}/carts`)
    await page.getByRole("table").waitFor({ timeout: pageMs })
    const table = await watch(stage, page, "table of carts", updates, seconds)
    return report([map, table], paintMs, initialBytes()) ? 0 : 1
  } finally {
    await browser.close()
    await stage.stop()
  }
}
