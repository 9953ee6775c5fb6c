/**
 * What a person does and sees, in a real browser against the real demo: sign in, find the branch, unlock a bay, watch it
 * open. By role and label. Pictures of it are left in `test/results`.
 */
import type { DemoReady } from "#bin/demo/Demo.ts"
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { axeViolations } from "./support/Axe.ts"
import type { Browser, Page } from "playwright-core"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { startBrowser } from "./support/Browser.ts"
import { demoPlace, startDemo } from "./support/Demo.ts"
import type { Program } from "./support/Program.ts"

const results = join(import.meta.dirname, "results")

let program: Program
let ready: DemoReady
let browser: Browser
let page: Page
const strangers: Array<string> = []

beforeAll(async () => {
  mkdirSync(results, { recursive: true })
  ;({ program, ready } = await startDemo(await demoPlace()))
  browser = await startBrowser()
  page = await browser.newPage({ viewport: { width: 1360, height: 900 } })
  page.on("request", (request) => {
    if (!request.url().startsWith(ready.url) && !request.url().startsWith("data:")) strangers.push(request.url())
  })
})

afterAll(async () => {
  await browser?.close()
  await program?.stop("SIGINT")
})

const picture = (name: string) => page.screenshot({ path: join(results, `${name}.png`) })

describe("the dashboard", () => {
  it("refuses a wrong password in words and lets a right one in", async () => {
    await page.goto(ready.url)
    await page.getByLabel("E-mail").fill(ready.email)
    await page.getByLabel("Password").fill("not the password")
    await page.getByRole("button", { name: "Sign in" }).click()
    await page.getByRole("alert").waitFor()
    await page.getByLabel("Password").fill(ready.password)
    await page.getByRole("button", { name: "Sign in" }).click()
    await page.getByRole("heading", { name: "Overview" }).waitFor()
    await picture("overview")
  })

  it("shows the branch's bays live and says that they are simulated", async () => {
    await page.getByRole("main").getByRole("table").getByRole("link").first().click()
    await page.locator("[data-bay][data-state='latch.secured']").first().waitFor()
    await page.getByText("Nothing here moves a real lock.").waitFor()
    await page.getByText("Live", { exact: true }).waitFor()
    await picture("branch")
  })

  it("unlocks a bay stage by stage and shows it open, in the map and in its statechart", async () => {
    const bay = page.locator("[data-bay][data-state='latch.secured'][data-stale='false']").first()
    const label = (await bay.getAttribute("data-bay")) ?? ""
    await bay.click()
    await page.getByRole("button", { name: `Unlock bay ${label}` }).click()
    await page.getByLabel("Reason").fill("Shopper needs help")
    await page.getByRole("button", { name: "Unlock now" }).click()
    await page.getByText("Confirmed open").waitFor()
    await page.locator(`[data-bay='${label}'][data-state='latch.ajar.released']`).waitFor()
    await page.getByText("it is open already").waitFor()
    await picture("unlocked")
  })

  it("shows what was done for the unlock, step by step, with the very frames on the wire", async () => {
    await page.getByRole("link", { name: "What happened, step by step" }).first().click()
    await page.getByRole("heading", { level: 1, name: "Unlock" }).waitFor()
    const table = page.getByRole("table", { name: "Trace" })
    await table
      .locator("[data-span='serial frame sent']")
      .getByText(/^02 [0-9A-F]{2} 31 03/u)
      .waitFor()
    await table.getByText(/host unlocks board/u).waitFor()
    await table.locator("[data-span='ingest commit']").first().waitFor()
    assert.deepEqual(await axeViolations(page), [])
    await picture("command")
    await page.goBack()
    await page.getByText("it is open already").waitFor()
  })

  it("moves when a hand pulls the cart out of the simulated bay", async () => {
    const label = (await page.locator("[data-bay][aria-pressed='true']").getAttribute("data-bay")) ?? ""
    await page.getByRole("button", { name: "Pull the cart out" }).click()
    await page.locator(`[data-bay='${label}'][data-state='latch.empty']`).waitFor()
    await page.getByRole("button", { name: "Push the cart in" }).click()
    await page.locator(`[data-bay='${label}'][data-state='latch.secured']`).waitFor()
  })

  it("has no accessibility violation that axe can find, and fits a phone", async () => {
    assert.deepEqual(await axeViolations(page), [])
    await page.setViewportSize({ width: 360, height: 740 })
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    assert.isAtMost(overflow, 0)
    await picture("phone")
    await page.setViewportSize({ width: 1360, height: 900 })
  })

  it("explains on a twin's own page what it would refuse, and lets a copy of it be tried, without moving anything", async () => {
    const reported = await page.getByTestId("bay-revision").textContent()
    await page.getByRole("link", { name: "Open the twin's page" }).click()
    await page.getByRole("tab", { name: "Why not?" }).click()
    await page.locator("[data-event='bay.unlock'][data-taken='true']").waitFor()
    await page.locator("[data-event='bay.jamCleared']").getByText("Means something only in: Jammed").waitFor()
    assert.deepEqual(await axeViolations(page), [])
    await picture("why-not")

    await page.getByRole("tab", { name: "What if?" }).click()
    await page.getByRole("button", { name: "Copy it as it is now" }).click()
    for (const event of ["Unlock asked for", "Pulse written", "Read: hook open, no cart"]) {
      await page.getByLabel("Give it an event").selectOption({ label: event })
      await page.getByRole("button", { name: "Send" }).click()
    }
    await page.getByText("asks for: a coil pulse").waitFor()
    await page.locator("[data-chart='bay'] [data-state='latch.empty'][data-lit='true']").waitFor()
    assert.deepEqual(await axeViolations(page), [])
    await picture("what-if")

    await page.goBack()
    await page.getByRole("tab", { name: "History" }).waitFor()
    await page.getByText(`r${reported}`, { exact: true }).first().waitFor()
    await page.locator("[data-chart='bay'] [data-state='latch.secured'][data-lit='true']").waitFor()
  })

  it("goes back in time on a twin's page, revision by revision, and says so until it is now again", async () => {
    const chart = page.locator("[data-chart='bay']")
    const back = page.getByRole("button", { name: "One revision back" })
    await back.click()
    await page.getByText(/As it was at/u).waitFor()
    await chart.locator("[data-state='latch.settling'][data-lit='true']").waitFor()
    await back.click()
    await page.waitForURL(/revision=\d+/u)
    await page.reload()
    await page.getByText(/As it was at/u).waitFor()
    await page.getByRole("tab", { name: "Memory" }).click()
    await page.getByRole("region", { name: "Compared with" }).waitFor()
    assert.deepEqual(await axeViolations(page), [])
    await picture("past")
    await page.getByRole("button", { name: "Now", exact: true }).click()
    await chart.locator("[data-state='latch.secured'][data-lit='true']").waitFor()
    await page.getByText(/As it was at/u).waitFor({ state: "detached" })
  })

  it("asks a device to show itself, stage by stage, and a bay to be taken out of service", async () => {
    const done = page.locator("[data-stage='confirmed'] [data-stage-line='confirmed']").getByText("Done")
    await page.goto(`${ready.url}/devices/${ready.simulator.buses[0]?.device}`)
    await page.getByRole("button", { name: "Show itself" }).click()
    await page.getByLabel("Reason").fill("Which one is it?")
    await page.getByRole("button", { name: "Ask for it" }).click()
    await done.waitFor()
    assert.deepEqual(await axeViolations(page), [])
    await picture("device-commands")

    await page.getByRole("link", { name: "Bay map of the branch" }).click()
    await page.locator("[data-bay][data-state='latch.secured'][data-stale='false']").first().click()
    for (const [button, next] of [
      ["Take out of service", "Put back in service"],
      ["Put back in service", "Take out of service"],
    ] as const) {
      await page.getByRole("button", { name: button }).click()
      await page.getByLabel("Reason").fill("A wheel squeaks")
      await page.getByRole("button", { name: "Ask for it" }).click()
      await done.waitFor()
      await page.getByRole("button", { name: next }).waitFor()
      await page.getByRole("button", { name: "Close the tracker" }).click()
    }
    assert.deepEqual(await axeViolations(page), [])
  })

  it("lists carts, devices, alarms and divergences in tables that sort and filter, and as cards on a phone", async () => {
    const menu = page.getByRole("navigation", { name: "Places" })
    await menu.getByRole("link", { name: "Carts", exact: true }).click()
    await page.getByRole("button", { name: "Bay", exact: true }).click()
    await page.getByRole("searchbox", { name: "Filter" }).fill("jlm")
    await page.waitForURL(/q=jlm/u)
    const first = page.getByRole("table", { name: "Carts" }).getByRole("row").nth(1)
    await first.getByRole("link", { name: "Bay A1", exact: true }).waitFor()
    assert.deepEqual(await axeViolations(page), [])
    await picture("carts")
    for (const name of ["Devices", "Commands", "Divergences", "Alarms"]) {
      await menu.getByRole("link", { name }).click()
      await page.getByRole("heading", { level: 1, name }).waitFor()
      await page.getByRole("searchbox", { name: "Filter" }).waitFor()
      assert.deepEqual(await axeViolations(page), [], name)
    }
    await page.setViewportSize({ width: 360, height: 740 })
    await page.goto(`${ready.url}/carts`)
    await page.getByRole("list", { name: "Carts" }).waitFor()
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    assert.isAtMost(overflow, 0)
    assert.deepEqual(await axeViolations(page), [])
    await page.setViewportSize({ width: 1360, height: 900 })
  })

  it("asks nothing of any other host", () => {
    assert.deepEqual(strangers, [])
  })

  it("says that its values are stale when the server is gone", async () => {
    await program.stop("SIGINT")
    await page.getByText(/Stale since/u).waitFor({ timeout: 30_000 })
    await picture("stale")
  })
})
