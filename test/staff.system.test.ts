/**
 * People and what they may do, as people use it in a browser against the real demo: a second factor is set up and asked for,
 * somebody is named and comes in by an invitation, is barred, and all of it is in the audit log. Pictures are left in
 * `test/results`.
 */
import type { DemoReady } from "#bin/demo/Demo.ts"
import { totpCode, totpStepOf } from "#cloud/staff/Totp.ts"
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import type { Browser, Page } from "playwright-core"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { axeViolations } from "./support/Axe.ts"
import { startBrowser } from "./support/Browser.ts"
import { demoPlace, startDemo } from "./support/Demo.ts"
import { eventually } from "./support/Eventually.ts"
import type { Program } from "./support/Program.ts"

const results = join(import.meta.dirname, "results")
const newcomer = { name: "Dana Levi", email: "dana@cartwise.example", password: "a long enough secret" }

let program: Program
let ready: DemoReady
let browser: Browser
let page: Page

beforeAll(async () => {
  mkdirSync(results, { recursive: true })
  ;({ program, ready } = await startDemo(await demoPlace()))
  browser = await startBrowser()
  page = await newPage()
})

afterAll(async () => {
  await browser?.close()
  await program?.stop("SIGINT")
})

/** A browser of its own, with nothing of any other in it. */
const newPage = async (): Promise<Page> => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
  context.setDefaultTimeout(10_000)
  return await context.newPage()
}

const signIn = async (at: Page, email: string, password: string): Promise<void> => {
  await at.goto(`${ready.url}/sign-in`)
  await at.getByLabel("E-mail").fill(email)
  await at.getByLabel("Password").fill(password)
  await at.getByRole("button", { name: "Sign in" }).click()
}
const menu = (at: Page, item: string) =>
  at
    .getByRole("button", { name: "Appearance and language" })
    .click()
    .then(() => at.getByRole("menuitem", { name: item }).click())
const signedIn = (at: Page) => at.getByRole("heading", { name: "Overview" }).waitFor()

/** The bytes of a secret as an app has it. */
const fromBase32 = (text: string): Uint8Array => {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
  const bits = [...text].map((one) => alphabet.indexOf(one).toString(2).padStart(5, "0")).join("")
  return new Uint8Array((bits.match(/.{8}/gu) ?? []).map((eight) => Number.parseInt(eight, 2)))
}

describe("people and what they may do", () => {
  let secret = new Uint8Array()
  let recovery = ""
  let invitation = ""

  it("one sets up a second factor with a code that is drawn here, and keeps recovery codes", async () => {
    await signIn(page, ready.email, ready.password)
    await signedIn(page)
    await menu(page, "Your profile")
    await page.getByRole("heading", { name: "Your profile" }).waitFor()
    await page.getByRole("button", { name: "Set up an app" }).click()
    await page.getByRole("img", { name: "QR code for an authenticator app" }).waitFor()
    assert.deepStrictEqual(await axeViolations(page), [])
    await page.screenshot({ path: join(results, "profile-enrolment.png"), fullPage: true })
    const text = (await page.getByText("Or type this secret").textContent()) ?? ""
    secret = new Uint8Array(fromBase32((/((?:[A-Z2-7]{4} ?)+)$/u.exec(text)?.[1] ?? "").replaceAll(" ", "")))
    await page.getByRole("textbox", { name: "Code" }).fill("000000")
    await page.getByRole("button", { name: "Confirm" }).click()
    await page.getByRole("alert").getByText("The code is wrong or was used before.").waitFor()
    await page.getByRole("textbox", { name: "Code" }).fill(totpCode(secret, totpStepOf(Date.now()) - 1))
    await page.getByRole("button", { name: "Confirm" }).click()
    await page.getByText("Your recovery codes").waitFor()
    recovery = (await page.getByRole("status").getByRole("listitem").first().textContent()) ?? ""
    assert.match(recovery, /^[0-9A-Z]{5}-[0-9A-Z]{5}$/u)
    await page.screenshot({ path: join(results, "profile-recovery-codes.png"), fullPage: true })
    await page.getByRole("button", { name: "I have kept them" }).click()
  })

  it("is asked for a code at the next sign-in, and a recovery code does too", async () => {
    await menu(page, "Sign out")
    await signIn(page, ready.email, ready.password)
    await page.getByRole("heading", { name: "One more step" }).waitFor()
    assert.deepStrictEqual(await axeViolations(page), [])
    await page.screenshot({ path: join(results, "second-step.png") })
    await page.getByRole("textbox", { name: "Code" }).fill(totpCode(secret, totpStepOf(Date.now())))
    await page.getByRole("button", { name: "Go on" }).click()
    await signedIn(page)
    await menu(page, "Sign out")
    await signIn(page, ready.email, ready.password)
    await page.getByRole("textbox", { name: "Code" }).fill(recovery.toLowerCase())
    await page.getByRole("button", { name: "Go on" }).click()
    await signedIn(page)
    await menu(page, "Your profile")
    await page.getByText("9 recovery codes are left.").waitFor()
    await page.getByRole("button", { name: "Take it away" }).click()
    await page
      .getByRole("dialog")
      .getByRole("textbox", { name: "Code" })
      .fill(totpCode(secret, totpStepOf(Date.now()) + 1))
    await page.getByRole("dialog").getByRole("button", { name: "Take it away" }).click()
    await page.getByRole("button", { name: "Set up an app" }).waitFor()
  })

  it("somebody is named for one branch, and sets a password with a link that is shown once", async () => {
    await page.getByRole("link", { name: "People" }).click()
    await page.getByRole("cell", { name: "Demo", exact: true }).waitFor()
    await page.getByRole("button", { name: "Name somebody" }).click()
    const dialog = page.getByRole("dialog")
    await dialog.getByLabel("Name").fill(newcomer.name)
    await dialog.getByLabel("E-mail").fill(newcomer.email)
    await dialog.getByLabel("Role").selectOption({ label: "Branch manager" })
    await dialog.getByLabel("Where").selectOption({ label: "Zahav Market Dizengoff" })
    assert.deepStrictEqual(await axeViolations(page), [])
    await page.screenshot({ path: join(results, "users-create.png") })
    await dialog.getByRole("button", { name: "Name somebody" }).click()
    invitation = (await page.getByText("/invitation#").textContent()) ?? ""
    assert.include(invitation, `${ready.url}/invitation#`)
    await page.screenshot({ path: join(results, "users-invitation.png") })
    await page.reload()
    await page.getByRole("cell", { name: newcomer.name }).waitFor()
    assert.strictEqual(await page.getByText("/invitation#").count(), 0)
  })

  it("sees that branch and nothing else, and cannot come in twice by one link", async () => {
    const other = await newPage()
    await other.goto(invitation)
    await other.getByLabel("New password").fill(newcomer.password)
    await other.getByLabel("The same once more").fill(newcomer.password)
    assert.deepStrictEqual(await axeViolations(other), [])
    await other.screenshot({ path: join(results, "invitation.png") })
    await other.getByRole("button", { name: "Set the password" }).click()
    await other.getByText("Your password is set.").waitFor()
    await other.goto("about:blank")
    await other.goto(invitation)
    await other.getByLabel("New password").fill(newcomer.password)
    await other.getByLabel("The same once more").fill(newcomer.password)
    await other.getByRole("button", { name: "Set the password" }).click()
    await other.getByRole("alert").getByText("The invitation is no longer good.").waitFor()
    await signIn(other, newcomer.email, newcomer.password)
    await signedIn(other)
    await other.getByRole("link", { name: "People" }).click()
    await other.getByRole("cell", { name: newcomer.name, exact: true }).waitFor()
    assert.strictEqual(await other.getByRole("cell", { name: "Demo", exact: true }).count(), 0)
    await other.getByRole("button", { name: "Name somebody" }).click()
    assert.deepStrictEqual(await other.getByLabel("Role").locator("option").allTextContents(), ["Attendant"])
    await other.keyboard.press("Escape")
    // Barred by somebody else, this browser is out within seconds, without a click.
    await page.getByRole("link", { name: newcomer.name }).click()
    await page.getByRole("heading", { name: newcomer.name }).waitFor()
    await page.getByRole("button", { name: "Bar from signing in" }).click()
    await page.getByRole("dialog").getByRole("button", { name: "Bar from signing in" }).click()
    await page.getByText("Barred", { exact: true }).waitFor()
    await other.getByRole("heading", { name: "Sign in" }).waitFor({ timeout: 5_000 })
    await other.context().close()
  })

  it("the last administrator cannot take the role from himself, and hears why", async () => {
    await page.getByRole("link", { name: "All people" }).click()
    await page.getByRole("link", { name: "Demo", exact: true }).click()
    await page.getByRole("button", { name: "Take the role: Platform administrator, Everywhere" }).click()
    await page.getByRole("dialog").getByRole("button", { name: "Take" }).click()
    await page.getByText("The platform would be left without an administrator.").waitFor()
    await page.keyboard.press("Escape")
  })

  it("all of it is in the audit log, whose seals fit", async () => {
    await page.getByRole("link", { name: "Audit" }).first().click()
    await page.getByRole("cell", { name: "Barred from signing in" }).waitFor()
    for (const deed of ["Gave a role: Branch manager", "Named somebody", "Set up a second factor", "Set a password"]) {
      await page.getByRole("cell", { name: deed, exact: true }).first().waitFor()
    }
    // Every line gets its seal within a moment.
    await eventually(async () => {
      await page.getByRole("button", { name: "Check the seals: Platform" }).click()
      const text = await page.getByRole("main").getByRole("status").first().textContent()
      if (text?.includes("nothing was changed") !== true) throw new Error(`the check says ${text}`)
    })
    await page.getByLabel("Log of").selectOption({ label: "Zahav Market" })
    await page.getByRole("cell", { name: "Barred from signing in" }).waitFor()
    await page.getByRole("cell", { name: "Signed in" }).first().waitFor({ state: "detached" })
  })
})
