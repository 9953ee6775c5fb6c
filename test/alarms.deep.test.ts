/**
 * Alarms as the people who run a branch meet them, in a real browser against the real demo: a board without power is one
 * alarm and not one a bay; it is taken on and shelved, and comes back when its cause returns.
 */
import type { DemoReady } from "#bin/demo/Demo.ts"
import type { Alarm } from "#core/api/Alarm.ts"
import type { Bay, Branch } from "#core/api/Records.ts"
import type { Browser, Page } from "playwright-core"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { axeViolations } from "./support/Axe.ts"
import { startBrowser } from "./support/Browser.ts"
import { demoPlace, startDemo } from "./support/Demo.ts"
import { eventually } from "./support/Eventually.ts"
import type { Program } from "./support/Program.ts"
import { type Rest, signIn } from "./support/Rest.ts"
import { signInAt } from "./support/signInAt.ts"

let program: Program
let ready: DemoReady
let rest: Rest
let browser: Browser
let page: Page
let bay: Bay

const items = async <T>(path: string) => (await rest.get<{ items: ReadonlyArray<T> }>(path)).body.items
const hand = async (verb: string) => {
  const { status, body } = await rest.post(`/api/simulation/bays/${bay.id}/${verb}`, undefined)
  assert.strictEqual(status, 200, JSON.stringify(body))
}
const open = () => items<Alarm>("/api/alarms?state=open")
const alarm = (code: string, fits: (one: Alarm) => boolean = () => true) =>
  eventually(
    async () => {
      const found = (await open()).find((one) => one.code === code && fits(one))
      if (found === undefined) throw new Error(`there is no such ${code}`)
      return found
    },
    { timeoutMs: 60_000, everyMs: 100 },
  )

beforeAll(async () => {
  ;({ program, ready } = await startDemo(await demoPlace()))
  rest = await signIn(ready.url, ready.email, ready.password)
  const [branch] = await items<Branch>("/api/branches")
  const bays = await items<Bay>(`/api/branches/${branch?.id}/bays`)
  const parked = bays.find(({ cart }) => cart !== null)
  assert.isDefined(parked)
  bay = parked
  browser = await startBrowser()
  page = await browser.newPage({ viewport: { width: 1360, height: 900 } })
  await signInAt(page, ready)
})

afterAll(async () => {
  await browser?.close()
  await program?.stop("SIGINT")
})

const rows = () => page.getByRole("table", { name: "Alarms" }).getByRole("row")

describe("alarms, as a branch meets them", () => {
  it("O3: a board that loses power is one alarm, and what its bays suffer is shown under it", async () => {
    await hand("jam")
    for (const _ of [1, 2]) await rest.commandAt(await rest.unlock(bay.cart?.id ?? ""), ["failed"])
    const jam = await alarm("LOCK_JAMMED")
    assert.isNull(jam.suppressed_by)
    await hand("silence")
    const silent = await alarm("CONTROLLER_SILENT")
    assert.strictEqual(
      (await alarm("LOCK_JAMMED", ({ suppressed_by }) => suppressed_by !== null)).suppressed_by,
      silent.id,
    )

    await page.getByRole("link", { name: /Alarms/u }).click()
    await rows().nth(1).getByRole("link", { name: "Lock board does not answer" }).waitFor()
    assert.strictEqual(await rows().count(), 2, "the header and one alarm")
    await page.getByText("1 other alarm follows from this").click()
    await page.getByRole("link", { name: "Lock jammed" }).waitFor()
    assert.deepEqual(await axeViolations(page), [])
  })

  it("O10: it is seen, taken on and shelved with a reason, and all of that is on its record", async () => {
    await rows().nth(1).getByRole("link", { name: "Lock board does not answer" }).click()
    await page.getByText("Check the board's power").waitFor()
    await page.getByRole("button", { name: "Acknowledge" }).click()
    await page.getByRole("button", { name: "Take it on" }).click()
    await page.getByText(`given to ${ready.email}`).waitFor()
    await page.getByRole("button", { name: "Shelve" }).click()
    await page.getByLabel("Reason").fill("The electrician is on the way")
    assert.deepEqual(await axeViolations(page), [])
    await page.getByRole("dialog").getByRole("button", { name: "Shelve" }).click()
    const history = page.getByRole("region", { name: "What happened" })
    await history.getByText("The electrician is on the way").waitFor()
    for (const word of ["Raised", "Acknowledged", "Assigned", "Shelved"]) {
      await history.getByText(word, { exact: true }).waitFor()
    }
    assert.deepEqual(await axeViolations(page), [])
    await page.goto(`${ready.url}/alarms`)
    await page.getByText("No alarm. All is well.").waitFor()
    await page.getByRole("button", { name: "Shelved" }).click()
    await rows().nth(1).getByText("seen by").waitFor()
  })

  it("O10: it comes back, unseen, when its cause goes away and returns, long before its time on the shelf is over", async () => {
    const { id } = await alarm("CONTROLLER_SILENT")
    await hand("restore")
    await eventually(
      async () =>
        assert.isFalse(
          (await open()).some((one) => one.id === id),
          "it is over",
        ),
      { timeoutMs: 20_000, everyMs: 100 },
    )
    await hand("silence")
    const back = await alarm("CONTROLLER_SILENT", ({ state }) => state === "active_unack")
    assert.isNull(back.shelved)
    await page.goto(`${ready.url}/alarms?severity=major`)
    await rows().nth(1).getByText("Going on, not seen yet").waitFor()
    await page.setViewportSize({ width: 360, height: 740 })
    await page.getByRole("list", { name: "Alarms" }).waitFor()
    assert.isAtMost(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth), 0)
    assert.deepEqual(await axeViolations(page), [])
  })
})
