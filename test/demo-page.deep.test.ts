/**
 * The demo page, served by nothing but a server of files: a visitor follows the tour, breaks things and rents a cart. Once it is
 * loaded the page asks for nothing: all of this happens with the server gone.
 */
import { createServer, type Server } from "node:http"
import { readFile } from "node:fs/promises"
import path from "node:path"
import { Effect } from "effect"
import type { Browser, Page } from "playwright-core"
import { afterAll, afterEach, assert, beforeAll, describe, it } from "vitest"
import { buildUi } from "#bin/demo/UiBuild.ts"
import { axeViolations } from "./support/Axe.ts"
import { startBrowser } from "./support/Browser.ts"
import { eventually } from "./support/Eventually.ts"

const dist = path.join(import.meta.dirname, "..", "ui", "dist")
const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
}

/** A server of files, and the address of the page on it. */
const serveFiles = async (): Promise<{ readonly server: Server; readonly url: string }> => {
  const server = createServer((request, response) => {
    const name = path.join(dist, path.normalize(new URL(request.url ?? "/", "http://files").pathname))
    readFile(name).then(
      (bytes) => response.setHeader("content-type", types[path.extname(name)] ?? "text/plain").end(bytes),
      () => response.writeHead(404).end(),
    )
  })
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done))
  const address = server.address()
  if (address === null || typeof address === "string") throw new Error("the server of files has no port")
  return { server, url: `http://127.0.0.1:${address.port}/demo.html` }
}

let browser: Browser
let page: Page
let asked: Array<string> = []
const wrong: Array<string> = []

/** Opens the page, and takes its server away as soon as it is there. */
const open = async (search: string, language = "en", viewport = { width: 1400, height: 900 }): Promise<void> => {
  const { server, url } = await serveFiles()
  const context = await browser.newContext({ viewport })
  page = await context.newPage()
  page.on("pageerror", (error) => wrong.push(String(error)))
  await page.addInitScript(`localStorage.setItem("cartwise.language", ${JSON.stringify(language)})`)
  await page.goto(url + search)
  await page.getByRole("heading", { level: 1 }).waitFor()
  await page.evaluate("document.fonts.ready")
  server.closeAllConnections()
  await new Promise((done) => server.close(done))
  asked = []
  page.on("request", (request) => asked.push(request.url()))
}

beforeAll(async () => {
  await Effect.runPromise(buildUi(() => {}))
  browser = await startBrowser()
})

afterEach(async () => {
  await page.context().close()
  assert.deepEqual(asked, [], "the page asked for something after it was loaded")
  assert.deepEqual(wrong.splice(0), [])
})

afterAll(() => browser?.close())

const press = (name: string | RegExp) => page.getByRole("button", { name }).click()
const tour = () => page.getByRole("region", { name: "Guided tour" })
const bayIs = (label: string, state: string) =>
  page.locator(`[data-bay="${label}"][data-state="${state}"][data-stale="false"]`).waitFor()

describe("the demo page", () => {
  it("unlocks a bay by the real machine: stages, frames and readings, until the cart is out and the machine says why not", async () => {
    await open("?bay=B4&speed=4")
    await page.getByRole("checkbox", { name: "People come and go" }).uncheck()
    await bayIs("B4", "latch.secured")
    await press("Unlock bay B4")
    await bayIs("B4", "latch.ajar.released")
    await page.locator('[data-stage="confirmed"]').waitFor()
    const wire = page.getByRole("region", { name: "The wire" })
    // STX, board 1 lock index 3, unlock, ETX, sum.
    assert.include(await wire.innerText(), "02 13 31 03 49")
    await press("Pull the cart out")
    await bayIs("B4", "latch.empty")
    assert.isTrue(await page.getByRole("button", { name: "Unlock bay B4" }).isDisabled())
    await page.getByText("Not possible now:").waitFor()
    await press("Push the cart in")
    await bayIs("B4", "latch.secured")
  })

  it("leads through the tour, each stop with a deed, and back to a branch that is well", async () => {
    await open("?speed=4")
    const stops: Array<string> = []
    for (let stop = 1; stop <= 11; stop++) {
      stops.push(await tour().getByRole("heading").innerText())
      await tour().getByRole("button").first().click()
      if (stop === 3) await bayIs("B4", "latch.ajar.released")
      if (stop === 4) await bayIs("B4", "latch.empty")
      if (stop === 5) await page.getByText("Every event there is, and what").waitFor()
      if (stop === 6) await page.locator('[data-bay="B4"][data-stale="true"]').waitFor()
      if (stop === 7) await bayIs("B4", "latch.secured")
      if (stop === 8) await page.locator('[data-stage="failed"]').waitFor()
      if (stop === 9) await bayIs("B3", "latch.ajar.released")
      if (stop < 11) await tour().getByRole("button", { name: "Go on" }).click()
    }
    assert.strictEqual(new Set(stops).size, 11)
    await page.getByText("Edge and cloud have never disagreed.").waitFor()
  })

  it("lends a cart on the shopper's phone and thanks when it is back", async () => {
    await open("?speed=4")
    await page.getByRole("checkbox", { name: "People come and go" }).uncheck()
    await press("Take a cart")
    const phone = page.getByTestId("phone")
    await phone.getByRole("heading", { name: "It is open: pull it out" }).waitFor()
    await page
      .getByRole("group", { name: "A simulated hand" })
      .getByRole("button", { name: "Pull the cart out" })
      .click()
    await phone.getByRole("heading", { name: "Enjoy your shopping" }).waitFor()
    await press("Push it in until it clicks")
    await phone.getByRole("heading", { name: "Thank you!" }).waitFor()
  })

  it("has its day in the address: the same seed has the same people at the same time", async () => {
    /** The unlocks on the wire, as soon as there is one; slow enough that the first is not pushed out by later ones. */
    const day = async (): Promise<ReadonlyArray<string>> => {
      await open("?seed=7&speed=16")
      const took = await eventually(async () => {
        const text = await page.getByRole("region", { name: "The wire" }).innerText()
        const unlocks = text.split("\n").filter((line) => line.includes("host unlocks"))
        if (unlocks.length === 0) throw new Error("nobody has come yet")
        return unlocks
      })
      return took
    }
    const [first] = (await day()).slice(-1)
    await page.context().close()
    const [again] = (await day()).slice(-1)
    assert.strictEqual(again, first)
  })

  it.each([
    ["en", { width: 1400, height: 900 }],
    ["he", { width: 360, height: 740 }],
  ] as const)("is accessible and fits: %s", async (language, viewport) => {
    await open("?speed=4&step=whyNot", language, viewport)
    await bayIs("B4", "latch.secured")
    assert.deepEqual(await axeViolations(page), [])
    assert.isAtMost(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth), 0)
  })

  it("changes its language and theme without a network", async () => {
    await open("?speed=1")
    await press("Appearance and language")
    await page.getByRole("menuitemradio", { name: "עברית" }).click()
    await page.keyboard.press("Escape")
    await page.getByRole("heading", { level: 1, name: "סניף בתוך הדפדפן" }).waitFor()
    assert.strictEqual(await page.locator("html").getAttribute("dir"), "rtl")
  })
})
