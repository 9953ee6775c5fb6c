/**
 * Finding one's way in a real browser against the real demo: the overview's numbers lead to what they count, one chain is
 * chosen for all pages, and the command palette finds a bay and asks before anything of it moves.
 */
import type { DemoReady } from "#bin/demo/Demo.ts"
import type { CommandSummary } from "#core/api/Commands.ts"
import type { Overview } from "#core/api/Overview.ts"
import type { Bay, Branch, Cart, Chain } from "#core/api/Records.ts"
import type { Browser, Page } from "playwright-core"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { axeViolations } from "./support/Axe.ts"
import { startBrowser } from "./support/Browser.ts"
import { demoPlace, startDemo } from "./support/Demo.ts"
import { eventually } from "./support/Eventually.ts"
import type { Program } from "./support/Program.ts"
import { type Rest, signIn } from "./support/Rest.ts"

let program: Program
let ready: DemoReady
let rest: Rest
let browser: Browser
let page: Page

const items = async <T>(path: string) => (await rest.get<{ items: ReadonlyArray<T> }>(path)).body.items
const tile = (title: string) => page.getByRole("list", { name: "How it stands" }).getByRole("link", { name: title })
const found = () => page.getByRole("status").filter({ hasText: /in all|of/u })

beforeAll(async () => {
  ;({ program, ready } = await startDemo(await demoPlace()))
  rest = await signIn(ready.url, ready.email, ready.password)
  browser = await startBrowser()
  page = await browser.newPage({ viewport: { width: 1360, height: 900 } })
  await page.goto(ready.url)
  await page.getByLabel("E-mail").fill(ready.email)
  await page.getByLabel("Password").fill(ready.password)
  await page.getByRole("button", { name: "Sign in" }).click()
  await page.getByRole("heading", { name: "Overview" }).waitFor()
})

afterAll(async () => {
  await browser?.close()
  await program?.stop("SIGINT")
})

describe("the overview", () => {
  it("O1: shows the carts that are available and whether they run out, and leads to the very carts", async () => {
    const { carts } = (await rest.get<Overview>("/api/overview")).body
    assert.isAbove(carts.available, 0)
    await tile("Carts available")
      .filter({ hasText: String(carts.available) })
      .waitFor()
    await page.getByRole("table", { name: "Branches" }).getByText("carts enough").first().waitFor()
    await tile("Carts available").click()
    await page.getByRole("heading", { name: "Carts", level: 1 }).waitFor()
    assert.include(page.url(), "show=available")
    await found()
      .filter({ hasText: `${carts.available} in all` })
      .waitFor()
  })

  it("goes down by the cart that somebody takes, without a reload", async () => {
    await page.goto(ready.url)
    const before = (await rest.get<Overview>("/api/overview")).body.carts
    const [cart] = (await items<Cart>("/api/carts?limit=1000")).filter(({ status }) => status === "available")
    assert.isDefined(cart)
    await rest.commandAt(await rest.unlock(cart.id), ["confirmed"])
    await rest.post(`/api/simulation/bays/${cart.bay_id}/take`, undefined)
    await tile("Carts available")
      .filter({ hasText: String(before.available - 1) })
      .waitFor()
    await tile("Carts astray")
      .filter({ hasText: String(before.astray + 1) })
      .waitFor()
  })
})

describe("the scope", () => {
  it("is chosen once for all pages, stays from page to page and in the address, and is taken off again", async () => {
    const [chain] = await items<Chain>("/api/chains")
    assert.isDefined(chain)
    const own = (await items<Branch>("/api/branches")).filter(({ chain_id }) => chain_id === chain.id)
    const carts = await Promise.all(own.map(({ id }) => items<Cart>(`/api/branches/${id}/carts?limit=1000`)))
    await page.goto(ready.url)
    await page.getByLabel("Shown").selectOption({ label: `${chain.name}, all branches` })
    await page.getByRole("heading", { name: `Overview · ${chain.name}` }).waitFor()
    await tile("Carts available")
      .filter({ hasText: `of ${carts.flat().length}` })
      .waitFor()
    await page.getByRole("link", { name: "Carts", exact: true }).click()
    await page.getByRole("heading", { name: "Carts", level: 1 }).waitFor()
    assert.include(decodeURIComponent(page.url()), `scope=chain:${chain.id}`)
    await found()
      .filter({ hasText: `${carts.flat().length} in all` })
      .waitFor()
    await page.reload()
    await found()
      .filter({ hasText: `${carts.flat().length} in all` })
      .waitFor()
    await page.getByRole("button", { name: "Show everything" }).click()
    await eventually(() => Promise.resolve(assert.notInclude(page.url(), "scope")))
  })
})

describe("the command palette", () => {
  it("O2: “unlock bay A3” goes to the bay and asks; nothing moves before it is confirmed with a reason", async () => {
    const [branch] = await items<Branch>("/api/branches")
    assert.isDefined(branch)
    const bays = await items<Bay>(`/api/branches/${branch.id}/bays?limit=1000`)
    const bay = bays.find(({ label, cart }) => label === "A3" && cart !== null)
    assert.isDefined(bay)
    const before = (await items<CommandSummary>("/api/commands?limit=1000")).length
    await page.goto(ready.url)
    await page.getByRole("heading", { name: "Overview" }).waitFor()
    await page.keyboard.press("Control+k")
    const line = page.getByRole("combobox", { name: "Search and commands" })
    await line.fill(`unlock bay ${branch.branch_code}/A3`)
    const first = page.getByRole("option").first()
    await first.filter({ hasText: "Unlock bay A3…" }).waitFor()
    assert.strictEqual(await first.getAttribute("aria-selected"), "true")
    assert.deepEqual(await axeViolations(page), [])
    await page.keyboard.press("Enter")
    const asked = page.getByRole("dialog", { name: "Unlock bay A3?" })
    await asked.waitFor()
    assert.strictEqual((await items<CommandSummary>("/api/commands?limit=1000")).length, before)
    assert.isTrue(await asked.getByRole("button", { name: "Unlock now" }).isDisabled())
    await asked.getByLabel("Reason").fill("A shopper cannot reach it")
    await asked.getByRole("button", { name: "Unlock now" }).click()
    await page.getByText("Confirmed open").waitFor()
    assert.strictEqual((await items<CommandSummary>("/api/commands?limit=1000")).length, before + 1)
    // Asked once: the way back does not ask again.
    await page.goBack()
    await asked.waitFor({ state: "detached" })
  })

  it("is moved by the arrow keys, goes to pages, and gives the focus back when it is left", async () => {
    await page.goto(`${ready.url}/carts`)
    const filter = page.getByLabel("Filter")
    await filter.focus()
    await page.keyboard.press("Control+k")
    await page.getByRole("combobox", { name: "Search and commands" }).waitFor()
    await page.keyboard.press("Escape")
    await eventually(async () =>
      assert.isTrue(await filter.evaluate((element) => element === element.ownerDocument.activeElement)),
    )
    await page.keyboard.press("Control+k")
    await page.getByRole("combobox", { name: "Search and commands" }).fill("al")
    const alarms = page.getByRole("option", { name: "Alarms" })
    await alarms.waitFor()
    for (let steps = 0; steps < 30 && (await alarms.getAttribute("aria-selected")) !== "true"; steps++) {
      await page.keyboard.press("ArrowDown")
    }
    await page.keyboard.press("Enter")
    await page.getByRole("heading", { name: "Alarms", level: 1 }).waitFor()
  })
})

describe("chains and branches", () => {
  const dialog = (name: string) => page.getByRole("dialog", { name })

  it("are made, renamed and archived, each asked for again before it is taken out of use", async () => {
    await page.goto(`${ready.url}/chains`)
    await page.getByRole("button", { name: "New chain" }).click()
    await dialog("New chain").getByLabel("Short name").fill("Not One")
    assert.isTrue(await dialog("New chain").getByRole("button", { name: "New chain" }).isDisabled())
    await dialog("New chain").getByLabel("Name", { exact: true }).fill("Corner Shops")
    await dialog("New chain").getByLabel("Short name").fill("corner-shops")
    await dialog("New chain").getByRole("button", { name: "New chain" }).click()
    const row = page.getByRole("row").filter({ hasText: "corner-shops" })
    await row.getByRole("button", { name: "Edit" }).click()
    await dialog("Edit").getByLabel("Name", { exact: true }).fill("Corner Stores")
    await dialog("Edit").getByRole("button", { name: "Edit" }).click()
    await row.filter({ hasText: "Corner Stores" }).waitFor()
    await row.getByRole("button", { name: "Archive" }).click()
    const archive = dialog("Archive").getByRole("button", { name: "Archive" })
    assert.isTrue(await archive.isDisabled())
    await dialog("Archive").getByLabel("Type corner-shops to confirm").fill("corner-shops")
    await archive.click()
    await row.filter({ hasText: "Archived" }).waitFor()
    const [chain] = (await items<Chain>("/api/chains")).filter(({ slug }) => slug === "corner-shops")
    assert.isString(chain?.archived_at)
  })

  it("O8: a branch stops lending for a reason, goes on taking back, and lends again", async () => {
    const [branch] = await items<Branch>("/api/branches")
    assert.isDefined(branch)
    await page.goto(`${ready.url}/branches`)
    const row = page.getByRole("row").filter({ hasText: branch.branch_code })
    await row.getByRole("button", { name: "Stop lending" }).click()
    await dialog("Stop lending").getByLabel("Reason").fill("The floor is being washed")
    await dialog("Stop lending").getByRole("button", { name: "Stop lending" }).click()
    await row.getByRole("button", { name: "Lend again" }).waitFor()
    const { body } = await rest.get<Branch>(`/api/branches/${branch.id}`)
    assert.deepInclude(body, { is_lending: false, is_returning: true })
    await page.getByRole("link", { name: "Overview" }).click()
    await page
      .getByRole("table", { name: "Branches" })
      .getByRole("row")
      .filter({ hasText: branch.name })
      .getByText("not lending")
      .waitFor()
    await page.goBack()
    await row.getByRole("button", { name: "Lend again" }).click()
    await dialog("Lend again").getByLabel("Reason").fill("The floor is dry")
    await dialog("Lend again").getByRole("button", { name: "Lend again" }).click()
    await row.getByRole("button", { name: "Stop lending" }).waitFor()
  })
})

describe("the bay map", () => {
  it("shows the rows as somebody who stands before them says, and the boards again when nobody does", async () => {
    const [branch] = await items<Branch>("/api/branches")
    assert.isDefined(branch)
    await page.goto(`${ready.url}/branches/${branch.id}`)
    const arrange = async (text: string) => {
      await page.getByRole("button", { name: "Arrange the rows" }).click()
      const dialog = page.getByRole("dialog", { name: "Arrange the rows" })
      const lines = dialog.getByLabel("Rows as installed")
      assert.include(await lines.inputValue(), "A1")
      await lines.fill("A1 nowhere A1")
      await dialog.getByText("No bay here: nowhere").waitFor()
      await dialog.getByText("More than once: A1").waitFor()
      assert.isTrue(await dialog.getByRole("button", { name: "Arrange the rows" }).isDisabled())
      await lines.fill(text)
      await dialog.getByRole("button", { name: "Arrange the rows" }).click()
      await dialog.waitFor({ state: "detached" })
    }
    await arrange("A3 A2 A1\na5 A4")
    const row = page.getByRole("group", { name: "Row 1" })
    await row.waitFor()
    const labels = () => row.getByRole("button").evaluateAll((cells) => cells.map((cell) => cell.dataset["bay"]))
    assert.deepEqual(await labels(), ["A3", "A2", "A1"])
    await row.getByRole("button").first().focus()
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("Enter")
    await page.getByRole("complementary", { name: "Bay A2" }).waitFor()
    assert.deepEqual(await axeViolations(page), [])
    const board = page.getByRole("group", { name: "Board 0" }).first()
    assert.deepEqual(await board.locator('[data-bay="A1"]').count(), 0)
    await page.keyboard.press("Escape")
    await arrange("")
    await board.locator('[data-bay="A1"]').waitFor()
    await row.waitFor({ state: "detached" })
  })
})

describe("a board", () => {
  it("is looked at by its device: lamps, counters and the frames of its bus in words, and no lock moves", async () => {
    const [bay] = await items<Bay>(`/api/branches/${(await items<Branch>("/api/branches"))[0]?.id}/bays?limit=1000`)
    assert.isDefined(bay)
    await page.goto(`${ready.url}/controllers/${bay.controller_id}`)
    const locks = page.getByRole("list", { name: "Locks as the board has them" })
    await locks.waitFor()
    assert.strictEqual(await locks.getByRole("listitem").count(), 16)
    await page.getByText("Its device has not been asked to look at it yet.").first().waitFor()
    await page.getByRole("button", { name: "Look at the board" }).click()
    await page.getByLabel("Reason").fill("It was slow this morning")
    await page.getByRole("button", { name: "Ask for it" }).click()
    const frames = page.getByRole("table", { name: "Frames of its bus" })
    await frames.getByText(`host asks board ${bay.controller_address} for its status`).first().waitFor()
    const said = await frames.getByRole("row").allInnerTexts()
    assert.isTrue(
      said.some((line) => /\b02 \d0 30 03\b/u.test(line)),
      said.join("\n"),
    )
    assert.isFalse(
      said.some((line) => /\b02 \d[0-9A-F] 31 03\b/u.test(line)),
      "a pulse was written",
    )
    await page.getByRole("region", { name: "Counters of its bus" }).getByText("Answers", { exact: true }).waitFor()
    assert.deepEqual(await axeViolations(page), [])
  })
})
