/**
 * Installing a branch as an installer does, with a phone, against the real demo: stories I1 to I5 and I8 of the people who
 * install. Hands at the bays are the simulator's.
 */
import type { Browser, Page } from "playwright-core"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import type { DemoReady } from "#bin/demo/Demo.ts"
import type { Commissioning } from "#core/api/Commissionings.ts"
import type { Bay, Branch } from "#core/api/Records.ts"
import { axeViolations } from "./support/Axe.ts"
import { startBrowser } from "./support/Browser.ts"
import { demoPlace, startDemo } from "./support/Demo.ts"
import type { Program } from "./support/Program.ts"
import { type Rest, signIn } from "./support/Rest.ts"

let program: Program
let ready: DemoReady
let rest: Rest
let browser: Browser
let page: Page
let branch: Branch
let bay: Bay

const items = async <T>(path: string) => (await rest.get<{ items: ReadonlyArray<T> }>(path)).body.items
const hand = async (verb: string) => {
  const { status, body } = await rest.post(`/api/simulation/bays/${bay.id}/${verb}`, undefined)
  assert.strictEqual(status, 200, JSON.stringify(body))
}

beforeAll(async () => {
  ;({ program, ready } = await startDemo(await demoPlace()))
  rest = await signIn(ready.url, ready.email, ready.password)
  const [first] = await items<Branch>("/api/branches")
  if (first === undefined) throw new Error("the demo has no branch")
  branch = first
  const parked = (await items<Bay>(`/api/branches/${branch.id}/bays`)).find(({ cart }) => cart !== null)
  if (parked === undefined) throw new Error("no cart is in a bay")
  bay = parked
  browser = await startBrowser()
  page = await browser.newPage({ viewport: { width: 360, height: 740 } })
  await page.goto(ready.url)
  await page.getByLabel("E-mail").fill(ready.email)
  await page.getByLabel("Password").fill(ready.password)
  await page.getByRole("button", { name: "Sign in" }).click()
  await page.getByRole("heading", { name: "Overview" }).waitFor()
  await page.goto(`${ready.url}/install/${branch.id}?bay=${bay.label}`)
  await page.getByRole("heading", { level: 1, name: /^Installation/u }).waitFor()
})

afterAll(async () => {
  await browser?.close()
  await program?.stop("SIGINT")
})

const card = () => page.getByRole("article", { name: `Bay ${bay.label}` })

describe("installing a branch with a phone", () => {
  it("I1: a device is claimed by a QR code, and the devices that have joined are seen online", async () => {
    const step = page.getByRole("region", { name: "1. The device" })
    await step.getByText("Online").first().waitFor()
    await step.getByRole("button", { name: "New claim code" }).click()
    await step.getByRole("img", { name: "Claim code as a QR code" }).waitFor()
    assert.match(await step.innerText(), /[0-9A-Z]{5}(?:-[0-9A-Z]{5}){3}/u)
  })

  it("I2: a look at a board says in plain words how it answers, and moves no lock", async () => {
    const board = page.locator(`[data-board="${bay.controller_address}"]`).first()
    await board.getByRole("button", { name: /^Look at board/u }).click()
    await board.getByText("It answers well").waitFor()
    await hand("silence")
    await board.getByText("Silent").waitFor()
    await board.getByRole("button", { name: /^Look at board/u }).click()
    await board.getByText("It does not answer").waitFor()
    await hand("restore")
    await board.getByText("Answering").waitFor()
    const unlocks = await items<{ kind: string }>("/api/commands?kind=unlock")
    assert.lengthOf(unlocks, 0)
  })

  it("I5: a lock is tested with one pulse, asked for by the label printed on it, and found good when its sensor saw it open", async () => {
    await card().getByText("Parked").first().waitFor()
    await card()
      .getByRole("button", { name: `Test the lock of ${bay.label}` })
      .click()
    const dialog = page.getByRole("dialog")
    await dialog.getByText(`The lock of bay ${bay.label} gives one pulse`).waitFor()
    await dialog.getByRole("button", { name: `Test the lock of ${bay.label}` }).click()
    await card().getByTestId("lock").getByText("good", { exact: true }).waitFor()
    await card().getByText(`Push the cart of ${bay.label} back in`).waitFor()
    const [unlock] = await items<{ command_id: string }>("/api/commands?kind=unlock")
    assert.strictEqual((await rest.command(unlock?.command_id ?? "")).pulses, 1)
  })

  it("I3, I4: the two lamps follow the cart, and the report fills by itself", async () => {
    await card().getByTestId("sensors").getByText("not tested").waitFor()
    await hand("take")
    await card().getByText("Empty").first().waitFor()
    await hand("return")
    await card().getByTestId("sensors").getByText("good", { exact: true }).waitFor()
    await card().getByText("The bay is as it was before the test.").waitFor()
    await page.getByText(/^1 of \d+ bays are done\.$/u).waitFor()
    await card().getByRole("button", { name: "Let it blink" }).click()
  })

  it("goes on where it was after the page was loaded again", async () => {
    await page.reload()
    await card().getByTestId("lock").getByText("good", { exact: true }).waitFor()
    await page.getByText(/^1 of \d+ bays are done\.$/u).waitFor()
  })

  it("I8: the report is signed with a name, kept, and names what was not looked at", async () => {
    await page.getByLabel("Note").fill("The bank beside the entrance")
    await page.getByRole("button", { name: "Sign the report" }).click()
    await page.getByRole("region", { name: "Reports" }).getByText("The bank beside the entrance").waitFor()
    const [report] = await items<Commissioning>(`/api/branches/${branch.id}/commissionings`)
    const found = report?.bays.find(({ bay_id }) => bay_id === bay.id)
    assert.deepInclude(found, { label: bay.label, sensors: "good", lock: "good" })
    assert.isTrue(report?.bays.some(({ lock }) => lock === "untested"))
  })

  it("is accessible, and fits a phone", async () => {
    assert.deepEqual(await axeViolations(page), [])
    assert.isAtMost(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth), 0)
  })
})
