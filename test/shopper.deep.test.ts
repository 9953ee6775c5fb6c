/**
 * What a shopper does and sees, in a real browser against the real demo: on an own phone and at a kiosk, in four languages,
 * by role and label. Pictures of it are left in `test/results`.
 */
import type { DemoReady } from "#bin/demo/Demo.ts"
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import type { Browser, BrowserContext, Page } from "playwright-core"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { axeViolations } from "./support/Axe.ts"
import { startBrowser } from "./support/Browser.ts"
import { demoPlace, startDemo } from "./support/Demo.ts"
import type { Program } from "./support/Program.ts"

const results = join(import.meta.dirname, "results")

let program: Program
let ready: DemoReady
let browser: Browser
const strangers: Array<string> = []

beforeAll(async () => {
  mkdirSync(results, { recursive: true })
  ;({ program, ready } = await startDemo(await demoPlace()))
  browser = await startBrowser()
})

afterAll(async () => {
  await browser?.close()
  await program?.stop("SIGINT")
})

const phoneSize = { width: 360, height: 740 }
const kioskSize = { width: 900, height: 1200 }

const open = async (
  path: string,
  options: { readonly locale?: string; readonly viewport?: typeof phoneSize; readonly dark?: boolean } = {},
): Promise<{ readonly page: Page; readonly context: BrowserContext }> => {
  const context = await browser.newContext({
    viewport: options.viewport ?? phoneSize,
    locale: options.locale ?? "en-US",
    colorScheme: options.dark === true ? "dark" : "light",
  })
  const page = await context.newPage()
  page.on("request", (request) => {
    if (!request.url().startsWith(ready.url)) strangers.push(request.url())
  })
  await page.goto(ready.url + path)
  return { page, context }
}

const heading = (page: Page, name: RegExp | string) => page.getByRole("heading", { level: 1, name })
const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click()

/** As it should be everywhere: nothing that axe finds, nothing beside the edge, no target smaller than a thumb. */
const isSound = async (page: Page, name: string) => {
  await page.screenshot({ path: join(results, `shopper-${name}.png`), fullPage: true })
  assert.deepEqual(await axeViolations(page), [], name)
  const { overflow, small } = await page.evaluate(() => ({
    overflow: document.documentElement.scrollWidth - window.innerWidth,
    small: [...document.querySelectorAll("button, input, summary")]
      .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 44)
      .map((one) => one.textContent),
  }))
  assert.isAtMost(overflow, 0, name)
  assert.deepEqual(small, [], name)
}

const prove = async (page: Page, phone: string) => {
  await page.getByLabel("Your mobile number").fill(phone)
  await press(page, "Send me a code")
  await heading(page, "Your code").waitFor()
  await press(page, "Fill the code in")
}

describe("a shopper with an own phone", () => {
  let page: Page
  let context: BrowserContext

  it("is told in words what is wrong with a number and with a code", async () => {
    ;({ page, context } = await open("/s/TLV-01", { dark: true }))
    await heading(page, "Take a cart").waitFor()
    await page.getByText(/\d+ carts are free/u).waitFor()
    await isSound(page, "phone-en-dark")
    await page.getByLabel("Your mobile number").fill("03-5551234")
    await page.keyboard.press("Enter")
    await page.getByRole("alert").getByText("A code can only be sent to a mobile number.").waitFor()
    await page.getByLabel("Your mobile number").fill("050-555 0001")
    await page.keyboard.press("Enter")
    await heading(page, "Your code").waitFor()
    const code = page.getByLabel("The code from the SMS")
    assert.strictEqual(await code.getAttribute("autocomplete"), "one-time-code")
    const said = await page.getByRole("complementary", { name: "A simulated phone" }).getByRole("status").textContent()
    await code.fill(said?.includes("000000") === true ? "000001" : "000000")
    await page.getByRole("alert").getByText("That code is wrong. 4 more tries.").waitFor()
    assert.strictEqual(await code.inputValue(), "")
    await isSound(page, "code-en-dark")
  })

  it("S1, S2, S3: has a cart within 30 s, knows which it is and where it stands", async () => {
    const began = performance.now()
    await press(page, "Fill the code in")
    await heading(page, "It is open: pull it out").waitFor({ timeout: 30_000 })
    assert.isBelow(performance.now() - began, 30_000)
    await page.getByText(/^Cart .*TLV-/u).waitFor()
    await page
      .getByText(/^(?:first|second|third|fourth|fifth|sixth|seventh|eighth) from the (?:left|right)$/u)
      .waitFor()
    await page.getByText(/As of/u).waitFor()
    await isSound(page, "pull-en-dark")
  })

  it("S4: gets another cart when that one does not come out, without arguing", async () => {
    const first = await page.getByText(/^Cart .*TLV-/u).textContent()
    await press(page, "It does not come out")
    await page.waitForFunction(
      (before) => {
        const cart = [...document.querySelectorAll("p")].find(({ textContent }) => textContent?.includes("TLV-"))
        return cart !== undefined && cart.textContent !== before
      },
      first,
      { timeout: 30_000 },
    )
    await heading(page, "It is open: pull it out").waitFor({ timeout: 30_000 })
  })

  it("S7: has it until it is due, also after a reload, and is told when it does not latch", async () => {
    await press(page, "Pull the cart out")
    await heading(page, "Enjoy your shopping").waitFor({ timeout: 15_000 })
    await page.getByText(/Back by .*\d\d:\d\d/u).waitFor()
    await page.reload()
    await heading(page, "Enjoy your shopping").waitFor()
    await isSound(page, "out-en-dark")
    await press(page, "Push it in, not far enough")
    await page
      .getByRole("status")
      .getByText(/is not latched\. Push it until it clicks\./u)
      .first()
      .waitFor({ timeout: 30_000 })
    await page.getByText("It does not latch").click()
    await isSound(page, "not-latched-en-dark")
  })

  it("S6: is thanked when the cart is back, and nothing is on the name", async () => {
    await press(page, "Push it in until it clicks")
    await heading(page, "Thank you!").waitFor({ timeout: 20_000 })
    await page.getByText("Nothing is on your name.").waitFor()
    await isSound(page, "thanks-en-dark")
  })

  it("S5: pushes it back and nothing is on the name", async () => {
    await press(page, "Take another cart")
    await heading(page, "It is open: pull it out").waitFor({ timeout: 30_000 })
    await press(page, "Push it in until it clicks")
    await heading(page, "All right, no cart").waitFor({ timeout: 15_000 })
  })

  it("stays signed in on this phone, and not when that is somebody else", async () => {
    await page.reload()
    await heading(page, "Welcome back").waitFor()
    await page.getByText(/signed in as .*050-•••-0001/u).waitFor()
    await isSound(page, "known-en-dark")
    await press(page, "That is not me")
    await heading(page, "Take a cart").waitFor()
    assert.strictEqual(await page.evaluate(() => localStorage.getItem("cartwise.shopper")), null)
  })

  it("says that what it shows may be old when there is no connection, and is live again when there is", async () => {
    await prove(page, "0505550002")
    await heading(page, "It is open: pull it out").waitFor({ timeout: 30_000 })
    await context.setOffline(true)
    await page
      .getByRole("alert")
      .getByText(/No connection for/u)
      .waitFor({ timeout: 20_000 })
    await context.setOffline(false)
    await page.getByRole("alert").waitFor({ state: "detached", timeout: 20_000 })
    await press(page, "Push it in until it clicks")
    await heading(page, "All right, no cart").waitFor({ timeout: 15_000 })
    await context.close()
  })

  it("S9: reads it in Hebrew, Arabic and Russian, in the direction of each, and the row stays as it stands", async () => {
    for (const [locale, language, direction, title, phone] of [
      ["he-IL", "he", "rtl", "לקחת עגלה", "0505550003"],
      ["ar-EG", "ar", "rtl", "أخذ عربة", "0505550004"],
      ["ru-RU", "ru", "ltr", "Взять тележку", "0505550005"],
    ] as const) {
      const other = await open("/s/TLV-01", { locale })
      await heading(other.page, title).waitFor()
      const painted = await other.page.evaluate(() => [document.documentElement.lang, document.documentElement.dir])
      assert.deepEqual(painted, [language, direction])
      await isSound(other.page, `phone-${language}`)
      await other.page.locator("input[name=phone]").fill(phone)
      await other.page.locator("form button[type=submit]").click()
      await other.page.locator("input[name=code]").waitFor()
      const fill = other.page.getByRole("complementary").last().getByRole("button")
      await fill.click()
      await other.page.locator("[dir=ltr] > .flex").first().waitFor({ timeout: 30_000 })
      await other.page.getByRole("complementary").last().getByRole("button").nth(1).waitFor({ timeout: 30_000 })
      await isSound(other.page, `pull-${language}`)
      const hand = other.page.getByRole("complementary").last().getByRole("button")
      await hand.nth(1).click()
      await hand.first().waitFor({ state: "detached" })
      await other.context.close()
    }
  })
})

describe("a kiosk", () => {
  let page: Page
  let context: BrowserContext

  it("speaks Hebrew first, and another language when asked", async () => {
    ;({ page, context } = await open("/k/JLM-01", { viewport: kioskSize }))
    await heading(page, "עגלות").waitFor()
    await isSound(page, "kiosk-he")
    await press(page, "English")
    await heading(page, "Carts").waitFor()
  })

  it("tells how to bring a cart back", async () => {
    await press(page, "Bring a cart back")
    await heading(page, "Bring a cart back").waitFor()
    await page.getByText(/\d+ places are free\./u).waitFor()
    await isSound(page, "kiosk-bring-back")
    await press(page, "Start over")
    await heading(page, "עגלות").waitFor()
  })

  it("warns and starts over when nobody touches it, and one touch gives more time", async () => {
    await page.clock.install()
    await page.reload()
    await press(page, "English")
    await press(page, "Take a cart")
    for (const digit of "0505550006") await press(page, digit)
    await page.clock.fastForward(22_000)
    await page.getByRole("dialog", { name: "Are you still there?" }).waitFor()
    await isSound(page, "kiosk-idle")
    await press(page, "I need more time")
    await page.getByRole("dialog").waitFor({ state: "hidden" })
    assert.strictEqual(await page.getByLabel("Your mobile number").inputValue(), "0505550006")
    await page.clock.fastForward(31_000)
    await heading(page, "עגלות").waitFor()
    await press(page, "לקחת עגלה")
    assert.strictEqual(await page.locator("input[name=phone]").inputValue(), "")
    await page.clock.resume()
    await context.close()
  })

  it("lends with the keys on its screen, shows the number masked, and keeps nothing of the visit", async () => {
    ;({ page, context } = await open("/k/JLM-01", { viewport: kioskSize }))
    await press(page, "English")
    await press(page, "Take a cart")
    for (const digit of "0505550007") await press(page, digit)
    await isSound(page, "kiosk-phone")
    await press(page, "Send me a code")
    await page.getByText(/sent to .*050-•••-0007/u).waitFor()
    const fake = page.getByRole("complementary", { name: "A simulated phone" })
    await fake.getByText(/is your cart code/u).waitFor()
    const code = /\d{6}/u.exec((await fake.getByRole("status").textContent()) ?? "")?.[0] ?? ""
    await isSound(page, "kiosk-code")
    for (const digit of code) await press(page, digit)
    await heading(page, "It is open: pull it out").waitFor({ timeout: 30_000 })
    await isSound(page, "kiosk-pull")
    assert.notInclude(await page.content(), "0505550007")
    await press(page, "Pull the cart out")
    await heading(page, "Enjoy your shopping").waitFor({ timeout: 15_000 })
    await isSound(page, "kiosk-farewell")
    await heading(page, "עגלות").waitFor({ timeout: 20_000 })
    const kept = await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie])
    assert.deepEqual(kept, [0, 0, ""])
    await context.close()
  })
})

describe("the shopper's page", () => {
  it("says so where there is no shop", async () => {
    const { page, context } = await open("/s/nowhere")
    await page.getByRole("alert").getByText("There is no shop at this address.").waitFor()
    await isSound(page, "no-shop")
    await context.close()
  })

  it("loads less than 125 kB, and nothing of any other host", async () => {
    const { page, context } = await open("/s/TLV-01")
    await heading(page, "Take a cart").waitFor()
    const scripts = await page.evaluate(() =>
      performance.getEntriesByType("resource").flatMap(({ name }) => (/\.(?:js|css)$/u.test(name) ? [name] : [])),
    )
    const sizes = await Promise.all(
      scripts.map(async (url) => {
        const body = new Blob([await (await fetch(url)).arrayBuffer()])
          .stream()
          .pipeThrough(new CompressionStream("gzip"))
        return (await new Response(body).arrayBuffer()).byteLength
      }),
    )
    const total = sizes.reduce((sum, size) => sum + size, 0)
    assert.isBelow(total, 125_000, `${total} bytes gzip in ${scripts.length} files`)
    assert.deepEqual(strangers, [])
    await context.close()
  })
})
